namespace ReAim.Capture.Checking.Firewall;

/// <summary>What a condition of a rule looks at.</summary>
internal enum PacketField
{
    /// <summary>Something that is not understood, or changes from packet to packet.</summary>
    Other,

    /// <summary>The name of the interface it came by.</summary>
    InInterface,

    /// <summary>The name of the interface it leaves by.</summary>
    OutInterface,

    /// <summary>"ipv4" or "ipv6".</summary>
    Family,

    /// <summary>"tcp", "udp" and so on.</summary>
    Protocol,

    /// <summary>A number, or a range such as 1000-2000.</summary>
    SourcePort,

    /// <summary>A number, or a range such as 1000-2000.</summary>
    DestinationPort,

    /// <summary>An address, a network, or a range of addresses.</summary>
    SourceAddress,

    /// <summary>An address, a network, or a range of addresses.</summary>
    DestinationAddress,

    /// <summary>"new", "established", "related", "invalid"; with iptables also "dnat" and "snat".</summary>
    ConnectionState,

    /// <summary>"dnat", "snat", "assured" and so on.</summary>
    ConnectionStatus,

    /// <summary>"original" or "reply".</summary>
    ConnectionDirection,

    /// <summary>Where the connection's first packet went to before anybody translated it.</summary>
    OriginalDestination,

    /// <summary>"host" if the frame was for this machine.</summary>
    FrameType,

    /// <summary>What the routes say of the source: "unicast", "local" if it is this machine, "broadcast" and so on.</summary>
    SourceType,

    /// <summary>What the routes say of the destination: "unicast", "local" if it is this machine, "broadcast" and so on.</summary>
    DestinationType,

    /// <summary>"syn" if the segment that opens a connection has them.</summary>
    TcpFlags,
}
