using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>A TLV as OSCAR writes it: type, length, value. All integers big-endian (PROTOCOL 2.4).</summary>
/// <remarks>
///  0      2      4            4+L
///  +------+------+---------...+
///  | type | L    | value      |
///  +------+------+---------...+
/// </remarks>
public readonly ref struct Tlv(ushort type, ReadOnlySpan<byte> value, int offset)
{
    /// <summary>Bytes before the value.</summary>
    public const int HeaderLength = 4;

    /// <summary>The type.</summary>
    public ushort Type { get; } = type;

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Where the value stands in the frame's body.</summary>
    public int Offset { get; } = offset;

    /// <summary>The value as a number; meaningful if it has two bytes.</summary>
    public ushort Number => Value.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(Value) : (ushort)0;
}
