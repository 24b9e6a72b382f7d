namespace ReAim.Capture.Windows;

/// <summary>The NATs that Windows brings.</summary>
internal enum NatKind
{
    /// <summary>None translates.</summary>
    None,

    /// <summary>WinNAT: <c>New-NetNat</c>, as for virtual machines and containers.</summary>
    WinNat,

    /// <summary>Internet connection sharing, also as the mobile hotspot.</summary>
    ConnectionSharing,

    /// <summary>Routing and remote access, of servers.</summary>
    RoutingService,
}
