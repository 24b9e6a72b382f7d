using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>
/// Writes netlink messages one behind the other into a buffer. Whoever gives the buffer knows that they fit: what is written
/// is ours, never a stranger's.
/// </summary>
/// <param name="buffer">Where they go.</param>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _message;

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written.</summary>
    public readonly Span<byte> Written => _buffer[..Length];

    /// <summary>Begins a message; <see cref="EndMessage"/> ends it.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="flags">What is asked for.</param>
    /// <param name="sequence">The number that answers will have.</param>
    public void BeginMessage(ushort type, NetlinkFlags flags, uint sequence)
    {
        _message = Length;
        Span<byte> header = Take(NetlinkMessage.HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], (ushort)flags);
        MemoryMarshal.Write(header[8..], sequence);
        header[12..].Clear();
    }

    /// <summary>Writes the message's length into its header.</summary>
    public readonly void EndMessage() => MemoryMarshal.Write(_buffer[_message..], Length - _message);

    /// <summary>The header of netfilter's families (linux/netfilter/nfnetlink.h, struct nfgenmsg).</summary>
    /// <param name="family">Such as <see cref="Netfilter.Ipv4Family"/>.</param>
    /// <param name="resource">Which of several, such as a queue's number.</param>
    public void NetfilterHeader(byte family, ushort resource)
    {
        Span<byte> header = Take(Netfilter.HeaderLength);
        header[0] = family;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], resource);
    }

    /// <summary>Appends bytes as they are: a family's header. Their length is a multiple of 4.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Begins an attribute that is a list of attributes; <see cref="EndNest"/> ends it.</summary>
    /// <returns>What <see cref="EndNest"/> wants to know.</returns>
    public int BeginNest(ushort type)
    {
        int start = Length;
        MemoryMarshal.Write(Take(NetlinkAttribute.HeaderLength)[2..], (ushort)(type | NetlinkAttribute.Nested));
        return start;
    }

    /// <summary>Writes the length of a nested list into its header.</summary>
    public readonly void EndNest(int start) => MemoryMarshal.Write(_buffer[start..], (ushort)(Length - start));

    /// <summary>An attribute of any bytes.</summary>
    public void Bytes(ushort type, ReadOnlySpan<byte> value) => value.CopyTo(Attribute(type, value.Length));

    /// <summary>An attribute of text that ends with a zero byte.</summary>
    public void Text(ushort type, string value)
    {
        Span<byte> place = Attribute(type, Encoding.UTF8.GetByteCount(value) + 1);
        Encoding.UTF8.GetBytes(value, place);
        place[^1] = 0;
    }

    /// <summary>An attribute of one byte.</summary>
    public void Byte(ushort type, byte value) => Attribute(type, sizeof(byte))[0] = value;

    /// <summary>An attribute of two bytes in network order.</summary>
    public void BigEndian(ushort type, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(Attribute(type, sizeof(ushort)), value);

    /// <summary>An attribute of four bytes in network order.</summary>
    public void BigEndian(ushort type, uint value) =>
        BinaryPrimitives.WriteUInt32BigEndian(Attribute(type, sizeof(uint)), value);

    /// <summary>An attribute of eight bytes in network order.</summary>
    public void BigEndian(ushort type, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(Attribute(type, sizeof(ulong)), value);

    /// <summary>An attribute of four bytes in the machine's order.</summary>
    public void Native(ushort type, uint value) => MemoryMarshal.Write(Attribute(type, sizeof(uint)), value);

    /// <summary>An attribute whose value the caller writes.</summary>
    /// <returns>Where the value goes.</returns>
    public Span<byte> Attribute(ushort type, int length)
    {
        Span<byte> place = Take(NetlinkAttribute.Align(NetlinkAttribute.HeaderLength + length));
        MemoryMarshal.Write(place, (ushort)(NetlinkAttribute.HeaderLength + length));
        MemoryMarshal.Write(place[2..], type);
        place[(NetlinkAttribute.HeaderLength + length)..].Clear();
        return place.Slice(NetlinkAttribute.HeaderLength, length);
    }

    private Span<byte> Take(int length)
    {
        Span<byte> place = _buffer.Slice(Length, length);
        Length += length;
        return place;
    }
}
