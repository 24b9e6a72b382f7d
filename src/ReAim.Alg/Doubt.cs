namespace ReAim.Alg;

/// <summary>What spoke against a connection's being of a protocol that is helped: the detail of <see cref="Reason.NotRecognised"/>.</summary>
public enum Doubt : byte
{
    /// <summary>Nothing that has a word of its own here.</summary>
    None,

    /// <summary>No protocol that is helped begins with its first bytes.</summary>
    FirstBytes,

    /// <summary>Its client said what no client says before it is welcomed.</summary>
    ClientWord,

    /// <summary>Its server said what no server says before it welcomes a client.</summary>
    ServerWord,

    /// <summary>A line was longer than any before the welcome.</summary>
    LineTooLong,

    /// <summary>Its client offered a direct connection before it was welcomed.</summary>
    EarlyOffer,

    /// <summary>It was welcomed without having said who it is.</summary>
    NotRegistered,

    /// <summary>The server's welcome names somebody else.</summary>
    OtherName,

    /// <summary>It ended before it was told what it is.</summary>
    Ended,
}
