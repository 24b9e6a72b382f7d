namespace ReAim.Capture.Inspection;

/// <summary>What a TCP connection speaks, by its first bytes.</summary>
internal enum ConnectionKind
{
    /// <summary>No payload was seen.</summary>
    Silent,

    /// <summary>Nothing that is known here.</summary>
    Other,

    /// <summary>FLAP frames: a client and its server.</summary>
    Oscar,

    /// <summary>A file transfer between two clients.</summary>
    Oft,

    /// <summary>A Direct IM between two clients.</summary>
    Odc,

    /// <summary>The rendezvous proxy.</summary>
    Proxy,

    /// <summary>AIM's text protocol.</summary>
    Toc,

    /// <summary>TLS: it may hold OSCAR, but cannot be read.</summary>
    Tls,

    /// <summary>HTTP.</summary>
    Http,
}
