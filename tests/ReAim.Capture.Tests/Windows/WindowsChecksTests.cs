using ReAim.Alg.Wire;
using ReAim.Capture.Checking;
using ReAim.Capture.Gateway;
using ReAim.Capture.Programs;
using ReAim.Capture.Windows;
using ReAim.Capture.Windows.Checks;

namespace ReAim.Capture.Tests.Windows;

internal sealed class WindowsChecksTests
{
    private static readonly WindowsInterface Lan = Interface("LAN", 5, "192.168.7.1");
    private static readonly WindowsInterface Wan = Interface("WAN", 6, "203.0.113.7");

    [Test]
    public void On_a_gateway_with_WinNAT_all_is_well()
    {
        IReadOnlyList<Finding> findings = WindowsCheckList.Run(Situation());
        Assert.Multiple(() =>
        {
            Assert.That(findings.Where(finding => finding.Severity != Severity.Ok), Is.Empty);
            Assert.That(findings.Select(finding => finding.What), Does.Contain("WinNAT translates here: --placement beside-nat --translator winnat"));
            Assert.That(() => WindowsCheckList.Require(Situation()), Throws.Nothing);
        });
    }

    [Test]
    public void Without_an_administrator_s_rights_run_refuses() =>
        Refuses(new Change { IsElevated = false }, "reaim must run as administrator on a gateway: start it in a console");

    [Test]
    public void An_old_Windows_is_refused() => Refuses(new Change { System = new Version(6, 1, 7601) }, "this is Windows 6.1.7601: use Windows 10");

    [Test]
    public void A_program_that_others_can_change_is_refused() =>
        Refuses(new Change { FolderFlaw = @"C:\x can be changed by BUILTIN\Users" }, @"C:\x can be changed by BUILTIN\Users: put reaim's files under C:\Program Files\ReAim");

    [Test]
    public void Missing_files_of_WinDivert_are_named() => Refuses(new Change { Files = ["WinDivert.dll"] }, "WinDivert64.sys is not beside reaim.exe: put");

    [Test]
    public void Without_the_filtering_engine_nothing_can_be_diverted() =>
        Refuses(new Change { Services = [] }, "the base filtering engine does not run, which WinDivert needs: start it");

    [Test]
    public void On_another_processor_there_is_no_driver() => Refuses(new Change { HasDriverProcessor = false }, "WinDivert's driver is for x64 processors only");

    [Test]
    public void To_listen_takes_Npcap_and_no_driver() => Assert.Multiple(() =>
    {
        Refuses(new Change { ListensOnly = true, Files = [], Services = [] }, "--mode listen needs Npcap: install it from https://npcap.com");
        Assert.That(() => WindowsCheckList.Require(Situation(new Change { ListensOnly = true, HasNpcap = true, Files = [], Services = [] })), Throws.Nothing);
    });

    [Test]
    public void An_interface_without_an_address_is_refused() =>
        Refuses(new Change { Wan = Wan with { Addresses = [] } }, "WAN (--wan) has no IPv4 address: connect it");

    [TestCase("SharedAccess", "Internet connection sharing (ICS) translates here: --placement beside-nat --translator relay")]
    [TestCase("RemoteAccess", "routing and remote access (RRAS) translates here: --placement beside-nat --translator relay")]
    [TestCase("Spooler", "no NAT of Windows' translates here: --placement router --translator userspace")]
    public void What_translates_decides_what_is_suggested(string service, string expected)
    {
        IReadOnlyList<Finding> findings = WindowsCheckList.Run(Situation(new Change { Services = ["BFE", service], Report = """{"nats":[],"forwarding":[5,6]}""" }));
        Assert.That(findings.Select(finding => finding.What), Does.Contain(expected));
    }

    [TestCase("""{"nats":[{"name":"WSL","prefix":"172.20.0.0/20"}],"forwarding":[]}""", null)]
    [TestCase("""{"nats":[{"name":"WSL","prefix":"172.20.0.0/20"},{"name":"ours","prefix":"192.168.7.0/24"}],"forwarding":[]}""", "ours")]
    [TestCase("""{"nats":[{"name":"any","prefix":""}],"forwarding":[]}""", "any")]
    [TestCase("""{"nats":[{"name":"six","prefix":"fd00::/64"}],"forwarding":[]}""", null)]
    public void A_NAT_of_another_network_is_not_the_LAN_s(string report, string? name) =>
        Assert.That(Situation(new Change { Report = report }).NatName, Is.EqualTo(name));

