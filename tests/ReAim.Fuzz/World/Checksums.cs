using System.Buffers.Binary;
using ReAim.Alg.Tests.World;

namespace ReAim.Fuzz.World;

/// <summary>Gives datagrams checksums that fit, so that they get past them.</summary>
internal static class Checksums
{
    /// <summary>Writes the total length and the IP header's checksum, and TCP's if wanted, if the headers are there.</summary>
    public static void Repair(Span<byte> datagram, bool alsoTcp)
    {
        int header = datagram.Length < 20 ? 0 : (datagram[0] & 15) * 4;
        if (header < 20 || datagram.Length < header + 20 || datagram.Length > ushort.MaxValue)
        {
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(datagram[2..], (ushort)datagram.Length);
        datagram[10..12].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(datagram[10..], (ushort)~TcpPacket.Naive(0, datagram[..header]));
        if (alsoTcp && datagram[9] == 6)
        {
            datagram[(header + 16)..(header + 18)].Clear();
            uint pseudo = (uint)(TcpPacket.Naive(0, datagram[12..20]) + 6 + datagram.Length - header);
            BinaryPrimitives.WriteUInt16BigEndian(datagram[(header + 16)..], (ushort)~TcpPacket.Naive(pseudo, datagram[header..]));
        }
    }
}
