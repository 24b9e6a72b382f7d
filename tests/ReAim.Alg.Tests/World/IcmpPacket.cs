using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>Builds ICMP errors that quote a datagram (RFC 792), with checksums of its own making.</summary>
internal sealed record IcmpPacket(Ipv4Address Source, Ipv4Address Destination, byte Type, byte Code, byte[] Quoted)
{
    public byte[] Build()
    {
        var bytes = new byte[28 + Quoted.Length];
        bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        bytes[8] = 64;
        bytes[9] = 1;
        Source.Write(bytes.AsSpan(12));
        Destination.Write(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)~TcpPacket.Naive(0, bytes.AsSpan(0, 20)));
        bytes[20] = Type;
        bytes[21] = Code;
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(26), 1_400);
        Quoted.CopyTo(bytes, 28);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(22), (ushort)~TcpPacket.Naive(0, bytes.AsSpan(20)));
        return bytes;
    }
}
