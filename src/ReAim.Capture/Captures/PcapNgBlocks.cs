using System.Buffers.Binary;
using System.Text;

namespace ReAim.Capture.Captures;

/// <summary>
/// The blocks of a new pcapng section (draft-ietf-opsawg-pcapng 4), little-endian, times in nanoseconds. All methods write
/// at the start of the span they get and answer how many bytes they wrote.
/// </summary>
internal static class PcapNgBlocks
{
    /// <summary>The link type of bare IPv4 datagrams.</summary>
    public const ushort RawIpv4 = 228;

    /// <summary>The longest block apart from the packet in it.</summary>
    public const int MaxOverhead = 128;

    /// <summary>The interface of packets as they came, the first of a recording.</summary>
    public const string Before = "before";

    /// <summary>The interface of packets as they went, the second.</summary>
    public const string After = "after";

    private const uint ByteOrderMagic = 0x1A2B3C4D;
    private const ushort NameOption = 2;
    private const ushort ResolutionOption = 9;
    private const byte Nanoseconds = 9;

    /// <summary>A section header: everything before it is another section.</summary>
    public static int WriteSection(Span<byte> block)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], ByteOrderMagic);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(block[16..], -1);
        return Close(block, type: 0x0A0D0D0A, 24);
    }

    /// <summary>An interface of bare IPv4 datagrams.</summary>
    /// <param name="block">Where to write.</param>
    /// <param name="name">Its name: at most 32 ASCII letters.</param>
    public static int WriteInterface(Span<byte> block, string name)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], RawIpv4);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], 0);
        int end = 16;
        end += WriteOption(block[end..], NameOption, Encoding.ASCII.GetBytes(name));
        end += WriteOption(block[end..], ResolutionOption, [Nanoseconds]);
        end += WriteOption(block[end..], 0, []);
        return Close(block, type: 1, end);
    }

    /// <summary>A packet.</summary>
    /// <param name="block">Where to write: the packet's length and <see cref="MaxOverhead"/>.</param>
    /// <param name="index">Its interface, counted from 0 in the section.</param>
    /// <param name="time">Nanoseconds since 1970.</param>
    /// <param name="packet">The datagram.</param>
    public static int WritePacket(Span<byte> block, uint index, long time, ReadOnlySpan<byte> packet)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(block[8..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(block[12..], (uint)(time >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(block[16..], (uint)time);
        BinaryPrimitives.WriteUInt32LittleEndian(block[20..], (uint)packet.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(block[24..], (uint)packet.Length);
        packet.CopyTo(block[28..]);
        return Close(block, type: 6, Pad(block, 28 + packet.Length));
    }

    /// <summary>What a section's interface is, by its number and name.</summary>
    public static RecordingPoint PointOf(int index, ReadOnlySpan<byte> name) =>
        index == 0 && name.SequenceEqual("before"u8) ? RecordingPoint.Before
        : index == 1 && name.SequenceEqual("after"u8) ? RecordingPoint.After
        : RecordingPoint.None;

    private static int WriteOption(Span<byte> place, ushort code, ReadOnlySpan<byte> value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(place, code);
        BinaryPrimitives.WriteUInt16LittleEndian(place[2..], (ushort)value.Length);
        value.CopyTo(place[4..]);
        return Pad(place, 4 + value.Length);
    }

    private static int Pad(Span<byte> place, int length)
    {
        int padded = (length + 3) & ~3;
        place[length..padded].Clear();
        return padded;
    }

    private static int Close(Span<byte> block, uint type, int end)
    {
        int length = end + 4;
        BinaryPrimitives.WriteUInt32LittleEndian(block, type);
        BinaryPrimitives.WriteInt32LittleEndian(block[4..], length);
        BinaryPrimitives.WriteInt32LittleEndian(block[end..], length);
        return length;
    }
}
