using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;
using ReAim.Gateway.Tests.Nfqueue;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Conntrack;

[RequiresRoot]
internal sealed class ConntrackTableTests
{
    /// <summary>The server's address in a client's settings, which leads nowhere any more.</summary>
    private const string HardWired = "64.12.24.10";

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
            new Ipv4Endpoint(Address(Route.PublicAddress), 40_000), Flow(client).Remote, IsInbound: false, IsOffloaded: false, Mark: 0x500_2300)));
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

    [TestCase(5190)]
    [TestCase(443)]
    public void A_connection_that_the_gateway_leads_to_another_server_is_found_by_what_the_forward_hook_sees(int port)
    {
        using var route = new Route();
        LeadToServer(route, port);
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket client = ConnectHardWired(route, port);
        using ConntrackTable table = Open(route);
        Assert.That(table.TryFind(AtForward(client), out ConntrackEntry entry), Is.EqualTo(Errno.None));
        Ipv4Endpoint publicEnd = Flow(client).Lan with { Address = Address(Route.PublicAddress) };
        Assert.That(entry, Is.EqualTo(new ConntrackEntry(
            publicEnd, Flow(client).Remote, IsInbound: false, IsOffloaded: false, Mark: 0)));
    }

    [Test]
    public void A_flood_of_unknown_connections_does_not_search_the_table_and_the_next_client_of_a_known_server_is_found_meanwhile()
    {
        using var route = new Route();
        LeadToServer(route, 5190);
        LeadToServer(route, 443);
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket first = ConnectHardWired(route, 5190);
        using Socket next = ConnectHardWired(route, 5190);
        using Socket another = ConnectHardWired(route, 443);
        using ConntrackTable table = Open(route);
        long now = 1_000_000;
        table.Now = () => now;
        Assert.That(table.TryFind(AtForward(first), out _), Is.EqualTo(Errno.None));
        FlowKey none = Flow(first) with { Remote = new Ipv4Endpoint(Address(Route.RemoteAddress), 1) };
        for (int i = 0; i < SearchPace.Burst; i++)
        {
            Assert.That(table.TryFind(none, out _), Is.EqualTo(Errno.NoEntry));
        }

        Assert.That(table.TryFind(AtForward(next), out _), Is.EqualTo(Errno.None), "known: not searched for");
        Assert.That(table.TryFind(AtForward(another), out _), Is.EqualTo(Errno.NoEntry), "not known: not searched for now");
        now += SearchPace.Interval;
        Assert.That(table.TryFind(AtForward(another), out _), Is.EqualTo(Errno.None), "searched for again");
    }

    [Test]
    public void The_kernel_gives_of_a_full_table_only_what_is_searched_for()
    {
        using var route = new Route();
        LeadToServer(route, 5190);
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket client = ConnectHardWired(route, 5190);
        Fill(route, 2_000);
        Assert.That(CountDumped(route, AtForward(client)), Is.EqualTo(1));
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
        // A collection that other tests set off counts as the rest of this thread's allocation block, some 8 KiB.
        for (int i = 0; i < 20_000; i++)
        {
            table.TryFind(flow, out _);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20_000));
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

    [TestCase(0)]
    [TestCase(100_000)]
    [Explicit("Measures.")]
    public void How_long_a_search_takes(int others)
    {
        using var route = new Route();
        (Socket client, _) = route.Connect();
        Fill(route, others);
        FlowKey none = Flow(client) with { Remote = new Ipv4Endpoint(Address(Route.RemoteAddress), 1) };
        var times = new double[200];
        for (int i = 0; i < times.Length; i++)
        {
            long before = System.Diagnostics.Stopwatch.GetTimestamp();
            Assert.That(CountDumped(route, none), Is.Zero);
            times[i] = System.Diagnostics.Stopwatch.GetElapsedTime(before).TotalMicroseconds;
        }

        Array.Sort(times);
        TestContext.Out.WriteLine($"search beside {others} others: p50 {times[100]:F0} us, p99 {times[198]:F0} us");
    }

    private static ConntrackTable Open(Route route) => route.Gateway.Inside(() =>
    {
        Assert.That(ConntrackTable.TryOpen(out ConntrackTable? table), Is.EqualTo(Errno.None));
        return table!;
    });

    private static void LeadToServer(Route route, int port) => route.Gateway.Exec(
        "iptables", "-t", "nat", "-A", "PREROUTING", "-i", "lan0", "-p", "tcp", "-d", HardWired, "--dport", $"{port}",
        "-j", "DNAT", "--to-destination", $"{Route.RemoteAddress}:{Route.Port}");

    private static Socket ConnectHardWired(Route route, int port)
    {
        Socket client = Route.Client(route.Lan);
        Assert.That(client.ConnectAsync(HardWired, port).Wait(5_000), "no connection within 5 s");
        return client;
    }

    /// <summary>Puts other connections of the same LAN host into the table.</summary>
    private static void Fill(Route route, int count)
    {
        const int batch = 500;
        using NetlinkSocket socket = OpenSocket(route);
        byte[] buffer = new byte[256 * batch];
        for (int first = 0; first < count; first += batch)
        {
            var writer = new NetlinkWriter(buffer);
            for (int i = first; i < Math.Min(count, first + batch); i++)
            {
                var source = new Ipv4Endpoint(Address(Route.LanAddress), (ushort)(1 + (i % 20_000)));
                var remote = new Ipv4Endpoint(new Ipv4Address(0xC6330001 + (uint)(i / 20_000)), Route.Port);
                writer.BeginMessage(Netfilter.Type(1, 0), NetlinkFlags.Request | NetlinkFlags.Create, 1);
                writer.NetfilterHeader(2, resource: 0);
                new ConntrackTuple(source, remote).Write(ref writer, ConntrackTuple.Original);
                new ConntrackTuple(remote, source).Write(ref writer, ConntrackTuple.Reply);
                writer.BigEndian(7, 1_000U);
                writer.EndMessage();
            }

            Assert.That(socket.Send(writer.Written), Is.EqualTo(Errno.None));
        }

        int there = int.Parse(route.Gateway.Exec("conntrack", "-C"), CultureInfo.InvariantCulture);
        Assert.That(there, Is.GreaterThan(count), "connections in the table");
    }

    private static int CountDumped(Route route, FlowKey flow)
    {
        using NetlinkSocket socket = OpenSocket(route);
        var writer = new NetlinkWriter(new byte[256]);
        uint sequence = socket.NextSequence();
        writer.BeginMessage(Netfilter.Type(1, 1), NetlinkFlags.Request | NetlinkFlags.Dump, sequence);
        writer.NetfilterHeader(2, resource: 0);
        ConntrackFilter.WriteSources(ref writer, flow.Lan, flow.Remote);
        writer.EndMessage();
        NetlinkReplies replies = socket.Ask(writer.Written, sequence, new byte[32 * 1024]);
        int count = 0;
        while (replies.TryNext(out _))
        {
            count++;
        }

        Assert.That(replies.Error, Is.EqualTo(Errno.None), replies.Words);
        return count;
    }

    private static NetlinkSocket OpenSocket(Route route) => route.Gateway.Inside(() =>
    {
        Assert.That(NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket), Is.EqualTo(Errno.None));
        return socket!;
    });

    private static FlowKey AtForward(Socket lan) =>
        new(Endpoint(lan.LocalEndPoint!), new Ipv4Endpoint(Address(Route.RemoteAddress), Route.Port));

    private static FlowKey Flow(Socket lan) => new(Endpoint(lan.LocalEndPoint!), Endpoint(lan.RemoteEndPoint!));

    private static Ipv4Endpoint Endpoint(EndPoint end) =>
        new(Ipv4Address.Read(((IPEndPoint)end).Address.GetAddressBytes()), (ushort)((IPEndPoint)end).Port);

    private static Ipv4Address Address(string text) => Ipv4Address.TryParse(text, out Ipv4Address address)
        ? address
        : throw new ArgumentException(text);
}
