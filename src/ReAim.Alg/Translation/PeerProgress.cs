namespace ReAim.Alg.Translation;

/// <summary>How far a peer's connection to a mapped host has come.</summary>
internal enum PeerProgress : byte
{
    /// <summary>Its handshake is not complete, as far as is known.</summary>
    Opening,

    /// <summary>It is: nothing more can be learnt from the connection.</summary>
    Complete,

    /// <summary>It was begun, and may not be completed any more: the segment must not go on.</summary>
    Refused,
}
