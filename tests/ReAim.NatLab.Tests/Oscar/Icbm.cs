using System.Buffers.Binary;
using System.Text;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A message: 0004/0006 names whom it is for, 0004/0007 whom it is from, 0004/000B likewise with a reason (PROTOCOL 2).</summary>
internal sealed record Icbm(ulong Cookie, ushort Channel, string Name, byte[] Rest)
{
    public const ushort Text = 1;
    public const ushort Rendezvous = 2;

    public static Icbm? Parse(byte[] data)
    {
        if (data.Length < 11 || 11 + data[10] > data.Length)
        {
            return null;
        }

        int rest = 11 + data[10];
        return new Icbm(
            BinaryPrimitives.ReadUInt64BigEndian(data),
            BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(8)),
            Encoding.ASCII.GetString(data, 11, data[10]),
            data[rest..]);
    }

    public byte[] ToBytes() => Join(Head(Cookie, Channel, Name), Rest);

    /// <summary>What a relayed message tells of its sender.</summary>
    public TlvList UserInfo()
    {
        ReadOnlySpan<byte> rest = Rest.AsSpan(Math.Min(4, Rest.Length));
        return Rest.Length < 4 ? new TlvList() : TlvList.Parse(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Rest.AsSpan(2)));
    }

    /// <summary>The TLVs of a relayed message, after the user-info block, which has a TLV 0005 of its own.</summary>
    public TlvList RelayedTlvs()
    {
        ReadOnlySpan<byte> rest = Rest;
        if (rest.Length < 4)
        {
            return new TlvList();
        }

        int count = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        rest = rest[4..];
        TlvList.Parse(ref rest, count);
        return TlvList.Parse(rest);
    }

    /// <summary>A plain message's text.</summary>
    public static string? TextOf(TlvList tlvs)
    {
        byte[]? fragments = tlvs.First(0x0002);
        byte[]? text = fragments is null ? null : TlvList.Parse(fragments).First(0x0101);
        return text is { Length: >= 4 } ? Encoding.ASCII.GetString(text.AsSpan(4)) : null;
    }
}
