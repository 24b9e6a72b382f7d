namespace ReAim.Capture.Inspection;

/// <summary>How a rendezvous went.</summary>
internal enum Outcome
{
    /// <summary>The capture does not say how it ended.</summary>
    Unknown,

    /// <summary>A peer connection of the first offer carried the session.</summary>
    Direct,

    /// <summary>A peer connection of a counter-offer carried it.</summary>
    CounterOffer,

    /// <summary>The peers met at the proxy.</summary>
    Proxy,

    /// <summary>Cancelled before any peer connection carried the session, or before that had carried what was offered.</summary>
    Cancelled,

    /// <summary>Declined.</summary>
    Declined,

    /// <summary>The server refused a message.</summary>
    ServerError,

    /// <summary>Connects were tried, but none was reached.</summary>
    NotReached,

    /// <summary>A connect was reached, but carried nothing of what was offered.</summary>
    NoSession,
}
