using System.Net;
using System.Net.Sockets;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nfqueue;

/// <summary>The queue for packets that must have a verdict, beside the one for those that need not.</summary>
[RequiresRoot]
internal sealed class ClosedQueueTests
{
    private const ushort Open = 5190, Closed = 5191;

    [Test]
    public void What_finds_it_full_is_dropped_and_the_other_one_has_its_own_room()
    {
        using var route = new Route();
        route.Divert(Closed);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Open, Closed) { MaxLength = 2 });
        using Socket listener = Route.Listen(route.Remote, Route.RemoteAddress);
        using Socket first = Route.Client(route.Lan), second = Route.Client(route.Lan), third = Route.Client(route.Lan), fourth = Route.Client(route.Lan);
        Task[] waiting = [.. ((Socket[])[first, second, third]).Select(socket => socket.ConnectAsync(Route.RemoteAddress, Route.Port))];
        Assert.That(Task.WhenAny(waiting).Wait(1_500), Is.False, "nobody gave a verdict, and the third one found no room");
        route.Gateway.Exec("iptables", "-t", "mangle", "-F", "FORWARD");
        route.Divert(Open);
        using (new QueueThread(queue, (queue, packet) =>
        {
            if (packet.Ticket.Queue == Open)
            {
                queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
            }
        }))
        {
            Assert.That(fourth.ConnectAsync(Route.RemoteAddress, Route.Port).Wait(900), Is.True);
        }
    }

    [Test]
    public void Packets_of_the_same_number_in_both_are_told_apart()
    {
        using var route = new Route();
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-p", "tcp", "--dport", "5190", "-j", "NFQUEUE", "--queue-num", "5190");
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-p", "tcp", "--sport", "5190", "-j", "NFQUEUE", "--queue-num", "5191");
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(Open, Closed));
        var seen = new List<(ushort Queue, uint Id)>();
        using (new QueueThread(queue, (queue, packet) =>
        {
            seen.Add((packet.Ticket.Queue, packet.Ticket.Id));
            Assert.That(queue.TryHold(packet.Ticket) && queue.TryRelease(packet.Ticket.Key, out _));
            queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
        }))
        {
            (Socket client, Socket server) = route.Connect();
            client.Dispose();
            server.Dispose();
        }

        Assert.That(seen.Select(one => one.Queue).Distinct().Order(), Is.EqualTo(new[] { Open, Closed }));
        Assert.That(seen.GroupBy(one => one.Id).Any(same => same.Count() == 2), "the kernel counts each queue's own");
    }

    [Test]
    public void While_packets_come_without_a_pause_both_are_bound_and_none_of_them_is_taken_for_an_answer()
    {
        using var route = new Route();
        route.Gateway.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-p", "udp", "-j", "NFQUEUE", "--queue-num", "5190", "--queue-bypass");
        using Socket sender = route.Lan.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using var stop = new CancellationTokenSource();
        var target = new IPEndPoint(IPAddress.Parse(Route.RemoteAddress), 9);
        byte[] large = new byte[60_000];
        Task flood = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                sender.SendTo(large, target);
            }
        });
        var openings = new List<QueueOpening>();
        for (int i = 0; i < 300; i++)
        {
            openings.Add(route.Gateway.Inside(() =>
            {
                QueueOpening opening = PacketQueue.TryOpen(new QueueOptions(Open, Closed), out PacketQueue? queue, out _);
                queue?.Dispose();
                return opening;
            }));
        }

        stop.Cancel();
        flood.Wait();
        Assert.That(openings, Is.All.EqualTo(QueueOpening.Bound));
    }
}
