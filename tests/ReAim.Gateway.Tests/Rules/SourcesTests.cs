using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>Whose connection is it: only a source that is reached by the interface it came from gets a port opened.</summary>
[RequiresRoot]
internal sealed partial class SourcesTests : SmallGatewayTests
{
    private const uint Watched = 0x0400_0000;

    private int _port = 40_000;

    [TestCase("0")]
    [TestCase("1")]
    [TestCase("2")]
    public void A_host_of_the_LAN_is_believed(string filter)
    {
        Install(filter);
        Assert.That(MarkOfConnectFrom("192.168.7.10"), Is.EqualTo(Watched));
        Assert.That(Forged, Is.Zero);
    }

    [TestCase("10.99.0.5", "0")]
    [TestCase("10.99.0.5", "2")]
    [TestCase("203.0.113.50", "0")]
    [TestCase("198.51.100.88", "0")]
    [TestCase("192.168.8.10", "0")]
    public void Who_writes_the_address_of_a_host_elsewhere_is_not_helped_and_goes_on(string source, string filter)
    {
        // A network that is reached by another interface; the rest by the default route, towards the Internet.
        Gateway.Box.Ip("link", "add", "dmz0", "type", "veth", "peer", "name", "dmz1");
        Gateway.Box.Ip("link", "set", "dmz1", "up");
        Gateway.Box.Ip("addr", "add", "10.99.0.1/24", "dev", "dmz0");
        Gateway.Box.Ip("link", "set", "dmz0", "up");
        Gateway.Box.Ip("route", "add", "default", "via", "203.0.113.99");
        Install(filter);
        Assert.That(MarkOfConnectFrom(source), Is.Zero);
        Assert.That(Forged, Is.Positive);
    }

    [Test]
    public void A_network_behind_a_router_of_the_LAN_is_believed_and_one_of_the_Internets_only_when_told([Values] bool isTold)
    {
        foreach (string network in (string[])["10.5.0.0/24", "198.51.100.0/24"])
        {
            Gateway.Box.Ip("route", "add", network, "via", "192.168.7.10");
        }

        Install("0", isTold ? SmallGateway.Options with { LanNets = [Ipv4Network.Parse("198.51.100.0/24")] } : SmallGateway.Options);
        Assert.That(MarkOfConnectFrom("10.5.0.7"), Is.EqualTo(Watched));
        Assert.That(MarkOfConnectFrom("198.51.100.88"), Is.EqualTo(isTold ? Watched : 0));
    }

    [Test]
    public void Servers_that_were_learnt_are_no_way_round()
    {
        Install("0", SmallGateway.Options with { Ports = [5191] });
        Gateway.Nft("add element ip reaim servers { 203.0.113.99 . 5190 }");
        Assert.That(MarkOfConnectFrom("192.168.7.10"), Is.EqualTo(Watched));
        Assert.That(MarkOfConnectFrom("203.0.113.50"), Is.Zero);
    }

    private long Forged => long.Parse(
        PacketsField().Match(Gateway.Box.Exec("nft", "list", "counter", "ip", "reaim", "forged")).Groups[1].Value, CultureInfo.InvariantCulture);

    private void Install(string filter, GatewayOptions? options = null)
    {
        Gateway.Box.Exec("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", $"net.ipv4.conf.lan0.rp_filter={filter}");
        string text = ReaimTable.Text(options ?? SmallGateway.Options, QueueFlavour.Nft);
        Gateway.Nft(text.Replace("queue flags bypass to 5190", "counter", StringComparison.Ordinal).Replace("queue to 5191", "drop", StringComparison.Ordinal));
    }

    /// <summary>The connection's mark after its first packet, which must have gone on.</summary>
    private uint MarkOfConnectFrom(string source)
    {
        int port = ++_port;
        if (source != "192.168.7.10")
        {
            Gateway.Lan.Ip("addr", "add", $"{source}/32", "dev", "eth0");
        }

        // Who is refused is forgotten at once.
        using Socket server = Gateway.Wan.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        server.Bind(new IPEndPoint(IPAddress.Any, 5190));
        server.Listen();
        using Socket client = Gateway.Lan.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
        client.Bind(new IPEndPoint(IPAddress.Parse(source), port));
        try
        {
            client.Connect(IPAddress.Parse("203.0.113.99"), 5190);
        }
        catch (SocketException wait) when (wait.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Nobody answers a forged one.
        }

        string? line = null;
        Assert.That(Moment.Comes(() => (line = Entry(port)) is not null, 2), "it went on");
        return uint.Parse(MarkField().Match(line!).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private string? Entry(int port) => Gateway.Box.Exec("cat", "/proc/net/nf_conntrack").Split('\n')
        .LastOrDefault(text => text.Contains($"sport={port} ", StringComparison.Ordinal));

    [GeneratedRegex(@"mark=(\d+)")]
    private static partial Regex MarkField();

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex PacketsField();
}
