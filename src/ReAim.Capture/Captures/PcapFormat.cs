using System.Buffers.Binary;

namespace ReAim.Capture.Captures;

/// <summary>The classic capture file (draft-ietf-opsawg-pcap): a header, then packets. Either byte order.</summary>
/// <remarks>
///  file:   magic(4) major(2) minor(2) reserved(8) snaplen(4) link type(4)
///  record: seconds(4) fraction(4) captured length(4) original length(4) frame
/// </remarks>
internal sealed class PcapFormat : CaptureFormat
{
    /// <summary>Length of the file's header.</summary>
    public const int FileHeaderLength = 24;

    /// <summary>Length of a record's header.</summary>
    public const int RecordHeaderLength = 16;

    /// <summary>The magic number of a file that counts microseconds.</summary>
    public const uint MicrosecondMagic = 0xA1B2C3D4;

    /// <summary>The magic number of a file that counts nanoseconds.</summary>
    public const uint NanosecondMagic = 0xA1B23C4D;

    private const int LargestUsualFrame = 262_144;

    private readonly ByteOrder _order;
    private readonly CaptureClock _clock;
    private readonly int _linkType;
    private readonly uint _maxFrame;
    private bool _headerRead;

    private PcapFormat(ByteOrder order, uint magic, ReadOnlySpan<byte> header)
    {
        _order = order;
        _clock = magic == NanosecondMagic ? CaptureClock.Nanoseconds : CaptureClock.Microseconds;
        _maxFrame = Math.Clamp(_order.Read32(header[16..]), LargestUsualFrame, MaxRecordLength - RecordHeaderLength);

        // The upper bits say whether frames end in a checksum.
        _linkType = (int)(_order.Read32(header[20..]) & 0xFFFF);
    }

    /// <summary>Knows the format by a file's first bytes; null if it is another.</summary>
    public static PcapFormat? Recognise(ReadOnlySpan<byte> header)
    {
        if (header.Length < FileHeaderLength)
        {
            return null;
        }

        uint little = BinaryPrimitives.ReadUInt32LittleEndian(header);
        uint big = BinaryPrimitives.ReadUInt32BigEndian(header);
        return little is MicrosecondMagic or NanosecondMagic ? new PcapFormat(new ByteOrder(IsBigEndian: false), little, header)
            : big is MicrosecondMagic or NanosecondMagic ? new PcapFormat(new ByteOrder(IsBigEndian: true), big, header)
            : null;
    }

    /// <inheritdoc/>
    public override RecordStatus Read(ReadOnlySpan<byte> bytes, out CaptureRecord record)
    {
        if (!_headerRead)
        {
            _headerRead = true;
            record = new CaptureRecord { Length = FileHeaderLength };
            return RecordStatus.Whole;
        }

        record = default;
        if (bytes.Length < RecordHeaderLength)
        {
            return RecordStatus.NeedMore;
        }

        uint captured = _order.Read32(bytes[8..]);
        if (captured > _maxFrame)
        {
            return RecordStatus.Damaged;
        }

        if (bytes.Length - RecordHeaderLength < captured)
        {
            return RecordStatus.NeedMore;
        }

        record = new CaptureRecord
        {
            Length = RecordHeaderLength + (int)captured,
            IsPacket = true,
            FrameOffset = RecordHeaderLength,
            FrameLength = (int)captured,
            OriginalLength = _order.Read32(bytes[12..]),
            Time = (_order.Read32(bytes) * 1_000_000_000L) + (_order.Read32(bytes[4..]) * (1_000_000_000L / (long)_clock.TicksPerSecond)),
            Clock = _clock,
            LinkType = _linkType,
        };
        return RecordStatus.Whole;
    }

    /// <inheritdoc/>
    public override void SetTime(Span<byte> bytes, in CaptureRecord record, long time)
    {
        (ulong seconds, ulong fraction) = Math.DivRem(_clock.ToTicks(time), _clock.TicksPerSecond);
        _order.Write32(bytes, (uint)seconds);
        _order.Write32(bytes[4..], (uint)fraction);
    }
}
