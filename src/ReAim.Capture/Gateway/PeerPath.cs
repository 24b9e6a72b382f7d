namespace ReAim.Capture.Gateway;

/// <summary>How a peer's connect gets from this gateway to the LAN host: it says who may be to blame if there is no answer.</summary>
internal enum PeerPath
{
    /// <summary>The kernel translates it, and the firewall's forward rules decide.</summary>
    ForwardRules,

    /// <summary>Windows' NAT or the engine translates it, and no rule of this gateway's comes after that.</summary>
    Translation,

    /// <summary>It is taken here, so that no packet of it comes to the engine, and another connection leads on.</summary>
    Relay,
}
