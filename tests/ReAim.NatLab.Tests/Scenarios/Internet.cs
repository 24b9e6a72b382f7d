using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>A server, a rendezvous proxy, and around them clients with public addresses and LANs behind gateways.</summary>
internal sealed class Internet
{
    private readonly Router _core;
    private int _ports;

    public Internet(uint seed, ServerStyle style = ServerStyle.Keeps)
    {
        Simulation = new Simulation(seed);
        Record = new PacketRecord(this);
        _core = new Router(Simulation, Addresses.Parse("198.51.100.1"));
        Server = new OscarServer(Attach("server", Addresses.Server), style);
        Proxy = new RendezvousProxy(Attach("proxy", Addresses.Parse("198.51.100.6")));
    }

    public Simulation Simulation { get; }

    public OscarServer Server { get; }

    /// <summary>What kind of gateways there are.</summary>
    public Machine Machine { get; init; }

    public RendezvousProxy Proxy { get; }

    public List<AimClient> Clients { get; } = [];

    public List<IGateway> Gateways { get; } = [];

    /// <summary>What crossed the clients' links.</summary>
    public PacketRecord Record { get; }

    /// <summary>A client with an address of its own.</summary>
    public AimClient AddPublic(string name, string address, ClientStyle style, HostOptions? host = null, LinkOptions? link = null) =>
        AddClient(name, style, Attach(name, Addresses.Parse(address), host, link));

    /// <summary>A LAN behind a gateway.</summary>
    public Lan AddLan(string publicAddress, string network, bool helps = true, LinkOptions? wan = null, Func<EngineOptions, EngineOptions>? limits = null)
    {
        var lan = new Lan(this, publicAddress, network, helps, limits, Machine);
        Link.Join(Simulation, lan.Gateway, _core, wan);
        _core.Route(lan.Gateway.PublicAddress, 32, _ports++);
        Gateways.Add(lan.Gateway);
        return lan;
    }

    /// <summary>A client on a host that is attached somewhere.</summary>
    public AimClient AddClient(string name, ClientStyle style, Host host)
    {
        var client = new AimClient(host, name, style) { Proxy = Proxy.Endpoint };
        Clients.Add(client);
        return client;
    }

    /// <param name="tries">How often a client tries that ran out of patience, over a bad link.</param>
    public void SignOn(int tries = 1)
    {
        foreach (AimClient client in Clients)
        {
            client.Run(async () =>
            {
                for (int i = 0; i < tries && !await client.SignOnAsync(Server.Endpoint); i++)
                {
                }
            });
        }

        Assert.That(Simulation.RunUntil(() => Clients.All(client => client.IsSignedOn), tries * 100 * Simulation.Second), "everybody signed on");
    }

    /// <summary>The other client's session of an offer.</summary>
    public RendezvousSession? OtherEnd(RendezvousSession session)
    {
        string owner = Clients.Find(client => client.Sessions.Contains(session))!.Name;
        return Clients.Find(client => client.Name == session.Peer)?.Sessions
            .Find(other => other.Cookie == session.Cookie && other.Peer == owner && other.Role != session.Role && other.OfferedAt >= session.OfferedAt);
    }

    /// <summary>Runs until sessions are over at both ends.</summary>
    public bool RunToEnd(params RendezvousSession[] sessions) =>
        Simulation.RunUntil(() => sessions.All(session => session.IsOver && OtherEnd(session) is null or { IsOver: true }), 1_000 * Simulation.Second);

    /// <summary>Everybody goes. Long enough afterwards nothing may be left of it anywhere.</summary>
    public void AssertNothingIsLeftBehind()
    {
        foreach (AimClient client in Clients)
        {
            client.SignOff();
        }

        Simulation.Run(65 * Simulation.Second);
        Assert.That(Gateways.Select(gateway => gateway.Engine.MappingCount), Is.All.Zero, "mappings a minute after sign-off");
        Simulation.Run(2 * 7_500 * Simulation.Second);
        foreach (IGateway gateway in Gateways)
        {
            Assert.That(gateway.Held, Is.Zero, "packets that still wait");
            Assert.That(gateway.Mappings, Is.Empty, "mappings installed");
            Assert.That(gateway.Engine.FlowCount, Is.Zero, "flows");
            Assert.That(gateway.SessionCount, Is.Zero, "translated connections");
            Assert.That(gateway.PortCount, Is.Zero, "ports in use");
            Assert.That(gateway.Engine.KeptCount, Is.Zero, "packets kept");
        }

        Assert.That(Clients.Select(client => client.Host.ConnectionCount), Is.All.Zero, "the clients' connections");
        Assert.That(Simulation.Failures, Is.Empty, "programs that failed");
    }

    /// <summary>What happened, for whoever must find out why: programs that failed, what the gateways decided, the ladder.</summary>
    public string Explain()
    {
        IEnumerable<string> gateways = Gateways.Select(gateway =>
            $"{gateway.PublicAddress}: {string.Join(", ", gateway.Engine.Reasons.NonZero().Select(reason => $"{reason.Value} {reason.Key.Name()}"))}"
            + $"\n  {string.Join("\n  ", gateway.Offers)}");
        return string.Join('\n', [.. Simulation.Failures.Select(failure => failure.ToString()), .. gateways, Record.Ladder()]);
    }

    private Host Attach(string name, Ipv4Address address, HostOptions? options = null, LinkOptions? link = null)
    {
        var host = new Host(Simulation, name, address, options);
        Record.Watch(Link.Join(Simulation, host, _core, link), host);
        _core.Route(address, 32, _ports++);
        return host;
    }
}
