using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>Writes IPv4 headers without options (RFC 791 3.1), "don't fragment" set.</summary>
internal static class Ipv4Writer
{
    public const int HeaderLength = 20;
    public const byte Icmp = 1;

    private const byte InitialTimeToLive = 64;

    /// <summary>Writes the header of a datagram that is complete but for it.</summary>
    public static void WriteHeader(byte[] datagram, byte protocol, ushort identification, Ipv4Address source, Ipv4Address destination)
    {
        Span<byte> header = datagram.AsSpan(0, HeaderLength);
        header[0] = 0x45;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)datagram.Length);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], 0x4000);
        header[8] = InitialTimeToLive;
        header[9] = protocol;
        header[10..12].Clear();
        source.Write(header[12..]);
        destination.Write(header[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], (ushort)~Checksum.Sum(header));
    }
}
