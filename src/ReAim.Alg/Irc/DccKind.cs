namespace ReAim.Alg.Irc;

/// <summary>The kinds of DCC messages that name a port (PROTOCOL-IRC 2).</summary>
internal enum DccKind : ushort
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>The sender listens, and has a file.</summary>
    Send = 0xDCC1,

    /// <summary>The sender listens, and wants to talk.</summary>
    Chat = 0xDCC2,

    /// <summary>The receiver of a file has some of it; it names the sender's port.</summary>
    Resume = 0xDCC3,

    /// <summary>The sender of a file agrees; it names its own port.</summary>
    Accept = 0xDCC4,

    /// <summary>The sender listens, and wants a file.</summary>
    Receive = 0xDCC5,
}
