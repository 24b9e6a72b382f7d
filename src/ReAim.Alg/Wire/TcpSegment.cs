using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>A TCP segment, in place (RFC 9293 3.1).</summary>
/// <remarks>
///  0       1       2       3
///  +-------+-------+-------+-------+
///  | source port   | dest. port    |
///  | sequence number               |
///  | acknowledgement number        |
///  | off|  | flags | window        |
///  | checksum      | urgent pointer|
///  | options, off * 4 - 20 bytes   |
///  | payload                       |
///  +-------+-------+-------+-------+
/// After <see cref="TryParse"/> returned true no accessor throws.
/// </remarks>
public readonly ref struct TcpSegment
{
    /// <summary>Length of a header without options.</summary>
    public const int MinHeaderLength = 20;

    /// <summary>Where the checksum field stands.</summary>
    internal const int ChecksumOffset = 16;

    private const int SequenceOffset = 4;
    private const int AcknowledgementOffset = 8;

    private readonly Span<byte> _bytes;
    private readonly int _headerLength;

    private TcpSegment(Span<byte> bytes, int headerLength)
    {
        _bytes = bytes;
        _headerLength = headerLength;
    }

    /// <summary>The source port.</summary>
    public ushort SourcePort => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The destination port.</summary>
    public ushort DestinationPort => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>The sequence number of the first payload byte, or of the SYN.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(_bytes[4..]);

    /// <summary>The acknowledgement number; meaningless without the ACK bit.</summary>
    public uint Acknowledgement => BinaryPrimitives.ReadUInt32BigEndian(_bytes[8..]);

    /// <summary>The control bits.</summary>
    public TcpFlags Flags => (TcpFlags)(_bytes[13] & 0x3F);

    /// <summary>The checksum field.</summary>
    public ushort ChecksumField => BinaryPrimitives.ReadUInt16BigEndian(_bytes[ChecksumOffset..]);

    /// <summary>The header with its options.</summary>
    internal Span<byte> Header => _bytes[.._headerLength];

    /// <summary>The options.</summary>
    internal Span<byte> Options => _bytes[MinHeaderLength.._headerLength];

    /// <summary>The payload.</summary>
    public Span<byte> Payload => _bytes[_headerLength..];

    /// <summary>True if all of the given bits are set.</summary>
    /// <param name="flags">The bits.</param>
    public bool Has(TcpFlags flags) => (Flags & flags) == flags;

    /// <summary>Checks the header.</summary>
    /// <param name="bytes">The payload of an IPv4 datagram that is not a fragment.</param>
    /// <param name="segment">The view.</param>
    /// <param name="reason">What is wrong.</param>
    /// <returns>False if something is wrong.</returns>
    public static bool TryParse(Span<byte> bytes, out TcpSegment segment, out Reason reason)
    {
        segment = default;
        if (bytes.Length < MinHeaderLength)
        {
            reason = Reason.Truncated;
            return false;
        }

        int headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < MinHeaderLength || headerLength > bytes.Length)
        {
            reason = Reason.BadTcpHeaderLength;
            return false;
        }

        if (headerLength > MinHeaderLength && !OptionList.IsWellFormed(bytes[MinHeaderLength..headerLength]))
        {
            reason = Reason.BadTcpOptions;
            return false;
        }

        segment = new TcpSegment(bytes, headerLength);
        reason = Reason.None;
        return true;
    }

    /// <summary>Compares the checksum field with the segment.</summary>
    /// <param name="source">The datagram's source address.</param>
    /// <param name="destination">The datagram's destination address.</param>
    public ChecksumState GetChecksumState(Ipv4Address source, Ipv4Address destination)
    {
        ushort pseudo = Checksum.PseudoHeader(source, destination, Ipv4Packet.Tcp, _bytes.Length);
        if (Checksum.Add(Checksum.Sum(_bytes), pseudo) == 0xFFFF)
        {
            return ChecksumState.Valid;
        }

        return ChecksumField == pseudo ? ChecksumState.Partial : ChecksumState.Wrong;
    }

    /// <summary>Sums the whole segment: what a partial checksum needs before nobody else completes it.</summary>
    /// <param name="source">The datagram's source address.</param>
    /// <param name="destination">The datagram's destination address.</param>
    public void WriteChecksum(Ipv4Address source, Ipv4Address destination)
    {
        Span<byte> field = _bytes.Slice(ChecksumOffset, 2);
        field.Clear();
        ushort pseudo = Checksum.PseudoHeader(source, destination, Ipv4Packet.Tcp, _bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)~Checksum.Add(Checksum.Sum(_bytes), pseudo));
    }

    /// <summary>Writes payload bytes and keeps the checksum right: valid stays valid (RFC 1624), partial stays partial.</summary>
    /// <param name="offset">Where in the payload.</param>
    /// <param name="bytes">The new bytes; they must fit.</param>
    /// <param name="state">What the checksum field says.</param>
    public void WritePayloadAndChecksum(int offset, ReadOnlySpan<byte> bytes, ChecksumState state) =>
        WriteAndChecksum(_headerLength + offset, bytes, state);

    /// <summary>Puts in another sequence number, and keeps the checksum right.</summary>
    internal void WriteSequenceAndChecksum(uint sequence, ChecksumState state) => WriteAndChecksum(SequenceOffset, sequence, state);

    /// <summary>Puts in another acknowledgement number, and keeps the checksum right.</summary>
    internal void WriteAcknowledgementAndChecksum(uint acknowledgement, ChecksumState state) =>
        WriteAndChecksum(AcknowledgementOffset, acknowledgement, state);

    /// <summary>Writes option bytes, and keeps the checksum right.</summary>
    /// <param name="offset">Where in the options.</param>
    /// <param name="bytes">The new bytes; they must fit.</param>
    /// <param name="state">What the checksum field says.</param>
    internal void WriteOptionsAndChecksum(int offset, ReadOnlySpan<byte> bytes, ChecksumState state) =>
        WriteAndChecksum(MinHeaderLength + offset, bytes, state);

    /// <summary>Clears control bits; the checksum is the caller's.</summary>
    internal void ClearFlags(TcpFlags flags) => _bytes[13] &= (byte)~(byte)flags;

    /// <summary>Writes the checksum of a segment that is new as a whole.</summary>
    /// <param name="source">The datagram's source address.</param>
    /// <param name="destination">The datagram's destination address.</param>
    /// <param name="state">What its field is to say: valid or partial.</param>
    internal void WriteChecksum(Ipv4Address source, Ipv4Address destination, ChecksumState state)
    {
        if (state == ChecksumState.Partial)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_bytes[ChecksumOffset..], Checksum.PseudoHeader(source, destination, Ipv4Packet.Tcp, _bytes.Length));
        }
        else
        {
            WriteChecksum(source, destination);
        }
    }

    private void WriteAndChecksum(int offset, uint value, ChecksumState state)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        WriteAndChecksum(offset, bytes, state);
    }

    private void WriteAndChecksum(int offset, ReadOnlySpan<byte> bytes, ChecksumState state)
    {
        Span<byte> place = _bytes.Slice(offset, bytes.Length);
        if (state == ChecksumState.Valid)
        {
            ushort updated = Checksum.Update(ChecksumField, place, bytes, (offset & 1) != 0);
            BinaryPrimitives.WriteUInt16BigEndian(_bytes[ChecksumOffset..], updated);
        }

        bytes.CopyTo(place);
    }
}
