using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Gateway;
using ReAim.Capture.Windows;

namespace ReAim.Capture.Tests.Windows;

internal sealed class InterfaceNamesTests
{
    private static readonly WindowsInterface[] All =
    [
        new() { Name = "Ethernet", Description = "Intel(R) I210", Id = "{0A0B0C0D-0000-0000-0000-000000000001}", Index = 12 },
        new() { Name = "vEthernet (Default Switch)", Description = "Hyper-V Virtual Ethernet Adapter", Id = "{0A0B0C0D-0000-0000-0000-000000000002}", Index = 33 },
        new() { Name = "12", Description = "odd", Id = "{0A0B0C0D-0000-0000-0000-000000000003}", Index = 7 },
    ];

    [TestCase("vEthernet (Default Switch)")]
    [TestCase("vethernet (default switch)")]
    [TestCase("Hyper-V Virtual Ethernet Adapter")]
    [TestCase("{0a0b0c0d-0000-0000-0000-000000000002}")]
    [TestCase("0A0B0C0D-0000-0000-0000-000000000002")]
    [TestCase("33")]
    public void An_interface_is_found_by_each_of_its_names(string text) =>
        Assert.That(Resolve(text).Lan, Is.EqualTo(new[] { "vEthernet (Default Switch)" }));

    [Test]
    public void A_name_goes_before_another_one_s_number() => Assert.That(Resolve("12").Lan, Is.EqualTo(new[] { "12" }));

    [Test]
    public void One_that_does_not_exist_is_one_sentence_with_those_that_do() => Assert.That(
        () => Resolve("eth0"),
        Throws.TypeOf<BadInputException>().With.Message.EqualTo(
            "there is no network interface eth0 (--lan): there are \"Ethernet\", \"vEthernet (Default Switch)\", \"12\"."));

    [Test]
    public void The_same_interface_under_two_names_is_not_both_sides() => Assert.That(
        () => Resolve("Intel(R) I210"), Throws.TypeOf<BadInputException>().With.Message.StartsWith("Ethernet is named with --lan and with --wan"));

    [TestCase(@"\Device\NPF_{0A0B0C0D-0000-0000-0000-000000000001}", true)]
    [TestCase(@"\device\npf_{0a0b0c0d-0000-0000-0000-000000000001}", true)]
    [TestCase(@"\Device\NPF_{0A0B0C0D-0000-0000-0000-000000000002}", false)]
    [TestCase(@"\Device\NPF_Loopback", false)]
    public void Npcap_s_devices_have_the_GUIDs_of_interfaces(string device, bool isEthernet)
    {
        CaptureLibrary library = Npcap.Library(All);
        Assert.That(library.IsDevice(device, "Ethernet"), Is.EqualTo(isEthernet));
    }

    private static GatewayOptions Resolve(string lan) =>
        InterfaceNames.Resolve(new GatewayOptions { Lan = [lan], Wan = ["Ethernet"] }, All);
}
