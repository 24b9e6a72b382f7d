namespace ReAim.Alg.Translation.Userspace;

/// <summary>How far a translated connection has come, as far as its lifetime depends on it (RFC 5382 5).</summary>
internal enum NatSessionState : byte
{
    /// <summary>The handshake is not complete.</summary>
    HalfOpen,

    /// <summary>The handshake is complete.</summary>
    Established,

    /// <summary>Both sides sent a FIN, or one sent a reset. Later segments still pass, so a blind reset does not cut a connection in use (RFC 7857 2.2).</summary>
    Closing,
}
