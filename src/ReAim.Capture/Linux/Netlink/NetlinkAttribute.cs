using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>An attribute of a netlink message, in place (linux/netlink.h, struct nlattr).</summary>
/// <remarks>
/// <code>
///  0       2       4
///  +-------+-------+--------...-+
///  | length| type  | value      |  padding to a multiple of 4; length counts header and value
/// </code>
/// After <see cref="TryRead"/> returned true no accessor throws.
/// </remarks>
internal readonly ref struct NetlinkAttribute
{
    /// <summary>Bytes before the value.</summary>
    public const int HeaderLength = 4;

    /// <summary>NLA_F_NESTED: the value is a list of attributes.</summary>
    public const ushort Nested = 0x8000;

    private const ushort TypeMask = 0x3FFF;

    private NetlinkAttribute(ushort type, Span<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>What it is, without the flags.</summary>
    public ushort Type { get; }

    /// <summary>The value, in place.</summary>
    public Span<byte> Value { get; }

    /// <summary>The value as text, without the zero that ends it.</summary>
    public ReadOnlySpan<byte> Text => Value.IndexOf((byte)0) is >= 0 and int end ? Value[..end] : Value;

    /// <summary>The next multiple of 4, to which messages and attributes are padded.</summary>
    public static int Align(int length) => (length + 3) & ~3;

    /// <summary>Takes the first attribute off a list.</summary>
    /// <param name="rest">The list; what follows the attribute remains.</param>
    /// <param name="attribute">The attribute.</param>
    /// <returns>False at the end, or if what remains is not a whole attribute.</returns>
    public static bool TryRead(scoped ref Span<byte> rest, out NetlinkAttribute attribute)
    {
        attribute = default;
        if (rest.Length < HeaderLength)
        {
            return false;
        }

        ushort length = MemoryMarshal.Read<ushort>(rest);
        if (length < HeaderLength || length > rest.Length)
        {
            return false;
        }

        attribute = new NetlinkAttribute(
            (ushort)(MemoryMarshal.Read<ushort>(rest[2..]) & TypeMask),
            rest[HeaderLength..length]);
        rest = rest[Math.Min(Align(length), rest.Length)..];
        return true;
    }

    /// <summary>Finds the first attribute of a type in a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="type">The type.</param>
    /// <param name="attribute">The attribute.</param>
    /// <returns>False if the list has none.</returns>
    public static bool TryFind(Span<byte> list, ushort type, out NetlinkAttribute attribute)
    {
        while (TryRead(ref list, out attribute))
        {
            if (attribute.Type == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The value as a number in network order; false if it has another length.</summary>
    public bool TryGetBigEndian(out uint value) =>
        BinaryPrimitives.TryReadUInt32BigEndian(Value, out value) && Value.Length == 4;

    /// <inheritdoc cref="TryGetBigEndian(out uint)"/>
    public bool TryGetBigEndian(out ushort value) =>
        BinaryPrimitives.TryReadUInt16BigEndian(Value, out value) && Value.Length == 2;

    /// <summary>The value as a number in the machine's order; false if it has another length.</summary>
    public bool TryGet(out uint value) => MemoryMarshal.TryRead(Value, out value) && Value.Length == 4;
}
