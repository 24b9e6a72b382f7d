using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>An ICMP error, in place: somebody could not deliver the datagram that it quotes (RFC 792, RFC 5508 section 4).</summary>
/// <remarks>
///  0       1       2       3
///  +-------+-------+-------+-------+
///  | type  | code  | checksum      |
///  | unused, or the next link's MTU|
///  | the datagram's IPv4 header    |
///  | at least 8 bytes of its data  |
///  +-------+-------+-------+-------+
/// After <see cref="TryParse"/> returned true no accessor throws.
/// </remarks>
public readonly ref struct IcmpError
{
    /// <summary>Bytes before the quoted datagram.</summary>
    public const int HeaderLength = 8;

    /// <summary>Bytes of the quoted datagram's data that name its ends.</summary>
    public const int MinQuotedData = 8;

    private const byte DestinationUnreachable = 3;
    private const byte SourceQuench = 4;
    private const byte TimeExceeded = 11;
    private const byte ParameterProblem = 12;
    private const int ChecksumOffset = 2;
    private const int SequenceOffset = 4;

    private readonly Span<byte> _bytes;

    private IcmpError(Span<byte> bytes, Ipv4Packet quote)
    {
        _bytes = bytes;
        Quote = quote;
    }

    /// <summary>The quoted TCP datagram, as far as it is there: addresses and both ports at least.</summary>
    public Ipv4Packet Quote { get; }

    /// <summary>The quoted datagram's source.</summary>
    public Ipv4Endpoint QuotedSource => new(Quote.Source, BinaryPrimitives.ReadUInt16BigEndian(Quote.Payload));

    /// <summary>The quoted datagram's destination.</summary>
    public Ipv4Endpoint QuotedDestination => new(Quote.Destination, BinaryPrimitives.ReadUInt16BigEndian(Quote.Payload[2..]));

    /// <summary>Checks a message.</summary>
    /// <param name="bytes">The payload of an ICMP datagram that is not a fragment.</param>
    /// <param name="error">The view.</param>
    /// <param name="reason">Why it is none that says something of a TCP connection.</param>
    /// <returns>False if it is none.</returns>
    public static bool TryParse(Span<byte> bytes, out IcmpError error, out Reason reason)
    {
        error = default;
        if (bytes.Length < HeaderLength)
        {
            reason = Reason.Truncated;
            return false;
        }

        if (bytes[0] is not (DestinationUnreachable or SourceQuench or TimeExceeded or ParameterProblem))
        {
            reason = Reason.NotTcp;
            return false;
        }

        if (!Ipv4Packet.TryParseQuote(bytes[HeaderLength..], out Ipv4Packet quote, out reason))
        {
            return false;
        }

        if (quote.Protocol != Ipv4Packet.Tcp)
        {
            reason = Reason.NotTcp;
            return false;
        }

        if (quote.IsLaterFragment || quote.Payload.Length < MinQuotedData)
        {
            reason = Reason.Truncated;
            return false;
        }

        error = new IcmpError(bytes, quote);
        return true;
    }

    /// <summary>The quoted segment's sequence number.</summary>
    internal uint QuotedSequence => BinaryPrimitives.ReadUInt32BigEndian(Quote.Payload[SequenceOffset..]);

    /// <summary>Puts another sequence number into the quoted segment, whose own checksum nobody reads.</summary>
    internal void WriteQuotedSequenceAndChecksum(uint sequence)
    {
        ushort before = Checksum.Sum(_bytes);
        BinaryPrimitives.WriteUInt32BigEndian(Quote.Payload[SequenceOffset..], sequence);
        UpdateChecksum(before);
    }

    /// <summary>Puts another source into the quoted datagram; every checksum stays what it was, right or wrong.</summary>
    /// <param name="end">Address and port.</param>
    public void WriteQuotedSourceAndChecksums(Ipv4Endpoint end)
    {
        ushort before = Checksum.Sum(_bytes);
        Quote.WriteTcpSourceAndChecksums(end);
        UpdateChecksum(before);
    }

    /// <summary>Puts another destination into the quoted datagram; every checksum stays what it was, right or wrong.</summary>
    /// <param name="end">Address and port.</param>
    public void WriteQuotedDestinationAndChecksums(Ipv4Endpoint end)
    {
        ushort before = Checksum.Sum(_bytes);
        Quote.WriteTcpDestinationAndChecksums(end);
        UpdateChecksum(before);
    }

    /// <summary>The message's sum must stay the same: what the edits added to it is taken off its checksum.</summary>
    private void UpdateChecksum(ushort before)
    {
        Span<byte> field = _bytes[ChecksumOffset..];
        ushort added = Checksum.Add(Checksum.Sum(_bytes), (ushort)~before);
        ushort sum = Checksum.Add((ushort)~BinaryPrimitives.ReadUInt16BigEndian(field), added);
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)~sum);
    }
}
