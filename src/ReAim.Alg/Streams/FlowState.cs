namespace ReAim.Alg.Streams;

/// <summary>How far a flow has come.</summary>
internal enum FlowState : byte
{
    /// <summary>Its first bytes are awaited or looked at.</summary>
    Candidate,

    /// <summary>Verified before this engine saw it: its framing is looked for.</summary>
    Resuming,

    /// <summary>Both directions began as a protocol we help.</summary>
    Recognised,

    /// <summary>Nothing more is read; edits made before still hold.</summary>
    Done,

    /// <summary>The connection ended; edits made before still hold.</summary>
    Closed,
}
