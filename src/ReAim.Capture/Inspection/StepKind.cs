namespace ReAim.Capture.Inspection;

/// <summary>What a line of a ladder is about.</summary>
internal enum StepKind
{
    /// <summary>The frame that opens a connection.</summary>
    Hello,

    /// <summary>A SNAC.</summary>
    Snac,

    /// <summary>A keep-alive frame.</summary>
    KeepAlive,

    /// <summary>The frame that ends a connection, or answers an old login.</summary>
    SignOff,

    /// <summary>A frame of another channel.</summary>
    OtherFrame,

    /// <summary>A message of the rendezvous proxy.</summary>
    Proxy,

    /// <summary>A header of a peer connection.</summary>
    Peer,

    /// <summary>Something about the capture or the framing, not a message.</summary>
    Note,

    /// <summary>Bytes that the capture does not have.</summary>
    Missing,

    /// <summary>A message that is not as the protocol writes it.</summary>
    Malformed,
}
