using System.Buffers.Binary;

namespace ReAim.Capture.Captures;

/// <summary>
/// The next-generation capture file (draft-ietf-opsawg-pcapng): blocks, of which packets are some. Several sections, byte
/// orders, interfaces and link types in one file; every block we do not know is passed on as it is.
/// </summary>
/// <remarks>
///  block:  type(4) total length(4) body(total - 12) total length(4)
/// </remarks>
internal sealed class PcapNgFormat : CaptureFormat
{
    private const uint SectionHeader = 0x0A0D0D0A;
    private const uint InterfaceDescription = 1;
    private const uint ObsoletePacket = 2;
    private const uint SimplePacket = 3;
    private const uint EnhancedPacket = 6;
    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const int MinBlockLength = 12;
    private const int MaxInterfaces = 65_536;

    private readonly List<PcapNgInterface> _interfaces = [];
    private ByteOrder _order;

    /// <summary>Knows the format by a file's first bytes; null if it is another.</summary>
    public static PcapNgFormat? Recognise(ReadOnlySpan<byte> header) =>
        header.Length >= MinBlockLength
        && BinaryPrimitives.ReadUInt32LittleEndian(header) == SectionHeader
        && TryReadByteOrder(header, out _)
            ? new PcapNgFormat()
            : null;

    /// <inheritdoc/>
    public override RecordStatus Read(ReadOnlySpan<byte> bytes, out CaptureRecord record)
    {
        record = default;
        if (bytes.Length < MinBlockLength)
        {
            return RecordStatus.NeedMore;
        }

        // A section says its byte order behind its length; its type reads alike in both.
        bool section = BinaryPrimitives.ReadUInt32LittleEndian(bytes) == SectionHeader;
        if (section)
        {
            if (!TryReadByteOrder(bytes, out _order))
            {
                return RecordStatus.Damaged;
            }

            _interfaces.Clear();
        }

        uint length = _order.Read32(bytes[4..]);
        if (length < MinBlockLength || length % 4 != 0 || length > MaxRecordLength)
        {
            return RecordStatus.Damaged;
        }

        if (bytes.Length < length)
        {
            return RecordStatus.NeedMore;
        }

        ReadOnlySpan<byte> block = bytes[..(int)length];
        if (_order.Read32(block[^4..]) != length)
        {
            return RecordStatus.Damaged;
        }

        record = new CaptureRecord { Length = (int)length };
        return section || ReadBlock(_order.Read32(bytes), block[8..^4], ref record) ? RecordStatus.Whole : RecordStatus.Damaged;
    }

    /// <inheritdoc/>
    public override void SetTime(Span<byte> bytes, in CaptureRecord record, long time)
    {
        if (_order.Read32(bytes) is not (EnhancedPacket or ObsoletePacket))
        {
            // A simple packet block has no time.
            return;
        }

        ulong ticks = record.Clock.ToTicks(time);
        _order.Write32(bytes[12..], (uint)(ticks >> 32));
        _order.Write32(bytes[16..], (uint)ticks);
    }

    private static bool TryReadByteOrder(ReadOnlySpan<byte> bytes, out ByteOrder order)
    {
        order = new ByteOrder(BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) == ByteOrderMagic);
        return order.IsBigEndian || BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == ByteOrderMagic;
    }

    /// <summary>Reads a block's body; false if it cannot be what its type says.</summary>
    private bool ReadBlock(uint type, ReadOnlySpan<byte> body, ref CaptureRecord record) => type switch
    {
        InterfaceDescription => ReadInterface(body),
        EnhancedPacket => body.Length >= 20 && ReadPacket(body, _order.Read32(body), ref record),
        ObsoletePacket => body.Length >= 20 && ReadPacket(body, _order.Read16(body), ref record),
        SimplePacket => body.Length >= 4 && ReadSimplePacket(body, ref record),
        _ => true,
    };

    private bool ReadInterface(ReadOnlySpan<byte> body)
    {
        if (body.Length < 8 || _interfaces.Count >= MaxInterfaces)
        {
            return false;
        }

        const ushort Name = 2;
        const ushort Resolution = 9;
        const ushort Offset = 14;
        ulong ticksPerSecond = 1_000_000;
        long offset = 0;
        var point = RecordingPoint.None;
        ReadOnlySpan<byte> options = body[8..];
        while (options.Length >= 4 && _order.Read16(options) is var code and not 0)
        {
            int length = _order.Read16(options[2..]);
            int padded = (length + 3) & ~3;
            if (options.Length - 4 < padded)
            {
                break;
            }

            ReadOnlySpan<byte> value = options.Slice(4, length);
            if (code == Resolution && length == 1)
            {
                ticksPerSecond = TicksPerSecond(value[0]);
            }
            else if (code == Offset && length == 8)
            {
                offset = _order.Read64(value);
            }

            else if (code == Name && _order.Read16(body) == PcapNgBlocks.RawIpv4)
            {
                point = PcapNgBlocks.PointOf(_interfaces.Count, value);
            }

            options = options[(4 + padded)..];
        }

        _interfaces.Add(new PcapNgInterface(_order.Read16(body), _order.Read32(body[4..]), new CaptureClock(ticksPerSecond, offset), point));
        return ticksPerSecond != 0;
    }

    /// <summary>if_tsresol: a power of ten, or with the top bit a power of two; 0 if it does not fit 64 bits.</summary>
    private static ulong TicksPerSecond(byte resolution)
    {
        int exponent = resolution & 0x7F;
        if ((resolution & 0x80) != 0)
        {
            return exponent > 63 ? 0 : 1UL << exponent;
        }

        ulong ticks = exponent > 19 ? 0UL : 1UL;
        for (; exponent > 0 && ticks != 0; exponent--)
        {
            ticks *= 10;
        }

        return ticks;
    }

    private bool ReadPacket(ReadOnlySpan<byte> body, uint index, ref CaptureRecord record)
    {
        uint captured = _order.Read32(body[12..]);
        if (index >= _interfaces.Count || captured > body.Length - 20)
        {
            return false;
        }

        PcapNgInterface from = _interfaces[(int)index];
        record = record with
        {
            IsPacket = true,
            FrameOffset = 28,
            FrameLength = (int)captured,
            OriginalLength = _order.Read32(body[16..]),
            Time = from.Clock.ToNanoseconds(((ulong)_order.Read32(body[4..]) << 32) | _order.Read32(body[8..])),
            Clock = from.Clock,
            LinkType = from.LinkType,
            Point = from.Point,
        };
        return true;
    }

    private bool ReadSimplePacket(ReadOnlySpan<byte> body, ref CaptureRecord record)
    {
        if (_interfaces.Count == 0)
        {
            return false;
        }

        PcapNgInterface from = _interfaces[0];
        uint original = _order.Read32(body);
        var captured = (int)Math.Min(original, from.SnapLength == 0 ? original : Math.Min(original, from.SnapLength));
        if (captured < 0 || captured > body.Length - 4)
        {
            return false;
        }

        // Without a time of its own it comes at the time of what came before: the reader fills that in.
        record = record with
        {
            IsPacket = true,
            FrameOffset = 12,
            FrameLength = captured,
            OriginalLength = original,
            Time = long.MinValue,
            Clock = from.Clock,
            LinkType = from.LinkType,
        };
        return true;
    }

    private readonly record struct PcapNgInterface(int LinkType, uint SnapLength, CaptureClock Clock, RecordingPoint Point);
}
