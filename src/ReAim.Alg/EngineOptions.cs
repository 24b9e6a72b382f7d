using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg;

/// <summary>The engine's limits and addresses. Times are nanoseconds. Defaults: docs/ARCHITECTURE.md, "Limits".</summary>
public sealed record EngineOptions
{
    /// <summary>One second in the engine's unit of time.</summary>
    public const long Second = 1_000_000_000;

    /// <summary>
    /// The public address that offers get on flows for which <see cref="Engine.SetPublicAddress"/> named no other; 0.0.0.0 if
    /// none is known.
    /// </summary>
    public Ipv4Address PublicAddress { get; init; }

    /// <summary>
    /// True if the engine is given copies of packets: nothing is held, edited or dropped, and whatever can be helped without
    /// that gets a mapping of the same port.
    /// </summary>
    public bool ListensOnly { get; init; }

    /// <summary>
    /// True if the translator turns a LAN host's connect to a public end back to the LAN where an effect's <see cref="Effect.TurnsBack"/>
    /// says so: that is what an offer of a neighbour is left to that came too late to be rewritten.
    /// </summary>
    public bool Hairpins { get; init; }

    /// <summary>The protocols to help; <see cref="ProtocolTable.Default"/> if none is named.</summary>
    public IReadOnlyList<ProtocolDescriptor> Protocols { get; init; } = ProtocolTable.Default;

    /// <summary>
    /// True if somebody tracks the connections whose sequence numbers are translated, and must know that before: a flow of such a
    /// protocol has no public address then before <see cref="Engine.SetPublicAddress"/> gives it one, so that its offers stay as
    /// they are.
    /// </summary>
    public bool IsTracked { get; init; }

    /// <summary>Flows of one LAN host whose lengths are changed at once.</summary>
    public int MaxGuardedFlowsPerHost { get; init; } = 64;

    /// <summary>Flows whose lengths are changed at once, where they are guarded.</summary>
    public int MaxGuardedFlows { get; init; } = 1_024;

    /// <summary>Guards connections before their lengths change; null if nobody need, because no packet can pass the engine by.</summary>
    public ILengthGuard? Guard { get; init; }

    /// <summary>
    /// True if <see cref="Engine.AnswerServer"/> says when a server is watched that an <see cref="EffectKind.ExpectServer"/> effect
    /// named: what names it to its client waits for that.
    /// </summary>
    public bool AnswersServers { get; init; }

    /// <summary>Server ports that are watched in any case: what names a server there waits for nothing.</summary>
    public IReadOnlySet<ushort> WatchedPorts { get; init; } = new HashSet<ushort>();

    /// <summary>Flows followed at once.</summary>
    public int MaxFlows { get; init; } = 65_536;

    /// <summary>How long a flow may be silent.</summary>
    public long FlowIdleTime { get; init; } = 7_200 * Second;

    /// <summary>How long a flow may be silent whose SYN nobody has answered.</summary>
    public long FlowOpeningTime { get; init; } = 120 * Second;

    /// <summary>
    /// How long a closed flow is remembered, so that late retransmissions get their edits; and one that is done, if the caller
    /// remembers that itself.
    /// </summary>
    public long FlowClosedTime { get; init; } = 60 * Second;

    /// <summary>The longest time a packet waits.</summary>
    public long MaxHoldTime { get; init; } = Second;

    /// <summary>Packets of one flow that wait at once, including copies kept of packets that went on.</summary>
    public int MaxHeldPerFlow { get; init; } = 16;

    /// <summary>Packets that wait at once, in all.</summary>
    public int MaxHeld { get; init; } = 256;

    /// <summary>Packets of one LAN host that wait at once.</summary>
    public int MaxHeldPerHost { get; init; } = 64;

    /// <summary>Bytes that wait at once, in all.</summary>
    public int MaxHeldBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one LAN host that wait at once: some packets of the largest size.</summary>
    public int MaxHeldBytesPerHost { get; init; } = 512 << 10;

    /// <summary>The longest message that is collected when it comes in pieces, in bytes.</summary>
    public int MaxMessageLength { get; init; } = 16_384;

    /// <summary>Bytes of unfinished messages that are collected at once, in all.</summary>
    public int MaxAssemblyBytes { get; init; } = 4 << 20;

    /// <summary>Bytes of one LAN host's unfinished messages that are collected at once.</summary>
    public int MaxAssemblyBytesPerHost { get; init; } = 512 << 10;

    /// <summary>Which ports of which LAN hosts offers may open.</summary>
    public PortAccess Access { get; init; } = PortAccess.Everything;

    /// <summary>Pending offers of one LAN host.</summary>
    public int MaxOffersPerHost { get; init; } = 16;

    /// <summary>Pending offers in all.</summary>
    public int MaxOffers { get; init; } = 512;

    /// <summary>First public port to use when the client's own is taken.</summary>
    public ushort FirstPoolPort { get; init; } = 61_000;

    /// <summary>Last public port to use when the client's own is taken.</summary>
    public ushort LastPoolPort { get; init; } = 61_999;

    /// <summary>
    /// Where in the pool to begin, so that an engine does not ask first for the ports that one before it may have left open.
    /// Counted round and round.
    /// </summary>
    public int PoolOffset { get; init; }

    /// <summary>
    /// Public ports that belong to somebody else: local listeners, static forwards. Asked whenever a port is chosen, so it may
    /// change between two calls of the engine.
    /// </summary>
    public IReadOnlySet<ushort> ReservedPorts { get; init; } = new HashSet<ushort>();

    /// <summary>
    /// True if an ICQ listener whose port is taken gets another public port. Its peers then reach it, but what they say of its
    /// port in scrambled messages, such as a file's acceptance, still names the inside one (PROTOCOL 4.5).
    /// </summary>
    public bool RemapsIcqListeners { get; init; }

    /// <summary>How long an offer waits for its peer.</summary>
    public long OfferTime { get; init; } = 600 * Second;

    /// <summary>How long a mapping stays after its flow ended.</summary>
    public long SignOffGrace { get; init; } = 60 * Second;

    /// <summary>How long a mapping stays after the peer connected or became the listener itself.</summary>
    public long PeerGrace { get; init; } = 30 * Second;

    /// <summary>
    /// Connects to mappings that are watched at once: a flood must take longer to push one out than a peer far away takes to answer.
    /// </summary>
    public int MaxPeerConnections { get; init; } = 65_536;

    /// <summary>
    /// True if the caller remembers each connection's standing, so that of a peer's nothing comes to the engine once it is
    /// <see cref="FlowStanding.Done"/>: then no packet of a peer goes on that no mapping admits.
    /// </summary>
    public bool KeepsStandings { get; init; }

    /// <summary>
    /// How long a peer's SYN may be without an answer before its repetition tells that something drops it on its way to the LAN
    /// host. Below the second after which it is repeated (RFC 6298 2.1), above any LAN's round trip.
    /// </summary>
    public long PeerAnswerTime { get; init; } = 800_000_000;
}
