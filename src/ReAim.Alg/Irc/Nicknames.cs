namespace ReAim.Alg.Irc;

/// <summary>The names a client has asked for, of which the server's welcome must name one (PROTOCOL-IRC 3).</summary>
internal struct Nicknames
{
    /// <summary>So many are remembered, the last ones: a client whose name is taken tries others.</summary>
    private const int Capacity = 8;

    /// <summary>Bytes of a name that are remembered: no server admits so many.</summary>
    private const int Longest = 64;

    /// <summary>The length to which the strictest server may shorten a name (RFC 1459 1.2).</summary>
    private const int ShortestLimit = 9;

    private byte[][]? _names;
    private int _count;

    /// <summary>True if none was asked for.</summary>
    public readonly bool IsEmpty => _count == 0;

    /// <summary>Remembers a name.</summary>
    public void Add(ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            _names ??= new byte[Capacity][];
            _names[_count++ % Capacity] = name[..Math.Min(name.Length, Longest)].ToArray();
        }
    }

    /// <summary>True if a name is one of these, or one of these as a server shortens it.</summary>
    public readonly bool Contains(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Math.Min(_count, Capacity); i++)
        {
            byte[] known = _names![i];
            bool hasItsLength = name.Length == known.Length || (name.Length < known.Length && name.Length >= ShortestLimit);
            if (hasItsLength && IsEqual(known.AsSpan(0, name.Length), name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>IRC's case: the four characters behind Z are capitals of those behind z (RFC 2812 2.2).</summary>
    private static bool IsEqual(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        for (int i = 0; i < one.Length; i++)
        {
            if (Small(one[i]) != Small(other[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static int Small(byte letter) => letter is >= (byte)'A' and <= (byte)'^' ? letter + ('a' - 'A') : letter;
}
