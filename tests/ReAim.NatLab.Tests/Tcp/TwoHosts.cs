using System.Buffers.Binary;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Two hosts with an interceptor between them; every packet they send is recorded and judged.</summary>
internal sealed class TwoHosts
{
    public const ushort Port = 5190;

    public TwoHosts(uint seed, LinkOptions? link = null, HostOptions? a = null, HostOptions? b = null)
    {
        Simulation = new Simulation(seed);
        A = new Host(Simulation, "A", new Ipv4Address(0x0A00_0001), a);
        B = new Host(Simulation, "B", new Ipv4Address(0x0A00_0002), b);
        LinkA = Link.Join(Simulation, A, Middle, link ?? new LinkOptions { Latency = Simulation.Millisecond / 2 });
        LinkB = Link.Join(Simulation, Middle, B, LinkA.Options);
        LinkA.Tap = crossing => Record(crossing, LinkA.A);
        LinkB.Tap = crossing => Record(crossing, LinkB.B);
    }

    public Simulation Simulation { get; }

    public Host A { get; }

    public Host B { get; }

    /// <summary>A is at its interface 0, B at 1.</summary>
    public Interceptor Middle { get; } = new();

    public Link LinkA { get; }

    public Link LinkB { get; }

    public Ipv4Endpoint Server => new(B.Address, Port);

    /// <summary>What left either host.</summary>
    public List<(long Time, IncomingSegment Segment)> Sent { get; } = [];

    public void Run(long nanoseconds) => Simulation.Run(nanoseconds);

    /// <summary>Both ends of a new connection.</summary>
    public (TcpConnection A, TcpConnection B) Connect(ushort localPort = 0)
    {
        TcpListener listener = B.Listen(Port)!;
        Task<TcpConnection?> accepted = listener.AcceptAsync();
        Task<TcpConnection?> connected = A.ConnectAsync(Server, 60 * Simulation.Second, localPort);
        bool isDone = Simulation.RunUntil(() => accepted.IsCompleted && connected.IsCompleted, 60 * Simulation.Second);
        Assert.That(isDone, Is.True, $"seed {Simulation.Seed}: no connection");
        listener.Close();
        return (connected.Result!, accepted.Result!);
    }

    /// <summary>Loses the datagrams with payload from A to B whose numbers, from 0 on, are given.</summary>
    public void LoseDataFromA(params int[] numbers)
    {
        int number = 0;
        Middle.Filter = (datagram, port) => port != 0 || !HasPayload(datagram) || !numbers.Contains(number++);
    }

    public static bool HasPayload(byte[] datagram) =>
        IncomingSegment.TryParse(datagram, out IncomingSegment segment) && segment.Payload.Length > 0;

    /// <summary>Segments with payload that a host sent, by milliseconds since some time.</summary>
    public List<(double Milliseconds, int Length)> DataFrom(Host host, long since = 0) =>
        [.. From(host, since).Where(sent => sent.Segment.Payload.Length > 0)
            .Select(sent => ((sent.Time - since) / (double)Simulation.Millisecond, sent.Segment.Payload.Length))];

    public List<(long Time, IncomingSegment Segment)> From(Host host, long since = 0) =>
        Sent.FindAll(sent => sent.Segment.Source.Address == host.Address && sent.Time >= since);

    /// <summary>No program failed, no connection is left.</summary>
    public void AssertQuiet()
    {
        Assert.That(Simulation.Failures, Is.Empty);
        Assert.That((A.ConnectionCount, B.ConnectionCount), Is.EqualTo((0, 0)));
    }

    private void Record(Crossing crossing, LinkEnd end)
    {
        if (crossing.IsLeaving && crossing.End == end)
        {
            PacketJudge.AssertSound(crossing.Datagram);
            byte[] copy = crossing.Datagram.AsSpan().ToArray();
            Assert.That(IncomingSegment.TryParse(copy, out IncomingSegment segment), Is.True);
            Assert.That(BinaryPrimitives.ReadUInt16BigEndian(copy.AsSpan(6)), Is.EqualTo(0x4000), "don't fragment");
            Sent.Add((crossing.Time, segment));
        }
    }
}
