using System.Buffers.Binary;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Builds a datagram with a TCP segment in two steps: headers, then, once the payload is in, the checksums.</summary>
internal static class SegmentWriter
{
    /// <summary>Length of both headers without options.</summary>
    public const int HeadersLength = Ipv4Writer.HeaderLength + TcpSegment.MinHeaderLength;

    private const int MssOptionLength = 4;

    /// <summary>A segment whose payload, from <see cref="HeadersLength"/> on, is still zero.</summary>
    /// <param name="fields">The header.</param>
    /// <param name="payloadLength">How long the payload will be.</param>
    public static byte[] Begin(in SegmentFields fields, int payloadLength)
    {
        int options = fields.Mss == 0 ? 0 : MssOptionLength;
        var datagram = new byte[HeadersLength + options + payloadLength];
        Span<byte> header = datagram.AsSpan(Ipv4Writer.HeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(header, fields.Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], fields.Destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], fields.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(header[8..], fields.Acknowledgement);
        header[12] = (byte)((TcpSegment.MinHeaderLength + options) / 4 << 4);
        header[13] = (byte)fields.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(header[14..], fields.Window);
        if (options != 0)
        {
            header[20] = 2;
            header[21] = MssOptionLength;
            BinaryPrimitives.WriteUInt16BigEndian(header[22..], fields.Mss);
        }

        return datagram;
    }

    /// <summary>Writes the IPv4 header and the checksum.</summary>
    public static void Finish(byte[] datagram, in SegmentFields fields, ushort identification)
    {
        Ipv4Address source = fields.Source.Address;
        Ipv4Address destination = fields.Destination.Address;
        Span<byte> segment = datagram.AsSpan(Ipv4Writer.HeaderLength);
        ushort pseudo = Checksum.PseudoHeader(source, destination, Ipv4Packet.Tcp, segment.Length);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], (ushort)~Checksum.Add(Checksum.Sum(segment), pseudo));
        Ipv4Writer.WriteHeader(datagram, Ipv4Packet.Tcp, identification, source, destination);
    }
}
