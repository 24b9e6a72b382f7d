using System.Buffers.Binary;

namespace ReAim.Alg.Wire;

/// <summary>Makes a segment that resets a connection (RFC 9293 3.10.7.4).</summary>
internal static class ResetSegment
{
    private const int Length = Ipv4Packet.MinHeaderLength + TcpSegment.MinHeaderLength;
    private const byte VersionAndHeaderLength = 0x45;
    private const byte TimeToLive = 64;
    private const byte TcpHeaderLength = 0x50;

    /// <summary>Makes the datagram.</summary>
    /// <param name="source">Who says so.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="sequence">The number that he expects next.</param>
    public static byte[] Build(Ipv4Endpoint source, Ipv4Endpoint destination, uint sequence)
    {
        byte[] bytes = new byte[Length];
        bytes[0] = VersionAndHeaderLength;
        bytes[8] = TimeToLive;
        bytes[9] = Ipv4Packet.Tcp;
        source.Address.Write(bytes.AsSpan(12));
        destination.Address.Write(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)~Checksum.Sum(bytes.AsSpan(0, Ipv4Packet.MinHeaderLength)));
        Ipv4Packet.WriteLengthAndChecksum(bytes);
        Span<byte> tcp = bytes.AsSpan(Ipv4Packet.MinHeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        tcp[12] = TcpHeaderLength;
        tcp[13] = (byte)TcpFlags.Rst;
        _ = TcpSegment.TryParse(tcp, out TcpSegment segment, out _);
        segment.WriteChecksum(source.Address, destination.Address);
        return bytes;
    }
}
