using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>
/// The two places of an accepted ICQ file's port, in the service data of capability 1349 and in a 0004/000B (PROTOCOL 4.3).
/// All lengths and numbers are little-endian, but for the first port.
/// </summary>
/// <remarks>
///  [27 bytes] [14 bytes] type, flags, status, priority (6) [text] for a plugin: [plugin] length (4) [[description]]
///  port BE16, 0000 [name] size LE32, for climm: "for ", port LE32.
///  [x] is led by a length of two bytes, [[x]] by one of four.
/// </remarks>
internal readonly struct IcqRelayPorts
{
    private const byte File = 0x03;
    private const byte Plugin = 0x1A;
    private const int HeadLength = 27;
    private const int SecondHeadLength = 14;
    private const int KindLength = 6;

    private IcqRelayPorts(int first, int second) => (First, Second) = (first, second);

    /// <summary>Where the port stands as 16 bits, big-endian.</summary>
    public int First { get; }

    /// <summary>Where it stands as 32 bits, little-endian.</summary>
    public int Second { get; }

    /// <summary>True if data begins as this kind does.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> data) => data.Length >= 2 && BinaryPrimitives.ReadUInt16LittleEndian(data) == HeadLength;

    /// <summary>Finds both.</summary>
    /// <param name="data">The service data.</param>
    /// <param name="port">The port.</param>
    /// <param name="ports">Where it stands.</param>
    /// <returns>False if the data is of another kind, or does not name this port twice.</returns>
    public static bool TryFind(ReadOnlySpan<byte> data, ushort port, out IcqRelayPorts ports)
    {
        ports = default;
        int at = 0;
        if (!TrySkip(data, ref at, 2, out int head) || head != HeadLength
            || !TrySkip(data, ref at, 2, out int second) || second != SecondHeadLength
            || data.Length - at < KindLength)
        {
            return false;
        }

        byte kind = data[at];
        at += KindLength;
        if (!TrySkip(data, ref at, 2, out _)
            || kind is not (File or Plugin)
            || (kind == Plugin && !TrySkipPlugin(data, ref at))
            || data.Length - at < 4
            || BinaryPrimitives.ReadUInt16BigEndian(data[at..]) != port)
        {
            return false;
        }

        int first = at;
        at += 4;
        if (!TrySkip(data, ref at, 2, out _) || !TryFindSecond(data, at + 4, port, out int last))
        {
            return false;
        }

        ports = new IcqRelayPorts(first, last);
        return true;
    }

    /// <summary>A block of its own, the length of the rest, and a description.</summary>
    private static bool TrySkipPlugin(ReadOnlySpan<byte> data, ref int at)
    {
        if (!TrySkip(data, ref at, 2, out _) || data.Length - at < 4)
        {
            return false;
        }

        at += 4;
        return TrySkip(data, ref at, 4, out _);
    }

    /// <summary>Behind the size, or behind climm's word behind it.</summary>
    private static bool TryFindSecond(ReadOnlySpan<byte> data, int at, ushort port, out int found)
    {
        for (found = at; found <= at + 4 && data.Length - found >= 4; found += 4)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(data[found..]) == port)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Skips a length and what it counts.</summary>
    private static bool TrySkip(ReadOnlySpan<byte> data, ref int at, int width, out int length)
    {
        length = 0;
        if (data.Length - at < width)
        {
            return false;
        }

        long counted = width == 2 ? BinaryPrimitives.ReadUInt16LittleEndian(data[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(data[at..]);
        at += width;
        if (counted > data.Length - at)
        {
            return false;
        }

        length = (int)counted;
        at += length;
        return true;
    }
}
