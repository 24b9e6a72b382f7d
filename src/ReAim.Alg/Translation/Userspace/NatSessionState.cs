namespace ReAim.Alg.Translation.Userspace;

/// <summary>How far a translated connection has come, as far as its lifetime depends on it (RFC 5382 5).</summary>
internal enum NatSessionState : byte
{
    /// <summary>The handshake is not complete.</summary>
    HalfOpen,

    /// <summary>The handshake is complete.</summary>
    Established,

    /// <summary>Both sides sent a FIN, or one sent a reset. A blind reset does no harm: later segments still pass (RFC 7857 2.2).</summary>
    Closing,
}
