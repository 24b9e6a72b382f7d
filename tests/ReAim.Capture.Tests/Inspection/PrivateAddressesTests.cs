using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Tests.Inspection;

internal sealed class PrivateAddressesTests
{
    [TestCase("0.0.0.0", "0.255.255.255")]
    [TestCase("10.0.0.0", "10.255.255.255")]
    [TestCase("100.64.0.0", "100.127.255.255")]
    [TestCase("127.0.0.0", "127.255.255.255")]
    [TestCase("169.254.0.0", "169.254.255.255")]
    [TestCase("172.16.0.0", "172.31.255.255")]
    [TestCase("192.0.0.0", "192.0.0.255")]
    [TestCase("192.168.0.0", "192.168.255.255")]
    [TestCase("198.18.0.0", "198.19.255.255")]
    [TestCase("224.0.0.0", "255.255.255.255")]
    public void A_special_purpose_ends_where_its_network_ends(string first, string last)
    {
        (Ipv4Address from, Ipv4Address to) = (Parse(first), Parse(last));
        Assert.Multiple(() =>
        {
            Assert.That(from.IsPrivate() && to.IsPrivate(), Is.True);
            Assert.That(from.Value > 0 && new Ipv4Address(from.Value - 1).IsPrivate(), Is.False);
            Assert.That(to.Value < uint.MaxValue && new Ipv4Address(to.Value + 1).IsPrivate(), Is.False);
        });
    }

    [TestCase("192.0.2.7")]
    [TestCase("198.51.100.5")]
    [TestCase("203.0.113.7")]
    [TestCase("192.31.196.1")]
    [TestCase("64.12.24.10")]
    [TestCase("223.255.255.255")]
    public void All_others_are_public_and_so_are_those_of_examples(string address) => Assert.That(Parse(address).IsPrivate(), Is.False);

    private static Ipv4Address Parse(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new FormatException(text);
}
