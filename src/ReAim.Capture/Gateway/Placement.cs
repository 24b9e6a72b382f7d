namespace ReAim.Capture.Gateway;

/// <summary>Where on a Windows gateway packets are diverted.</summary>
internal enum Placement
{
    /// <summary>Beside Windows' NAT if there is one, else as a router.</summary>
    Auto,

    /// <summary>On the WAN's side of Windows' own NAT, where packets have the public address already.</summary>
    BesideNat,

    /// <summary>Where packets are forwarded, on a router without NAT of its own.</summary>
    Router,
}
