using System.Buffers.Binary;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A SNAC: the body of a FLAP on channel 2.</summary>
internal sealed record Snac(ushort Family, ushort Subtype, uint RequestId, byte[] Data)
{
    /// <summary>The request id of what a server sends unasked.</summary>
    public const uint FromServer = 0x8000_0000;

    /// <summary>Family and subtype in one number, as they are said: 0004/0006 is 0x0004_0006.</summary>
    public uint Kind => ((uint)Family << 16) | Subtype;

    public static Snac Of(uint kind, uint requestId, params byte[][] data) =>
        new((ushort)(kind >> 16), (ushort)kind, requestId, Join(data));

    /// <summary>Null if the header does not fit.</summary>
    public static Snac? Parse(byte[] body)
    {
        if (body.Length < 10)
        {
            return null;
        }

        int data = 10;
        if ((body[4] & 0x80) != 0)
        {
            data += 2 + BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(10));
        }

        return new Snac(
            BinaryPrimitives.ReadUInt16BigEndian(body),
            BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(2)),
            BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(6)),
            body[data..]);
    }

    public byte[] ToBytes() => Join(U16(Family), U16(Subtype), U16(0), U32(RequestId), Data);
}
