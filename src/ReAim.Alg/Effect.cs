using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg;

/// <summary>The kinds of <see cref="Effect"/>.</summary>
public enum EffectKind : byte
{
    /// <summary>A held packet goes on its way: send <see cref="Effect.Bytes"/>, or the packet as it came if not <see cref="Effect.Edited"/>.</summary>
    Release,

    /// <summary>
    /// Send <see cref="Effect.Bytes"/>, a new packet to either end of a connection: it resets it, or makes the end say what it expects, so
    /// that its answer can be reset.
    /// </summary>
    Reset,

    /// <summary>Install the translation of <see cref="Effect.Mapping"/>, then call <see cref="Engine.AnswerMapping"/>.</summary>
    OpenMapping,

    /// <summary>Remove the translation of <see cref="Effect.Mapping"/>.</summary>
    CloseMapping,

    /// <summary>LAN hosts that connect to the public end of <see cref="Effect.Mapping"/> are turned back from now on, or no longer: <see cref="Effect.TurnsBack"/>.</summary>
    TurnMapping,

    /// <summary>An offer was given a mapping (for logs and reports).</summary>
    OfferOpened,

    /// <summary>A peer's handshake with an offer's mapping is complete (for logs and reports).</summary>
    OfferConnected,

    /// <summary>An offer gave its mapping back; <see cref="Effect.Reason"/> says why (for logs and reports).</summary>
    OfferClosed,

    /// <summary>An offer of <see cref="Effect.Flow"/>, in either direction, was judged and needs no mapping; <see cref="Effect.Reason"/> says why (for logs).</summary>
    OfferPassed,

    /// <summary>
    /// A peer repeats its connect to <see cref="Effect.Mapping"/>, <see cref="Effect.Flow"/>, because nobody answered (for logs
    /// and reports).
    /// </summary>
    PeerUnanswered,

    /// <summary>
    /// <see cref="Effect.Flow"/> is one that is helped, for the first time or again: say by <see cref="Engine.SetPublicAddress"/>
    /// what its address becomes, unless it is always <see cref="EngineOptions.PublicAddress"/>.
    /// </summary>
    FlowRecognised,

    /// <summary>
    /// <see cref="Effect.Flow"/> is none of a protocol that is helped, or ended before that was told: <see cref="Effect.Doubt"/>
    /// says what spoke against it, <see cref="Effect.Bytes"/> by which word (for logs).
    /// </summary>
    FlowNotRecognised,

    /// <summary>Nothing more will be done for <see cref="Effect.Flow"/>: its packets need not be diverted any longer.</summary>
    FlowDone,

    /// <summary>
    /// Bytes of <see cref="Flow"/> went by unseen, and it cannot be helped before its client signs on again (for logs).
    /// <see cref="Effect.Protocol"/> is null if it is not known yet what it speaks.
    /// </summary>
    SignOnNeeded,

    /// <summary>
    /// A server named where a client's next connection goes, <see cref="Effect.Server"/>: watch that, then call
    /// <see cref="Engine.AnswerServer"/> if <see cref="EngineOptions.AnswersServers"/> promised it.
    /// </summary>
    ExpectServer,
}

/// <summary>
/// Something the engine wants done, as data. Effects come in the order in which they must be carried out, and before
/// the verdict of the packet that caused them. Only the members that belong to <see cref="Kind"/> are set.
/// </summary>
public readonly struct Effect
{
    /// <summary>What is to be done.</summary>
    public EffectKind Kind { get; init; }

    /// <summary>True if a released packet differs from what came in.</summary>
    public bool Edited { get; init; }

    /// <summary>What is to be remembered of a released packet's connection.</summary>
    public FlowStanding Standing { get; init; }

    /// <summary>Why.</summary>
    public Reason Reason { get; init; }

    /// <summary>True if a recognised flow is one on which offers are made, not one that only leads to such.</summary>
    public bool HasOffers { get; init; }

    /// <summary>What spoke against a flow that is not recognised.</summary>
    public Doubt Doubt { get; init; }

    /// <summary>When the event happened that caused this effect: nanoseconds, on the caller's clock.</summary>
    public long Time { get; init; }

    /// <summary>The caller's id of the released packet.</summary>
    public long PacketId { get; init; }

    /// <summary>The IPv4 datagram to be sent, or the word that told what a flow is not; valid until the next effect is taken.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>The connection that is recognised or done, or on which the event happened.</summary>
    public FlowKey Flow { get; init; }

    /// <summary>The mapping to open or to close, or the one that a peer connects to.</summary>
    public Mapping Mapping { get; init; }

    /// <summary>
    /// True if a LAN host that connects to the public end of a mapping that opens, or changes, is to be turned back to the LAN
    /// (hairpinning). If not, it must find there what it would find without the mapping: its peer was told another way.
    /// </summary>
    public bool TurnsBack { get; init; }

    /// <summary>What an offer that passed names and may not, if <see cref="Reason"/> is <see cref="Reason.AddressForeign"/>.</summary>
    public Ipv4Address Named { get; init; }

    /// <summary>Whose offer that is: the LAN host's own address.</summary>
    public Ipv4Address Host { get; init; }

    /// <summary>
    /// The offer that was opened, connected or closed, or that an unanswered peer may have come for, if it is known; valid until
    /// the next call of the engine.
    /// </summary>
    public Offer? Offer { get; init; }

    /// <summary>What the flow speaks that is recognised or made the offer, or may have spoken that is not recognised; null if nobody knows.</summary>
    public ProtocolDescriptor? Protocol { get; init; }

    /// <summary>The host and port the server named.</summary>
    public ExpectedServer? Server { get; init; }
}
