using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>Static mappings of a simulated Windows NAT: each takes a while, as a command does.</summary>
internal sealed class SimulatedWinNat(Simulation simulation, PortNat nat, Action wakes) : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    /// <summary>The mappings there are.</summary>
    public HashSet<Mapping> Mappings { get; } = [];

    /// <summary>How long it takes to add one, in milliseconds; null for any time.</summary>
    public long? AddTime { get; set; }

    /// <summary>Has the connections to a server diverted.</summary>
    public Func<Ipv4Endpoint, bool> TryWatch { get; set; } = _ => false;

    /// <summary>Has the ends of all mappings watched.</summary>
    public Func<bool> TryCover { get; set; } = () => false;

    public void Install(Mapping mapping)
    {
        bool isInstalled = TryCover() && nat.TryAdd(mapping);
        if (isInstalled)
        {
            Assert.That(Mappings.Add(mapping), "A mapping is opened once.");
        }

        simulation.After((AddTime ?? simulation.Random.Between(1, 100)) * Simulation.Millisecond, () =>
        {
            _answers.Enqueue(new MappingAnswer(mapping, isInstalled, "its port is taken"));
            wakes();
        });
    }

    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    public void Remove(Mapping mapping)
    {
        Assert.That(Mappings.Remove(mapping), "A mapping is closed once.");
        nat.Remove(mapping);
    }

    public void KeepNeighboursOut(Mapping mapping)
    {
    }

    public void LetNeighboursIn(Mapping mapping)
    {
    }

    public void Expect(Ipv4Endpoint server)
    {
        Assert.That(TryWatch(server));
        _servers.Enqueue(server);
    }

    public bool TryTakeServer(out Ipv4Endpoint server) => _servers.TryDequeue(out server);

    public void Reinstall()
    {
    }

    public void Dispose()
    {
    }
}
