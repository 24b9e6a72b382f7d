using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>An ICMP message that a TCP segment could not be delivered (RFC 792, type 3), with the head of that segment.</summary>
/// <param name="Sender">Who says so.</param>
/// <param name="Source">Who sent the segment.</param>
/// <param name="Destination">To whom.</param>
/// <param name="What">Why not.</param>
internal readonly record struct UnreachableNotice(Ipv4Address Sender, Ipv4Endpoint Source, Ipv4Endpoint Destination, string What)
{
    private const byte Icmp = 1;
    private const byte Unreachable = 3;
    private const int IcmpHeader = 8;
    private const int Ports = 4;

    /// <summary>Reads an IPv4 datagram; false if it is anything else.</summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out UnreachableNotice notice)
    {
        notice = default;
        if (!TryReadHeader(datagram, Icmp, out ReadOnlySpan<byte> message) || message.Length < IcmpHeader || message[0] != Unreachable)
        {
            return false;
        }

        ReadOnlySpan<byte> quoted = message[IcmpHeader..];
        if (!TryReadHeader(quoted, Ipv4Packet.Tcp, out ReadOnlySpan<byte> segment) || segment.Length < Ports)
        {
            return false;
        }

        string what = message[1] switch
        {
            0 => "network unreachable",
            1 => "host unreachable",
            3 => "port unreachable",
            9 or 10 or 13 => "forbidden by a filter",
            _ => "unreachable",
        };
        notice = new UnreachableNotice(
            Ipv4Address.Read(datagram[12..]),
            new Ipv4Endpoint(Ipv4Address.Read(quoted[12..]), BinaryPrimitives.ReadUInt16BigEndian(segment)),
            new Ipv4Endpoint(Ipv4Address.Read(quoted[16..]), BinaryPrimitives.ReadUInt16BigEndian(segment[2..])),
            what);
        return true;
    }

    /// <summary>A quoted datagram is cut, so its total length says nothing.</summary>
    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, byte protocol, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        int length = bytes.IsEmpty ? 0 : (bytes[0] & 0x0F) * 4;
        if (length < Ipv4Packet.MinHeaderLength || length > bytes.Length || bytes[0] >> 4 != 4 || bytes[9] != protocol)
        {
            return false;
        }

        payload = bytes[length..];
        return true;
    }
}
