using System.Buffers.Binary;

namespace ReAim.Capture.Captures;

/// <summary>The byte order of the machine that wrote a capture file.</summary>
/// <param name="IsBigEndian">True for network order.</param>
internal readonly record struct ByteOrder(bool IsBigEndian)
{
    /// <summary>Reads a 16-bit number.</summary>
    public ushort Read16(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    /// <summary>Reads a 32-bit number.</summary>
    public uint Read32(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>Reads a 64-bit number.</summary>
    public long Read64(ReadOnlySpan<byte> bytes) =>
        IsBigEndian ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes);

    /// <summary>Writes a 32-bit number.</summary>
    public void Write32(Span<byte> bytes, uint value)
    {
        if (IsBigEndian)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        }
    }
}
