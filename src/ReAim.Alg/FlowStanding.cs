namespace ReAim.Alg;

/// <summary>
/// What is remembered of a connection outside the engine, so that it outlives the engine: a Linux gateway keeps it in the
/// connection's mark. It comes in with each packet and goes out, possibly changed, with its verdict.
/// </summary>
public enum FlowStanding : byte
{
    /// <summary>Nothing is remembered.</summary>
    None,

    /// <summary>Nothing more will be done for it: its packets need not be diverted.</summary>
    Done,

    /// <summary>Its packets are diverted; it is not known yet what it is.</summary>
    Watched,

    /// <summary>Both directions began as a protocol we help, and its framing was exact since.</summary>
    Verified,

    /// <summary>A peer's connect to a mapping.</summary>
    Peer,

    /// <summary>
    /// Its lengths were changed, so its ends number bytes differently: what passed without the engine that knows how would be
    /// taken for other bytes, so nothing may.
    /// </summary>
    Translated,

    /// <summary>Translated, by an engine that is gone: it is reset. Says so of a packet only, never of a connection.</summary>
    Lost,
}
