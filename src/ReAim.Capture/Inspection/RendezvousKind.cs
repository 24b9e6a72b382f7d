namespace ReAim.Capture.Inspection;

/// <summary>What a rendezvous message does.</summary>
internal enum RendezvousKind
{
    /// <summary>The first offer: connect to me.</summary>
    Offer,

    /// <summary>The other side says: connect to me instead.</summary>
    CounterOffer,

    /// <summary>Meet me at the proxy.</summary>
    ProxyOffer,

    /// <summary>The rendezvous is accepted.</summary>
    Accept,

    /// <summary>The rendezvous is cancelled, which some clients also use to decline.</summary>
    Cancel,

    /// <summary>The client declined by itself (0004/000B).</summary>
    Decline,

    /// <summary>A type that is not known.</summary>
    Other,
}
