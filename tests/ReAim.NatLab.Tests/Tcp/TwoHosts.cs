using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Two hosts and a cable, every packet of which is recorded and judged.</summary>
internal sealed class TwoHosts
{
    public TwoHosts(uint seed, LinkOptions? link = null, HostOptions? a = null, HostOptions? b = null)
    {
        Simulation = new Simulation(seed);
        A = new Host(Simulation, "A", new Ipv4Address(0x0A00_0001), a);
        B = new Host(Simulation, "B", new Ipv4Address(0x0A00_0002), b);
        Link = Link.Join(Simulation, A, B, link);
        Link.Tap = Record;
    }

    public Simulation Simulation { get; }

    public Host A { get; }

    public Host B { get; }

    public Link Link { get; }

    public Ipv4Endpoint Server => new(B.Address, 5190);

    /// <summary>What left either host.</summary>
    public List<(long Time, IncomingSegment Segment)> Sent { get; } = [];

    public void Run(long nanoseconds) => Simulation.Run(nanoseconds);

    /// <summary>Both ends of a new connection.</summary>
    public (TcpConnection A, TcpConnection B) Connect()
    {
        TcpListener listener = B.Listen(5190)!;
        Task<TcpConnection?> accepted = listener.AcceptAsync();
        Task<TcpConnection?> connected = A.ConnectAsync(Server, 100 * Simulation.Second);
        Simulation.RunUntil(() => accepted.IsCompleted && connected.IsCompleted, 100 * Simulation.Second);
        listener.Close();
        return (connected.Result!, accepted.Result!);
    }

    /// <summary>Segments with payload that a host sent.</summary>
    public List<(long Time, IncomingSegment Segment)> DataFrom(Host host) =>
        Sent.FindAll(sent => sent.Segment.Source.Address == host.Address && sent.Segment.Payload.Length > 0);

    /// <summary>No program failed, no connection is left.</summary>
    public void AssertQuiet()
    {
        Assert.That(Simulation.Failures, Is.Empty);
        Assert.That((A.ConnectionCount, B.ConnectionCount), Is.EqualTo((0, 0)));
    }

    private void Record(Crossing crossing)
    {
        if (crossing.IsLeaving)
        {
            PacketJudge.AssertSound(crossing.Datagram);
            Assert.That(IncomingSegment.TryParse(crossing.Datagram.AsSpan().ToArray(), out IncomingSegment segment), Is.True);
            Sent.Add((crossing.Time, segment));
        }
    }
}
