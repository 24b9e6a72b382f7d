using System.Buffers.Binary;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Net;

/// <summary>What a router does to datagrams.</summary>
[TestFixture]
internal sealed class RouterTests
{
    private static readonly Ipv4Address Left = new(0x0A00_0001);
    private static readonly Ipv4Address Right = new(0xC633_6401);

    [Test]
    public void It_takes_the_longest_prefix_and_counts_the_time_to_live_down()
    {
        var simulation = new Simulation(1);
        (Router router, Recorder[] nodes) = Star(simulation, new LinkOptions(), new LinkOptions(), new LinkOptions());
        router.Route(default, 0, 0);
        router.Route(new Ipv4Address(0xC633_6401), 32, 2);
        router.Route(new Ipv4Address(0xC633_6400), 24, 1);

        router.Receive(Datagram(Left, new Ipv4Address(0xC633_6402), 100), 0);
        router.Receive(Datagram(Left, Right, 100), 0);
        router.Receive(Datagram(Right, Left, 100), 1);
        simulation.Run(Simulation.Second);

        Assert.That(nodes.Select(node => node.Received.Count), Is.EqualTo(new[] { 1, 1, 1 }));
        Assert.That(nodes[2].Received[0][8], Is.EqualTo(63));
        PacketJudge.AssertSound(nodes[2].Received[0]);
    }

    [Test]
    public void What_has_no_time_to_live_or_no_route_or_a_wrong_checksum_is_dropped()
    {
        var simulation = new Simulation(1);
        (Router router, Recorder[] nodes) = Star(simulation, new LinkOptions(), new LinkOptions());
        router.Route(Right, 32, 1);
        byte[] old = Datagram(Left, Right, 100);
        for (int hop = 0; hop < 100; hop++)
        {
            router.Receive(old, 0);
        }

        byte[] damaged = Datagram(Left, Right, 100);
        damaged[1] = 4;
        router.Receive(damaged, 0);
        router.Receive(Datagram(Right, Left, 100), 1);
        simulation.Run(Simulation.Second);

        Assert.That(nodes[1].Received, Has.Count.EqualTo(63));
        Assert.That(nodes[0].Received, Is.Empty);
    }

    [Test]
    public void What_is_too_large_for_the_next_link_is_answered_with_its_size()
    {
        var simulation = new Simulation(1);
        (Router router, Recorder[] nodes) = Star(simulation, new LinkOptions(), new LinkOptions { Mtu = 576 });
        router.Route(Left, 32, 0);
        router.Route(Right, 32, 1);
        byte[] large = Datagram(Left, Right, 577);

        router.Receive(large, 0);
        router.Receive(Datagram(Left, Right, 576), 0);
        simulation.Run(Simulation.Second);

        Assert.That(nodes[1].Received, Has.Count.EqualTo(1));
        byte[] answer = nodes[0].Received.Single();
        var judge = new PacketDotNet.IPv4Packet(new PacketDotNet.Utils.ByteArraySegment(answer));
        Assert.That(judge.ValidIPChecksum, Is.True);
        Assert.That((answer[9], answer[20], answer[21]), Is.EqualTo((1, 3, 4)));
        Assert.That(Checksum.Sum(answer.AsSpan(20)), Is.EqualTo(0xFFFF));
        Assert.That(BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(26)), Is.EqualTo(576));
        Assert.That(answer[28..], Is.EqualTo(large[..40]));
        Assert.That((Ipv4Address.Read(answer.AsSpan(12)), Ipv4Address.Read(answer.AsSpan(16))), Is.EqualTo((router.Address, Left)));
    }

    [Test]
    public void No_error_is_sent_about_an_error() =>
        Assert.That(DestinationUnreachable.About(DestinationUnreachable.About(Datagram(Left, Right, 100), 4, 576, Right, 1)!, 4, 576, Right, 1), Is.Null);

    [Test]
    public void Two_hosts_find_out_the_size_of_a_narrow_link_between_two_routers()
    {
        for (uint seed = 0; seed < 50; seed++)
        {
            var simulation = new Simulation(seed);
            var a = new Host(simulation, "A", Left);
            var b = new Host(simulation, "B", Right);
            var near = new Router(simulation, new Ipv4Address(0x0A00_00FE));
            var far = new Router(simulation, new Ipv4Address(0xC633_64FE));
            double loss = seed % 3 / 100.0;
            Link.Join(simulation, a, near, new LinkOptions { Loss = loss });
            Link narrow = Link.Join(simulation, near, far, new LinkOptions { Mtu = 700, Loss = loss });
            Link.Join(simulation, far, b, new LinkOptions { Loss = loss });
            near.Route(new Ipv4Address(0x0A00_0000), 8, 0);
            near.Route(default, 0, 1);
            far.Route(new Ipv4Address(0xC633_6400), 24, 1);
            far.Route(default, 0, 0);
            int largest = 0;
            narrow.Tap = crossing => largest = Math.Max(largest, crossing.Datagram.Length);

            byte[] bytes = simulation.Random.Bytes(50_000);
            byte[]? atA = null;
            byte[]? atB = null;
            TcpListener listener = b.Listen(80)!;
            simulation.Start(async () => atB = await Exchange((await listener.AcceptAsync())!, bytes));
            simulation.Start(async () =>
                atA = await Exchange((await a.ConnectAsync(new Ipv4Endpoint(Right, 80), Simulation.Second * 60))!, bytes));
            simulation.RunUntil(() => a.ConnectionCount + b.ConnectionCount == 0 && atA is not null, 100 * Simulation.Second);

            Assert.That(simulation.Failures, Is.Empty);
            Assert.That(atA, Is.EqualTo(bytes), $"seed {seed}");
            Assert.That(atB, Is.EqualTo(bytes), $"seed {seed}");
            Assert.That(largest, Is.EqualTo(700));
        }
    }

    private static async Task<byte[]?> Exchange(TcpConnection connection, byte[] bytes)
    {
        connection.Send(bytes);
        connection.Close();
        return await connection.ReadExactAsync(bytes.Length);
    }

    private static byte[] Datagram(Ipv4Address source, Ipv4Address destination, int length)
    {
        var fields = new SegmentFields(new Ipv4Endpoint(source, 1), new Ipv4Endpoint(destination, 2), TcpFlags.Ack, 7);
        byte[] datagram = SegmentWriter.Begin(fields, length - SegmentWriter.HeadersLength);
        SegmentWriter.Finish(datagram, fields, identification: 9);
        return datagram;
    }

    private static (Router Router, Recorder[] Nodes) Star(Simulation simulation, params LinkOptions[] links)
    {
        var router = new Router(simulation, new Ipv4Address(0x0A00_00FE));
        Recorder[] nodes = [.. links.Select(_ => new Recorder())];
        for (int i = 0; i < links.Length; i++)
        {
            Link.Join(simulation, router, nodes[i], links[i]);
        }

        return (router, nodes);
    }
}
