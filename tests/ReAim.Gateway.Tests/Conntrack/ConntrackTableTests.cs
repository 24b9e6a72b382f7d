using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.Nfqueue;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Conntrack;

[RequiresRoot]
internal sealed class ConntrackTableTests
{
    [Test]
    public void A_masqueraded_connection_has_the_gateways_address_and_the_port_it_got()
    {
        using var route = new Route();
        route.Gateway.Exec("iptables", "-t", "nat", "-I", "POSTROUTING", "-p", "tcp", "-j", "MASQUERADE", "--to-ports", "40000");
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-j", "CONNMARK", "--set-mark", "0x5002300");
        (Socket client, Socket server) = route.Connect();
        using ConntrackTable table = Open(route);
        Assert.That(table.TryFind(Flow(client), out ConntrackEntry entry), Is.EqualTo(Errno.None));
        Assert.That(entry, Is.EqualTo(new ConntrackEntry(
            new Ipv4Endpoint(Address(Route.PublicAddress), 40_000), IsInbound: false, IsOffloaded: false, Mark: 0x500_2300)));
        Assert.That(((IPEndPoint)server.RemoteEndPoint!).Port, Is.EqualTo(40_000));
    }

    [Test]
    public void Source_translation_to_another_address_is_told()
    {
        using var route = new Route();
        route.Gateway.Ip("addr", "add", "203.0.113.2/24", "dev", "wan0");
        route.Gateway.Exec("iptables", "-t", "nat", "-I", "POSTROUTING", "-p", "tcp", "-j", "SNAT", "--to-source", "203.0.113.2");
        (Socket client, _) = route.Connect();
        using ConntrackTable table = Open(route);
        Assert.That(table.TryFind(Flow(client), out ConntrackEntry entry), Is.EqualTo(Errno.None));
        Assert.That(entry.PublicEnd.Address, Is.EqualTo(Address("203.0.113.2")));
    }

    [Test]
    public void A_connection_that_is_not_translated_has_its_own_address()
    {
        using var route = new Route();
        route.Gateway.Exec("iptables", "-t", "nat", "-F");
        route.Remote.Ip("route", "add", "192.168.7.0/24", "via", Route.PublicAddress);

        // Without a rule that asks for it, a namespace tracks nothing.
        route.Gateway.Exec("iptables", "-A", "FORWARD", "-m", "conntrack", "--ctstate", "NEW");
        (Socket client, _) = route.Connect();
        using ConntrackTable table = Open(route);
        Assert.That(table.TryFind(Flow(client), out ConntrackEntry entry), Is.EqualTo(Errno.None));
        Assert.That(entry.PublicEnd, Is.EqualTo(Flow(client).Lan));
    }

    [Test]
    public void A_peers_connect_is_found_by_what_the_lan_host_sends_back()
    {
        using var route = new Route();
        route.Gateway.Exec(
            "iptables", "-t", "nat", "-A", "PREROUTING", "-i", "wan0", "-p", "tcp", "--dport", "6000",
            "-j", "DNAT", "--to-destination", $"{Route.LanAddress}:5190");
        using Socket listener = Route.Listen(route.Lan, Route.LanAddress);
        using Socket peer = Route.Client(route.Remote);
        Assert.That(peer.ConnectAsync(Route.PublicAddress, 6000).Wait(900));
        using Socket accepted = listener.Accept();
        using ConntrackTable table = Open(route);
        Assert.That(table.TryFind(Flow(accepted), out ConntrackEntry entry), Is.EqualTo(Errno.None));
        Assert.That(entry.IsInbound);
        Assert.That(entry.PublicEnd, Is.EqualTo(new Ipv4Endpoint(Address(Route.PublicAddress), 6000)));
    }

    [Test]
    public void A_connection_that_is_not_there_is_no_entry_and_the_next_one_is_found_all_the_same()
    {
        using var route = new Route();
        (Socket client, _) = route.Connect();
        using ConntrackTable table = Open(route);
        FlowKey flow = Flow(client);
        FlowKey none = flow with { Remote = flow.Remote with { Port = 1 } };
        for (int i = 0; i < 3; i++)
        {
            Assert.That(table.TryFind(none, out _), Is.EqualTo(Errno.NoEntry));
            Assert.That(table.TryFind(flow, out _), Is.EqualTo(Errno.None));
        }
    }

    [Test]
    public void Looking_up_allocates_nothing()
    {
        using var route = new Route();
        (Socket client, _) = route.Connect();
        using ConntrackTable table = Open(route);
        FlowKey flow = Flow(client);
        table.TryFind(flow, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++)
        {
            table.TryFind(flow, out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000));
    }

    [Test]
    [Explicit("Measures.")]
    public void How_long_a_lookup_takes()
    {
        using var route = new Route();
        (Socket client, _) = route.Connect();
        using ConntrackTable table = Open(route);
        FlowKey flow = Flow(client);
        var times = new double[10_000];
        for (int i = 0; i < times.Length; i++)
        {
            long before = System.Diagnostics.Stopwatch.GetTimestamp();
            table.TryFind(flow, out _);
            times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(before).TotalMicroseconds;
        }

        Array.Sort(times);
        TestContext.Out.WriteLine($"lookup: p50 {times[5_000]:F1} us, p99 {times[9_900]:F1} us");
    }

    private static ConntrackTable Open(Route route) => route.Gateway.Inside(() =>
    {
        Assert.That(ConntrackTable.TryOpen(out ConntrackTable? table), Is.EqualTo(Errno.None));
        return table!;
    });

    private static FlowKey Flow(Socket lan) => new(Endpoint(lan.LocalEndPoint!), Endpoint(lan.RemoteEndPoint!));

    private static Ipv4Endpoint Endpoint(EndPoint end) =>
        new(Ipv4Address.Read(((IPEndPoint)end).Address.GetAddressBytes()), (ushort)((IPEndPoint)end).Port);

    private static Ipv4Address Address(string text) => Ipv4Address.TryParse(text, out Ipv4Address address)
        ? address
        : throw new ArgumentException(text);
}
