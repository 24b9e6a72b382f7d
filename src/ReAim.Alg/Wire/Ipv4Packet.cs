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

    /// <summary>The protocol number of ICMP.</summary>
    public const byte Icmp = 1;

    private const int LengthOffset = 2;
    private const int ChecksumOffset = 10;
    private const int SourceOffset = 12;
    private const int DestinationOffset = 16;

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
    public ushort HeaderChecksum => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>True if the header checksum fits.</summary>
    public bool IsHeaderChecksumValid => Checksum.Sum(Header) == 0xFFFF;

    /// <summary>True for any fragment, also the first (RFC 791: MF set or offset not zero).</summary>
    public bool IsFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x3FFF) != 0;

    /// <summary>True for any fragment but the first (RFC 791: offset not zero): it has no ports.</summary>
    public bool IsLaterFragment => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[6..]) & 0x1FFF) != 0;

    /// <summary>The source address.</summary>
    public Ipv4Address Source => Ipv4Address.Read(_bytes[SourceOffset..]);

    /// <summary>The destination address.</summary>
    public Ipv4Address Destination => Ipv4Address.Read(_bytes[DestinationOffset..]);

    /// <summary>Checks the header.</summary>
    /// <param name="bytes">A datagram, which may be followed by link-layer padding.</param>
    /// <param name="packet">The view, cut to the total length.</param>
    /// <param name="reason">What is wrong.</param>
    /// <returns>False if something is wrong.</returns>
    public static bool TryParse(Span<byte> bytes, out Ipv4Packet packet, out Reason reason) =>
        TryRead(bytes, isQuote: false, out packet, out reason);

    /// <summary>Checks the header of a datagram that an ICMP error quotes, mostly not to its end (RFC 792, RFC 1812 4.3.2.3).</summary>
    /// <param name="bytes">What there is of it.</param>
    /// <param name="packet">The view, cut to what there is.</param>
    /// <param name="reason">What is wrong.</param>
    /// <returns>False if something is wrong.</returns>
    public static bool TryParseQuote(Span<byte> bytes, out Ipv4Packet packet, out Reason reason) =>
        TryRead(bytes, isQuote: true, out packet, out reason);

    /// <summary>Computes the header's checksum anew.</summary>
    public void WriteHeaderChecksum()
    {
        Span<byte> field = _bytes.Slice(ChecksumOffset, 2);
        field.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)~Checksum.Sum(Header));
    }

    /// <summary>Puts in another source address; the header checksum stays what it was, right or wrong (RFC 1624).</summary>
    /// <param name="address">The address.</param>
    public void WriteSourceAndChecksum(Ipv4Address address) => WriteAddressAndChecksum(SourceOffset, address);

    /// <summary>Puts in another destination address; the header checksum stays what it was, right or wrong (RFC 1624).</summary>
    /// <param name="address">The address.</param>
    public void WriteDestinationAndChecksum(Ipv4Address address) => WriteAddressAndChecksum(DestinationOffset, address);

    /// <summary>
    /// Puts in another TCP source. Both checksums stay what they were, right or wrong (RFC 1624); a partial one stays partial.
    /// </summary>
    /// <param name="end">Address and port.</param>
    public void WriteTcpSourceAndChecksums(Ipv4Endpoint end) => WriteTcpEnd(SourceOffset, portOffset: 0, end);

    /// <summary>Puts in another TCP destination, as <see cref="WriteTcpSourceAndChecksums"/> does.</summary>
    /// <param name="end">Address and port.</param>
    public void WriteTcpDestinationAndChecksums(Ipv4Endpoint end) => WriteTcpEnd(DestinationOffset, portOffset: 2, end);

    /// <summary>Writes the total length of a datagram of that length, and keeps the header checksum right (RFC 1624).</summary>
    /// <param name="datagram">A datagram, its length field still another's.</param>
    internal static void WriteLengthAndChecksum(Span<byte> datagram)
    {
        Span<byte> length = datagram.Slice(LengthOffset, 2);
        Span<byte> value = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)datagram.Length);
        Span<byte> field = datagram[ChecksumOffset..];
        BinaryPrimitives.WriteUInt16BigEndian(field, Checksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), length, value, odd: false));
        value.CopyTo(length);
    }

    private static bool TryRead(Span<byte> bytes, bool isQuote, out Ipv4Packet packet, out Reason reason)
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
        if (totalLength < headerLength || (totalLength > bytes.Length && !isQuote))
        {
            reason = Reason.BadIpTotalLength;
            return false;
        }

        if (headerLength > MinHeaderLength && !OptionList.IsWellFormed(bytes[MinHeaderLength..headerLength]))
        {
            reason = Reason.BadIpOptions;
            return false;
        }

        packet = new Ipv4Packet(bytes[..Math.Min(totalLength, bytes.Length)], headerLength);
        reason = Reason.None;
        return true;
    }

    private void WriteAddressAndChecksum(int offset, Ipv4Address address)
    {
        Span<byte> place = _bytes.Slice(offset, 4);
        Span<byte> value = stackalloc byte[4];
        address.Write(value);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes[ChecksumOffset..], Checksum.Update(HeaderChecksum, place, value, odd: false));
        value.CopyTo(place);
    }

    private void WriteTcpEnd(int addressOffset, int portOffset, Ipv4Endpoint end)
    {
        Span<byte> tcp = Payload;
        bool hasChecksum = tcp.Length >= TcpSegment.ChecksumOffset + 2;
        bool isPartial = hasChecksum && HasPartialTcpChecksum(tcp);
        Span<byte> before = stackalloc byte[6];
        Span<byte> after = stackalloc byte[6];
        _bytes.Slice(addressOffset, 4).CopyTo(before);
        tcp.Slice(portOffset, 2).CopyTo(before[4..]);
        end.Address.Write(after);
        BinaryPrimitives.WriteUInt16BigEndian(after[4..], end.Port);
        WriteAddressAndChecksum(addressOffset, end.Address);
        after[4..].CopyTo(tcp[portOffset..]);
        if (hasChecksum)
        {
            Span<byte> field = tcp[TcpSegment.ChecksumOffset..];
            ushort value = isPartial
                ? Checksum.PseudoHeader(Source, Destination, Tcp, tcp.Length)
                : Checksum.Update(BinaryPrimitives.ReadUInt16BigEndian(field), before, after, odd: false);
            BinaryPrimitives.WriteUInt16BigEndian(field, value);
        }
    }

    /// <summary>
    /// Only where the field could be a partial checksum is the whole segment summed: a full one may look alike. What a quote
    /// has of a segment cannot be summed.
    /// </summary>
    private bool HasPartialTcpChecksum(ReadOnlySpan<byte> tcp)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]) != _bytes.Length)
        {
            return false;
        }

        ushort pseudo = Checksum.PseudoHeader(Source, Destination, Tcp, tcp.Length);
        return BinaryPrimitives.ReadUInt16BigEndian(tcp[TcpSegment.ChecksumOffset..]) == pseudo
            && Checksum.Add(Checksum.Sum(tcp), pseudo) != 0xFFFF;
    }
}
