namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>The bits of <see cref="DivertAddress.Traits"/>.</summary>
[Flags]
internal enum DivertTraits : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It is a copy.</summary>
    Sniffed = 0x01,

    /// <summary>It leaves by an interface.</summary>
    Outbound = 0x02,

    /// <summary>It never leaves the machine.</summary>
    Loopback = 0x04,

    /// <summary>Somebody's driver sent it, this one or another, not the machine or the network.</summary>
    Impostor = 0x08,

    /// <summary>It is IPv6.</summary>
    Ipv6 = 0x10,

    /// <summary>Its IPv4 checksum is right; the driver computes what is not said to be.</summary>
    IpChecksum = 0x20,

    /// <summary>Its TCP checksum is right; the driver computes what is not said to be.</summary>
    TcpChecksum = 0x40,

    /// <summary>Its UDP checksum is right; the driver computes what is not said to be.</summary>
    UdpChecksum = 0x80,
}
