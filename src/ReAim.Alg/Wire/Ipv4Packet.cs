using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>An IPv4 datagram, in place (RFC 791 3.1).</summary>
/// <remarks>
///  0       1       2       3
///  +-------+-------+-------+-------+
///  | v|ihl | tos   | total length  |
///  | identification|  f| fragment  |
///  | ttl   | proto | checksum      |
///  | source address                |
///  | destination address           |
///  | options, ihl * 4 - 20 bytes   |
///  | payload, total length - ihl*4 |
///  +-------+-------+-------+-------+
/// After <see cref="TryParse"/> returned true no accessor throws.
/// </remarks>
public readonly ref struct Ipv4Packet
{
    /// <summary>Length of a header without options.</summary>
    public const int MinHeaderLength = 20;

    /// <summary>The protocol number of TCP.</summary>
    public const byte Tcp = 6;

    private readonly Span<byte> _bytes;
    private readonly int _headerLength;

    private Ipv4Packet(Span<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>The datagram: header and payload, without link-layer padding.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>The header with its options.</summary>
    public Span<byte> Header => _bytes[.._headerLength];

    /// <summary>What follows the header.</summary>
    public Span<byte> Payload => _bytes[_headerLength..];

    /// <summary>The payload's protocol number.</summary>
    public byte Protocol => _bytes[9];

    /// <summary>The header checksum field.</summary>
    public ushort HeaderChecksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[10..]);

    /// <summary>True if the header checksum fits.</summary>
    public bool IsHeaderChecksumValid => Checksum.Sum(Header) == 0xFFFF;

    /// <summary>True for any fragment, also the first (RFC 791: MF set or offset not zero).</summary>
    public bool IsFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x3FFF) != 0;

    /// <summary>The source address.</summary>
    public Ipv4Address Source => Ipv4Address.Read(_bytes[12..]);

    /// <summary>The destination address.</summary>
    public Ipv4Address Destination => Ipv4Address.Read(_bytes[16..]);

    /// <summary>Checks the header.</summary>
    /// <param name="bytes">A datagram, which may be followed by link-layer padding.</param>
    /// <param name="packet">The view, cut to the total length.</param>
    /// <param name="reason">What is wrong.</param>
    /// <returns>False if something is wrong.</returns>
    public static bool TryParse(Span<byte> bytes, out Ipv4Packet packet, out Reason reason)
    {
        packet = default;
        if (bytes.Length < MinHeaderLength)
        {
            reason = Reason.Truncated;
            return false;
        }

        if (bytes[0] >> 4 != 4)
        {
            reason = Reason.NotIpv4;
            return false;
        }

        int headerLength = (bytes[0] & 0x0F) * 4;
        if (headerLength < MinHeaderLength || headerLength > bytes.Length)
        {
            reason = Reason.BadIpHeaderLength;
            return false;
        }

        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (totalLength < headerLength || totalLength > bytes.Length)
        {
            reason = Reason.BadIpTotalLength;
            return false;
        }

        if (headerLength > MinHeaderLength && !OptionList.IsWellFormed(bytes[MinHeaderLength..headerLength]))
        {
            reason = Reason.BadIpOptions;
            return false;
        }

        packet = new Ipv4Packet(bytes[..totalLength], headerLength);
        reason = Reason.None;
        return true;
    }
}
