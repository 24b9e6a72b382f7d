using ReAim.Alg;
using ReAim.Alg.Translation.Userspace;

namespace ReAim.Capture.Translators.Relay;

/// <summary>The relay's limits.</summary>
internal sealed record RelayOptions
{
    /// <summary>Peers' connections at once, those that still wait for a decision or for the LAN host included.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Of these so many by one mapping.</summary>
    public int MaxConnectionsPerMapping { get; init; } = 32;

    /// <summary>Of one peer's address so many by one mapping: a client tries two ways at once, and a stranger must not keep all places of an ICQ listener.</summary>
    public int MaxConnectionsPerPeerAndMapping { get; init; } = 4;

    /// <summary>Of one peer's address so many in all.</summary>
    public int MaxConnectionsPerPeer { get; init; } = 64;

    /// <summary>
    /// The LAN's interfaces: what comes in by these is dropped where neighbours are kept out. Only Linux can do that; none elsewhere.
    /// </summary>
    public IReadOnlyList<string> Lan { get; init; } = [];

    /// <summary>Connects that the kernel keeps until they are accepted, for each mapping.</summary>
    public int Backlog { get; init; } = 16;

    /// <summary>How long the LAN host may take to answer a connect.</summary>
    public TimeSpan ConnectTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may be silent: as long as that of a translator of packets.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(new TranslatorOptions().EstablishedTime / EngineOptions.Second);

    /// <summary>How long one may be silent of which one end has said all.</summary>
    public TimeSpan ClosingTime { get; init; } = TimeSpan.FromSeconds(new TranslatorOptions().TransitoryTime / EngineOptions.Second);
}
