using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>The head of an inter-client basic message: 0004/0006, 0004/0007 and 0004/000B (PROTOCOL 2.2).</summary>
/// <remarks>
///  0        8         10     11        11+N
///  +--------+---------+------+---------+---------------------------------------------+------
///  | cookie | channel | N    | name    | [0004/0007: warning, count, count user TLVs] | TLVs
///  +--------+---------+------+---------+---------------------------------------------+------
/// </remarks>
public readonly ref struct Icbm
{
    /// <summary>The channel of rendezvous messages.</summary>
    public const ushort RendezvousChannel = 2;

    private const int NameOffset = 11;

    private Icbm(ulong cookie, ushort channel, ReadOnlySpan<byte> name, int restOffset)
    {
        Cookie = cookie;
        Channel = channel;
        Name = name;
        RestOffset = restOffset;
    }

    /// <summary>The outer cookie, which names the rendezvous.</summary>
    public ulong Cookie { get; }

    /// <summary>The ICBM channel.</summary>
    public ushort Channel { get; }

    /// <summary>The other side's screen name.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>Where in the frame's body what follows begins: the TLVs, or the reason of a 0004/000B.</summary>
    public int RestOffset { get; }

    /// <summary>Reads the head from a frame's body, or from the part of it that there is.</summary>
    /// <returns>False if the head is not whole.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, Snac snac, out Icbm icbm)
    {
        icbm = default;
        if (snac.DataOffset > body.Length - NameOffset)
        {
            return false;
        }

        ReadOnlySpan<byte> data = body[snac.DataOffset..];
        int nameLength = data[NameOffset - 1];
        if (data.Length < NameOffset + nameLength)
        {
            return false;
        }

        int rest = snac.DataOffset + NameOffset + nameLength;
        if (snac.Kind == Snac.IcbmToClient && !TrySkipUserInfo(body, ref rest))
        {
            return false;
        }

        icbm = new Icbm(
            BinaryPrimitives.ReadUInt64BigEndian(data),
            BinaryPrimitives.ReadUInt16BigEndian(data[8..]),
            data.Slice(NameOffset, nameLength),
            rest);
        return true;
    }

    /// <summary>User info has a TLV 0005 of its own, so it must be skipped by count.</summary>
    private static bool TrySkipUserInfo(ReadOnlySpan<byte> body, ref int position)
    {
        if (body.Length - position < 4)
        {
            return false;
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(body[(position + 2)..]);
        var tlvs = new TlvReader(body, position + 4, body.Length);
        for (; count > 0; count--)
        {
            if (!tlvs.TryRead(out _))
            {
                return false;
            }
        }

        position = tlvs.Position;
        return true;
    }
}
