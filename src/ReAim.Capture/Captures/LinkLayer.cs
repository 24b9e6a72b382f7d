using System.Buffers.Binary;

namespace ReAim.Capture.Captures;

/// <summary>Finds the IPv4 datagram in a frame. The link layer itself is never changed.</summary>
internal static class LinkLayer
{
    /// <summary>What <see cref="FindIpv4"/> says of a frame that holds no IPv4 datagram.</summary>
    public const int None = -1;

    private const int BsdNull = 0;
    private const int Ethernet = 1;
    private const int Ppp = 9;
    private const int RawBsd = 12;
    private const int RawOpenBsd = 14;
    private const int PppSerial = 50;
    private const int PppoeSession = 51;
    private const int Raw = 101;
    private const int CiscoHdlc = 104;
    private const int OpenBsdLoop = 108;
    private const int LinuxCooked = 113;
    private const int PppPppd = 166;
    private const int PppWithDirection = 204;
    private const int Ipv4 = 228;
    private const int LinuxCooked2 = 276;

    private const ushort EtherTypeIpv4 = 0x0800;
    private const ushort EtherTypeVlan = 0x8100;
    private const ushort EtherTypeServiceVlan = 0x88A8;
    private const ushort EtherTypeOldServiceVlan = 0x9100;
    private const ushort EtherTypePppoeSession = 0x8864;
    private const int PppoeHeader = 6;
    private const int AddressFamilyInet = 2;

    /// <summary>True if frames of a link type can be looked into.</summary>
    /// <param name="linkType">As tcpdump.org numbers it.</param>
    public static bool IsKnown(int linkType) => linkType
        is BsdNull or Ethernet or RawBsd or RawOpenBsd or Raw or OpenBsdLoop or LinuxCooked or Ipv4 or LinuxCooked2
        or Ppp or PppSerial or PppoeSession or CiscoHdlc or PppPppd or PppWithDirection
        || UnusualLinkLayer.IsKnown(linkType);

    /// <summary>Where in a frame the IPv4 header begins; <see cref="None"/> if it holds none.</summary>
    public static int FindIpv4(int linkType, ReadOnlySpan<byte> frame) => linkType switch
    {
        Ethernet => FindByEtherType(frame, 12),
        LinuxCooked => FindByEtherType(frame, 14),
        LinuxCooked2 => frame.Length < 20 ? None : FindByEtherType(frame, 0, 20),
        Raw or RawBsd or RawOpenBsd or Ipv4 => FindByVersion(frame, 0),
        BsdNull or OpenBsdLoop => FindByAddressFamily(frame),
        Ppp or PppSerial or CiscoHdlc => PppFrame.FindIpv4(frame, 0),
        PppoeSession => PppFrame.FindIpv4(frame, PppoeHeader),
        PppPppd or PppWithDirection => PppFrame.FindIpv4BehindDirection(frame),
        _ => UnusualLinkLayer.FindIpv4(linkType, frame),
    };

    private static int FindByEtherType(ReadOnlySpan<byte> frame, int typeOffset) => FindByEtherType(frame, typeOffset, typeOffset + 2);

    /// <summary>Follows an EtherType through VLAN tags (IEEE 802.1Q, stacked too) and PPPoE (RFC 2516).</summary>
    private static int FindByEtherType(ReadOnlySpan<byte> frame, int typeOffset, int next)
    {
        while (frame.Length >= next && frame.Length >= typeOffset + 2)
        {
            switch (BinaryPrimitives.ReadUInt16BigEndian(frame[typeOffset..]))
            {
                case EtherTypeIpv4:
                    return FindByVersion(frame, next);
                case EtherTypeVlan or EtherTypeServiceVlan or EtherTypeOldServiceVlan:
                    typeOffset = next + 2;
                    next += 4;
                    break;
                case EtherTypePppoeSession:
                    return PppFrame.FindIpv4(frame, next + PppoeHeader);
                default:
                    return None;
            }
        }

        return None;
    }

    /// <summary>The family stands in the byte order of the machine that captured, or in network order.</summary>
    private static int FindByAddressFamily(ReadOnlySpan<byte> frame) =>
        frame.Length >= 4
        && (BinaryPrimitives.ReadInt32LittleEndian(frame) == AddressFamilyInet || BinaryPrimitives.ReadInt32BigEndian(frame) == AddressFamilyInet)
            ? FindByVersion(frame, 4)
            : None;

    /// <summary>The offset itself if an IPv4 header may begin there.</summary>
    internal static int FindByVersion(ReadOnlySpan<byte> frame, int offset) =>
        frame.Length > offset && frame[offset] >> 4 == 4 ? offset : None;
}
