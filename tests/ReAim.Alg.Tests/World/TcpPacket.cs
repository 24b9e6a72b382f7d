using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>Builds IPv4 datagrams with TCP segments, with checksums of its own making.</summary>
internal sealed record TcpPacket(Ipv4Endpoint Source, Ipv4Endpoint Destination, uint Sequence, uint Acknowledgement, TcpFlags Flags, byte[] Payload)
{
    public byte[] IpOptions { get; init; } = [];

    public byte[] TcpOptions { get; init; } = [];

    public byte[] Build()
    {
        int ipHeader = 20 + IpOptions.Length;
        int tcpHeader = 20 + TcpOptions.Length;
        var bytes = new byte[ipHeader + tcpHeader + Payload.Length];
        bytes[0] = (byte)(0x40 | (ipHeader / 4));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), (ushort)bytes.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 0x1234);
        bytes[6] = 0x40;
        bytes[8] = 64;
        bytes[9] = 6;
        Source.Address.Write(bytes.AsSpan(12));
        Destination.Address.Write(bytes.AsSpan(16));
        IpOptions.CopyTo(bytes, 20);
        Span<byte> tcp = bytes.AsSpan(ipHeader);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], Destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], Acknowledgement);
        tcp[12] = (byte)(tcpHeader / 4 << 4);
        tcp[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(tcp[14..], 0xFAF0);
        TcpOptions.CopyTo(tcp[20..]);
        Payload.CopyTo(tcp[tcpHeader..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)~Naive(0, bytes.AsSpan(0, ipHeader)));
        BinaryPrimitives.WriteUInt16BigEndian(tcp[16..], (ushort)~Naive(PseudoSum(bytes), tcp));
        return bytes;
    }

    /// <summary>The same with the checksum that a card was to finish.</summary>
    public byte[] BuildPartial()
    {
        byte[] bytes = Build();
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(20 + IpOptions.Length + 16), Naive(PseudoSum(bytes), []));
        return bytes;
    }

    /// <summary>The folded sum of 16-bit words, the slow way.</summary>
    public static ushort Naive(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++)
        {
            sum += (i & 1) == 0 ? (uint)bytes[i] << 8 : bytes[i];
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }

    private static uint PseudoSum(ReadOnlySpan<byte> ip)
    {
        int headerLength = (ip[0] & 15) * 4;
        return (uint)(Naive(0, ip[12..20]) + 6 + BinaryPrimitives.ReadUInt16BigEndian(ip[2..]) - headerLength);
    }
}