    [Test]
    public void A_router_beside_a_NAT_s_service_is_warned() => Assert.That(
        Warnings(new Change { Placement = Placement.Router, Services = ["BFE", "SharedAccess"], Report = """{"nats":[],"forwarding":[5,6]}""" }),
        Is.EqualTo(new[] { "Internet connection sharing (ICS) runs: if it translates for this LAN, what a router diverts is lost" }));

    [Test]
    public void What_does_not_go_with_the_NAT_is_refused() =>
        Refuses(new Change { Placement = Placement.Router }, "--placement router does not go with WinNAT, which loses what is sent there: leave the option out");

    [Test]
    public void An_interface_that_does_not_forward_is_a_warning_unless_the_system_does()
    {
        const string OneForwards = """{"nats":[{"name":"a","prefix":"192.168.7.0/24"}],"forwarding":[5]}""";
        Assert.Multiple(() =>
        {
            Assert.That(Warnings(new Change { Report = OneForwards }), Is.EqualTo(new[] { "packets may not be forwarded by WAN" }));
            Assert.That(Warnings(new Change { Report = OneForwards, ForwardsAll = true }), Is.Empty);
        });
    }

    [Test]
    public void Ports_that_are_taken_and_another_user_of_the_driver_are_notes()
    {
        IReadOnlyList<Finding> findings = WindowsCheckList.Run(Situation(new Change { Services = ["BFE", "WinDivert"], Listeners = [5190, 61_500] }));
        Assert.That(findings.Count(finding => finding.Severity == Severity.Note), Is.EqualTo(3));
        Assert.That(findings.Where(finding => finding.Severity > Severity.Note), Is.Empty);
    }

    [Test]
    public void A_second_reaim_is_worth_a_note() =>
        Assert.That(WindowsCheckList.Run(Situation(new Change { IsRunning = true })).Select(finding => finding.What), Does.Contain("reaim runs here already"));

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("""{"nats":[1],"forwarding":"x"}""")]
    public void What_PowerShell_does_not_answer_properly_is_as_if_it_said_nothing(string answer) =>
        Assert.That(NetworkReport.Read(new ProgramResult(0, answer, "")), Is.Null);

    private static void Refuses(Change change, string beginning) =>
        Assert.That(() => WindowsCheckList.Require(Situation(change)), Throws.TypeOf<BadInputException>().With.Message.StartsWith(beginning));

    private static IEnumerable<string> Warnings(Change change) =>
        WindowsCheckList.Run(Situation(change)).Where(finding => finding.Severity == Severity.Warning).Select(finding => finding.What);

    private static WindowsSituation Situation(Change? change = null)
    {
        change ??= new Change();
        var options = new GatewayOptions { Lan = ["LAN"], Wan = ["WAN"], ListensOnly = change.ListensOnly, Placement = change.Placement };
        return new WindowsSituation(options)
        {
            IsElevated = change.IsElevated,
            IsRunning = change.IsRunning,
            System = change.System,
            HasDriverProcessor = change.HasDriverProcessor,
            FolderFlaw = () => change.FolderFlaw,
            HasFile = name => change.Files.Contains(name),
            Service = name => change.Services.Contains(name) ? true : null,
            PowerShell = _ => new ProgramResult(0, change.Report, ""),
            ForwardsAll = change.ForwardsAll,
            Interfaces = [Lan, change.Wan],
            Listeners = change.Listeners.ToHashSet(),
            HasNpcap = change.HasNpcap,
        };
    }

    private static WindowsInterface Interface(string name, int index, string address) =>
        new() { Name = name, Index = index, IsUp = true, Addresses = [(Ipv4Address.TryParse(address, out Ipv4Address parsed) ? parsed : default, 24)] };

    /// <summary>What is other than on a gateway where all is well.</summary>
    private sealed record Change
    {
        public bool IsElevated { get; init; } = true;

        public bool IsRunning { get; init; }

        public Version System { get; init; } = new(10, 0, 19045);

        public bool HasDriverProcessor { get; init; } = true;

        public string? FolderFlaw { get; init; }

        public string[] Files { get; init; } = ["WinDivert.dll", "WinDivert64.sys"];

        public string[] Services { get; init; } = ["BFE"];

        public string Report { get; init; } = """{"nats":[{"name":"a","prefix":"192.168.7.0/24"}],"forwarding":[5,6]}""";

        public bool ForwardsAll { get; init; }

        public WindowsInterface Wan { get; init; } = WindowsChecksTests.Wan;

        public ushort[] Listeners { get; init; } = [];

        public bool HasNpcap { get; init; }

        public bool ListensOnly { get; init; }

        public Placement Placement { get; init; }
    }
}
