namespace ReAim.Capture.Inspection;

/// <summary>By what a connection was found to belong to a rendezvous.</summary>
internal enum PeerMatch
{
    /// <summary>By the port alone: NAT changed the address.</summary>
    Port,

    /// <summary>By address and port.</summary>
    Endpoint,

    /// <summary>By the cookie it names.</summary>
    Cookie,
}
