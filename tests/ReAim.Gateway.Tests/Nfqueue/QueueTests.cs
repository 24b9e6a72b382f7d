using System.Net.Sockets;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nfqueue;

[RequiresRoot]
internal sealed class QueueTests
{
    private const ushort Number = 5190;

    [Test]
    public void Bulk_data_passes_the_queue_intact_in_segments_longer_than_the_wire_takes()
    {
        using var route = new Route();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        int gso = 0, unfinished = 0;
        using (new QueueThread(queue, (queue, packet) =>
        {
            gso += packet.IsGso ? 1 : 0;
            unfinished += packet.Ticket.ChecksumNotReady ? 1 : 0;
            queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
        }))
        {
            (Socket client, Socket server) = route.Connect();
            Assert.That(Transfer(client, server, 32 << 20, i => (byte)(i * 7)), Is.EqualTo(32 << 20), "bytes that arrived right");
        }

        Assert.Multiple(() =>
        {
            Assert.That(gso, Is.GreaterThan(100), "segments longer than the wire takes");
            Assert.That(unfinished, Is.GreaterThan(100), "segments with partial checksums");
            Assert.That(queue.Counters.Packets, Is.LessThan(32 << 20 >> 11), "packets of the bulk transfer");
            Assert.That(queue.Counters.Verdicts, Is.EqualTo(queue.Counters.Packets));
            Assert.That(queue.Counters.Cut + queue.Counters.Damaged + queue.Counters.Refused + queue.Counters.Failures, Is.Zero);
        });
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Edited_segments_arrive_whether_their_checksums_were_finished_or_not(bool offload)
    {
        using var route = new Route();
        if (!offload)
        {
            route.Lan.Exec("ethtool", "-K", "eth0", "tx", "off", "tso", "off", "gso", "off");
        }

        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        int unfinished = 0;
        using (new QueueThread(queue, (queue, packet) =>
        {
            unfinished += packet.Ticket.ChecksumNotReady ? 1 : 0;
            if (Complement(packet.Datagram))
            {
                queue.PassEdited(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark, packet.Datagram);
            }
            else
            {
                queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
            }
        }))
        {
            (Socket client, Socket server) = route.Connect();

            // Small segments first: these the receiver's kernel checks itself.
            for (int i = 0; i < 20; i++)
            {
                client.Send([(byte)i]);
                byte[] one = new byte[1];
                server.ReceiveTimeout = 2_000;
                Assert.That(server.Receive(one), Is.EqualTo(1));
                Assert.That(one[0], Is.EqualTo((byte)~i));
            }

            Assert.That(Transfer(client, server, 8 << 20, i => (byte)i, i => (byte)~(byte)i), Is.EqualTo(8 << 20));
        }

        Assert.That(unfinished, offload ? Is.GreaterThan(20) : Is.LessThan(queue.Counters.Packets / 2));
        Assert.That(queue.Counters.Edited, Is.GreaterThan(20));
    }

    [Test]
    public void A_connection_goes_on_when_the_queue_is_closed()
    {
        using var route = new Route();
        route.Divert(Number);
        PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        Socket client, server;
        using (new QueueThread(queue, AcceptAll))
        {
            (client, server) = route.Connect();
            Assert.That(Transfer(client, server, 10_000, i => (byte)i), Is.EqualTo(10_000));
        }

        queue.Dispose();
        Assert.That(Transfer(client, server, 10_000, i => (byte)i), Is.EqualTo(10_000));
    }

    [Test]
    public void A_full_queue_lets_packets_pass()
    {
        using var route = new Route();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number) { MaxLength = 2 });
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket first = Route.Client(route.Lan), second = Route.Client(route.Lan), third = Route.Client(route.Lan);
        Task waiting = Task.WhenAny(
            first.ConnectAsync(Route.RemoteAddress, Route.Port), second.ConnectAsync(Route.RemoteAddress, Route.Port));
        Assert.That(waiting.Wait(300), Is.False, "nobody gave a verdict");
        Assert.That(third.ConnectAsync(Route.RemoteAddress, Route.Port).Wait(900), "the third one passes");
    }

    [Test]
    public void Packets_that_find_no_room_in_the_socket_pass_and_are_counted()
    {
        using var route = new Route();
        (Socket client, Socket server) = route.Connect();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number) { ReceiveBuffer = 1 });
        server.ReceiveTimeout = 5_000;
        client.Send(new byte[200_000]);
        using (new QueueThread(queue, AcceptAll))
        {
            Assert.That(Read(server, 200_000).Length, Is.EqualTo(200_000));
            Assert.That(Transfer(client, server, 100_000, i => (byte)i), Is.EqualTo(100_000));
        }

        Assert.That(queue.Counters.Overruns, Is.GreaterThan(0));
        Assert.That(queue.Counters.Packets, Is.GreaterThan(0), "packets that came all the same");
        Assert.That(queue.Counters.Failures, Is.Zero);
    }

    [Test]
    public void A_held_packet_waits_and_leaves_as_it_is_released()
    {
        using var route = new Route();
        (Socket client, Socket server) = route.Connect();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        byte[]? held = null;
        long id = 0;
        bool released = false;
        bool due = false;
        using (new QueueThread(queue, (queue, packet) =>
        {
            if (held is null && packet.Datagram.IndexOf("offer"u8) >= 0)
            {
                id = packet.Ticket.Key;
                Assert.That(queue.TryHold(packet.Ticket));
                held = packet.Datagram.ToArray();
                return;
            }

            if (packet.Datagram.IndexOf("offer"u8) >= 0)
            {
                // A slow machine's client says it again before we look.
                queue.Pass(packet.Ticket, NetfilterVerdict.Drop, packet.Ticket.Mark);
                return;
            }

            queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
            if (Volatile.Read(ref due) && !released && queue.TryRelease(id, out PacketTicket ticket))
            {
                Complement(held);
                queue.PassEdited(ticket, NetfilterVerdict.Accept, ticket.Mark, held);
                released = true;
            }
        }))
        {
            client.Send("offer"u8);
            server.ReceiveTimeout = 150;
            Assert.That(() => server.Receive(new byte[5]), Throws.InstanceOf<SocketException>(), "it waits");
            Assert.That(queue.Held, Is.EqualTo(1));
            Volatile.Write(ref due, true);
            server.Send("x"u8);
            server.ReceiveTimeout = 2_000;
            byte[] complemented = [.. "offer"u8.ToArray().Select(b => (byte)~b)];
            Assert.That(Read(server, 5), Is.EqualTo(complemented));
        }

        Assert.That(queue.TryRelease(id, out _), Is.False, "released once");
    }

    [Test]
    public void A_verdict_sets_our_bits_of_the_mark_and_a_repeated_chain_goes_on_behind_us()
    {
        using var route = new Route();
        MarkLayout marks = MarkLayout.Default;
        string passed = $"0x{marks.Passed:x}/0x{marks.Passed:x}";
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "PREROUTING", "-j", "MARK", "--set-mark", "0x2300");
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-m", "mark", "--mark", passed, "-j", "ACCEPT");
        route.Divert(Number);
        string expected = $"0x{marks.Passed | marks.Of(FlowStanding.Watched) | 0x2300:x}";
        route.Gateway.Exec(
            "iptables", "-t", "mangle", "-A", "POSTROUTING", "-p", "tcp", "-m", "mark", "!", "--mark", expected, "-j", "DROP");
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        using (new QueueThread(queue, (queue, packet) => queue.Pass(
            packet.Ticket, NetfilterVerdict.Repeat, marks.Verdict(packet.Ticket.Mark, FlowStanding.Watched))))
        {
            (Socket client, Socket server) = route.Connect();
            Assert.That(Transfer(client, server, 100_000, i => (byte)i), Is.EqualTo(100_000));
        }

        Assert.That(queue.Counters.Packets, Is.GreaterThan(3));
    }

    [Test]
    public void Stop_passes_an_explicit_drop_and_accept_does_not()
    {
        using var route = new Route();
        route.Gateway.Exec("iptables", "-A", "FORWARD", "-p", "tcp", "--dport", "5191", "-j", "DROP");
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress, 5191);
        NetfilterVerdict verdict = NetfilterVerdict.Accept;
        using (new QueueThread(queue, (queue, packet) => queue.Pass(packet.Ticket, verdict, packet.Ticket.Mark)))
        {
            using Socket refused = Route.Client(route.Lan), admitted = Route.Client(route.Lan);
            Assert.That(refused.ConnectAsync(Route.RemoteAddress, 5191).Wait(300), Is.False);
            verdict = NetfilterVerdict.Stop;
            Assert.That(admitted.ConnectAsync(Route.RemoteAddress, 5191).Wait(900));
        }
    }

    [Test]
    public void A_dropped_packet_is_gone()
    {
        using var route = new Route();
        (Socket client, Socket server) = route.Connect();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        using (new QueueThread(queue, (queue, packet) => queue.Pass(packet.Ticket, NetfilterVerdict.Drop, 0)))
        {
            client.Send("x"u8);
            server.ReceiveTimeout = 200;
            Assert.That(() => server.Receive(new byte[1]), Throws.InstanceOf<SocketException>());
        }
    }

    [Test]
    public void A_verdict_for_a_packet_that_is_gone_is_counted_and_harms_nothing()
    {
        using var route = new Route();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        queue.Pass(new PacketTicket(Number, 77, 0, ChecksumNotReady: false), NetfilterVerdict.Accept, 0);
        using (new QueueThread(queue, AcceptAll))
        {
            (Socket client, Socket server) = route.Connect();
            Assert.That(Transfer(client, server, 10_000, i => (byte)i), Is.EqualTo(10_000));
        }

        Assert.That(queue.Counters.Refused, Is.EqualTo(1));
    }

    [Test]
    public void Interfaces_and_hook_are_told()
    {
        using var route = new Route();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        var seen = new HashSet<(int In, int Out, byte Hook)>();
        using (new QueueThread(queue, (queue, packet) =>
        {
            seen.Add((packet.InDevice, packet.OutDevice, packet.Hook));
            queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
        }))
        {
            route.Connect();
        }

        int lan = int.Parse(route.Gateway.Exec("cat", "/sys/class/net/lan0/ifindex"));
        int wan = int.Parse(route.Gateway.Exec("cat", "/sys/class/net/wan0/ifindex"));
        Assert.That(seen, Is.EquivalentTo(new (int, int, byte)[] { (lan, wan, 2), (wan, lan, 2) }));
    }

    [Test]
    public void The_steady_state_allocates_nothing()
    {
        using var route = new Route();
        (Socket client, Socket server) = route.Connect();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        var thread = new QueueThread(queue, (queue, packet) =>
        {
            queue.TryHold(packet.Ticket);
            queue.TryRelease(packet.Ticket.Key, out PacketTicket ticket);
            queue.PassEdited(ticket, NetfilterVerdict.Accept, ticket.Mark, packet.Datagram);
        });
        using (thread)
        {
            // A collection that other tests set off counts as the rest of this thread's allocation block, some 8 KiB.
            for (int i = 0; i < 20_000; i++)
            {
                client.Send([1]);
                server.Receive(new byte[1]);
            }
        }

        Assert.That(queue.Counters.Packets, Is.GreaterThan(20_000));
        Assert.That(thread.Allocated, Is.LessThan(queue.Counters.Packets), "bytes in all");
    }

    [Test]
    public void A_queue_that_somebody_has_is_taken_and_free_again_when_it_is_closed()
    {
        using var here = new NetNamespace("gw");
        PacketQueue queue = QueueThread.Open(here, new QueueOptions(Number));
        Assert.That(
            here.Inside(() => PacketQueue.TryOpen(new QueueOptions(Number), out _, out _)),
            Is.EqualTo(QueueOpening.Taken));
        using (QueueThread.Open(here, new QueueOptions(Number + 1)))
        {
        }

        queue.Dispose();
        using (QueueThread.Open(here, new QueueOptions(Number)))
        {
        }
    }

    [Test]
    public void Without_the_capability_it_is_not_permitted_rather_than_taken()
    {
        using var here = new NetNamespace("gw");
        QueueOpening opening = here.Inside(() =>
        {
            Capabilities.GiveUpOnThisThread();
            return PacketQueue.TryOpen(new QueueOptions(Number), out _, out _);
        });
        Assert.That(opening, Is.EqualTo(QueueOpening.NotPermitted));
    }

    [Test]
    public void The_kernels_own_counters_are_read()
    {
        using var route = new Route();
        route.Divert(Number);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Number));
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket client = Route.Client(route.Lan);
        Task waits = client.ConnectAsync(Route.RemoteAddress, Route.Port);
        Assert.That(waits.Wait(100), Is.False);
        (bool found, QueueStatistics statistics) = route.Gateway.Inside(
            () => (QueueStatistics.TryRead(Number, out QueueStatistics read), read));
        Assert.That(found);
        Assert.That(statistics, Is.EqualTo(new QueueStatistics(Waiting: 1, Dropped: 0, UserDropped: 0, LastId: 1)));
        Assert.That(route.Gateway.Inside(() => QueueStatistics.TryRead(Number + 1, out _)), Is.False);
    }

    private static void AcceptAll(PacketQueue queue, QueuedPacket packet) =>
        queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);

    /// <summary>Turns every bit of a LAN host's payload over; false if there is none.</summary>
    private static bool Complement(Span<byte> datagram)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _)
            || !TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _)
            || segment.DestinationPort != Route.Port
            || segment.Payload.IsEmpty)
        {
            return false;
        }

        byte[] payload = segment.Payload.ToArray();
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)~payload[i];
        }

        segment.WritePayloadAndChecksum(0, payload, segment.GetChecksumState(packet.Source, packet.Destination));
        return true;
    }

    /// <summary>Sends bytes; says how many arrived as expected before the first that did not.</summary>
    private static int Transfer(Socket from, Socket to, int length, Func<int, byte> bytes, Func<int, byte>? expected = null)
    {
        byte[] sent = new byte[length];
        for (int i = 0; i < length; i++)
        {
            sent[i] = bytes(i);
        }

        to.ReceiveTimeout = 10_000;
        Task sending = Task.Run(() => from.Send(sent));
        byte[] received = Read(to, length);
        sending.Wait(5_000);
        for (int i = 0; i < received.Length; i++)
        {
            if (received[i] != (expected ?? bytes)(i))
            {
                return i;
            }
        }

        return received.Length;
    }

    private static byte[] Read(Socket socket, int length)
    {
        byte[] bytes = new byte[length];
        int read = 0;
        while (read < length && socket.Receive(bytes, read, length - read, SocketFlags.None) is > 0 and int more)
        {
            read += more;
        }

        return bytes[..read];
    }
}
