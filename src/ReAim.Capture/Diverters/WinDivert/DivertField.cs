namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a filter can compare.</summary>
internal enum DivertField
{
    /// <summary>1 for a packet that comes in, on <see cref="DivertLayer.Network"/> only.</summary>
    Inbound,

    /// <summary>1 for a packet that goes out, on <see cref="DivertLayer.Network"/> only.</summary>
    Outbound,

    /// <summary>1 for a packet that never leaves the machine, on <see cref="DivertLayer.Network"/> only.</summary>
    Loopback,

    /// <summary>The interface.</summary>
    InterfaceIndex,

    /// <summary>The source address.</summary>
    SourceAddress,

    /// <summary>The destination address.</summary>
    DestinationAddress,

    /// <summary>The TCP source port.</summary>
    SourcePort,

    /// <summary>The TCP destination port.</summary>
    DestinationPort,

    /// <summary>1 if a TCP segment has SYN.</summary>
    Syn,

    /// <summary>1 if a TCP segment has ACK.</summary>
    Ack,

    /// <summary>1 if a TCP segment has RST.</summary>
    Rst,

    /// <summary>An ICMP message's type.</summary>
    IcmpType,
}
