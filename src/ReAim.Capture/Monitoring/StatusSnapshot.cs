using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Monitoring;

/// <summary>How a running ReAim is, at one moment.</summary>
internal sealed record StatusSnapshot
{
    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>The worker's process id.</summary>
    public required int Process { get; init; }

    /// <summary>How long ReAim has been running, workers before this one included.</summary>
    public required TimeSpan Uptime { get; init; }

    /// <summary>How many workers ended before this one.</summary>
    public required int Restarts { get; init; }

    /// <summary>"divert", "listen" or "dry-run".</summary>
    public required string Mode { get; init; }

    /// <summary>How packets get into the queue: "nft" or "iptables"; null if none do.</summary>
    public string? Flavour { get; init; }

    /// <summary>The public addresses that offers get.</summary>
    public IReadOnlyList<Ipv4Address> Public { get; init; } = [];

    /// <summary>How many flows are followed.</summary>
    public int Flows { get; init; }

    /// <summary>How many segments are held.</summary>
    public int Held { get; init; }

    /// <summary>The open mappings.</summary>
    public IReadOnlyList<StatusMapping> Mappings { get; init; } = [];

    /// <summary>How often each reason fell, by its word.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Reasons { get; init; } = [];

    /// <summary>What the diverter counted, and the translator, by word.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Counters { get; init; } = [];
}

/// <summary>An open mapping.</summary>
/// <param name="Mapping">Its ends.</param>
/// <param name="Peer">To whom the offer was made, as the network had it; empty for a listener, which is for everybody.</param>
/// <param name="Age">How long it has been open.</param>
/// <param name="Expires">In what time it will be closed if nothing happens; null if it lasts as long as its client is signed on.</param>
/// <param name="Connected">Who has connected by it; null before anybody has.</param>
internal sealed record StatusMapping(Mapping Mapping, string Peer, TimeSpan Age, TimeSpan? Expires, Ipv4Address? Connected = null);
