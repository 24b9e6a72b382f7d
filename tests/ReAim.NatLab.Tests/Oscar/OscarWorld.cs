using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A flat network: a server, a proxy, Alice and Bob around one router, and no NAT.</summary>
internal sealed class OscarWorld
{
    private static readonly Ipv4Address RouterAddress = Parse("198.51.100.1");

    private readonly Router _router;
    private int _ports;

    public OscarWorld(ClientStyle alice, ClientStyle bob, ServerStyle server = ServerStyle.Keeps, uint seed = 1)
    {
        Simulation = new Simulation(seed);
        _router = new Router(Simulation, RouterAddress);
        Server = new OscarServer(Join("server", "198.51.100.5", out _), server);
        Proxy = new RendezvousProxy(Join("proxy", "198.51.100.6", out _));
        Alice = new AimClient(Join("alice", "203.0.113.70", out Doorman aliceDoor), "alice", alice) { Proxy = Proxy.Endpoint };
        Bob = new AimClient(Join("bob", "198.51.100.77", out Doorman bobDoor), "bob", bob) { Proxy = Proxy.Endpoint };
        (AliceDoor, BobDoor) = (aliceDoor, bobDoor);
    }

    public Simulation Simulation { get; }

    /// <summary>The links to the router: server's, proxy's, Alice's, Bob's.</summary>
    public List<Link> Links { get; } = [];

    public OscarServer Server { get; }

    public RendezvousProxy Proxy { get; }

    public AimClient Alice { get; }

    public AimClient Bob { get; }

    /// <summary>Set before anybody knocks: nobody gets in.</summary>
    public Doorman AliceDoor { get; }

    public Doorman BobDoor { get; }

    public static Ipv4Address Parse(string text) =>
        Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new ArgumentException(text);

    /// <summary>Both clients sign on.</summary>
    public void SignOn()
    {
        foreach (AimClient client in (AimClient[])[Alice, Bob])
        {
            client.Run(async () => await client.SignOnAsync(Server.Endpoint));
        }

        Assert.That(Simulation.RunUntil(() => Alice.IsSignedOn && Bob.IsSignedOn, 10 * Simulation.Second), Is.True, "signed on");
    }

    /// <summary>Runs until a session is over at both ends.</summary>
    public RendezvousSession RunToEnd(RendezvousSession session, AimClient peer, long seconds = 600)
    {
        bool over = Simulation.RunUntil(() => session.IsOver && PeerOf(session, peer) is { IsOver: true }, seconds * Simulation.Second);
        Assert.That(over, Is.True, $"over: {session}; {PeerOf(session, peer)}");
        Assert.That(Simulation.Failures, Is.Empty);
        return PeerOf(session, peer)!;
    }

    public static RendezvousSession? PeerOf(RendezvousSession session, AimClient peer) =>
        peer.Sessions.Find(other => other.Cookie == session.Cookie && other.Role != session.Role);

    private Host Join(string name, string address, out Doorman door)
    {
        var host = new Host(Simulation, name, Parse(address));
        door = new Doorman();
        Link.Join(Simulation, host, door);
        Links.Add(Link.Join(Simulation, door, _router));
        _router.Route(host.Address, 32, _ports++);
        return host;
    }
}
