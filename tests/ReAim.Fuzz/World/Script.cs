using System.Buffers.Binary;

namespace ReAim.Fuzz.World;

/// <summary>
/// Bytes as a script: numbers and stretches that are read from the front. Behind the end everything is zero or empty, so that any
/// bytes are a script, and a changed byte changes one thing.
/// </summary>
internal ref struct Script(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsOver => _rest.IsEmpty;

    public byte Byte()
    {
        if (_rest.IsEmpty)
        {
            return 0;
        }

        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ushort Word() => (ushort)((Byte() << 8) | Byte());

    public uint Long()
    {
        Span<byte> four = stackalloc byte[4];
        Bytes(4).CopyTo(four);
        return BinaryPrimitives.ReadUInt32BigEndian(four);
    }

    /// <summary>The next bytes, as far as there are any.</summary>
    public ReadOnlySpan<byte> Bytes(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..Math.Min(count, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
