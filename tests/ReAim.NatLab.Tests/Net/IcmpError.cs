using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>An ICMP "destination unreachable" message (RFC 792, RFC 1191 4).</summary>
/// <remarks>
///  0       1       2       3
///  +-------+-------+-------+-------+
///  | 3     | code  | checksum      |
///  | unused        | next-hop MTU  |
///  | quote: IP header + 20 bytes   |
///  +-------+-------+-------+-------+
/// </remarks>
internal static class IcmpError
{
    public const byte Unreachable = 3;
    public const byte FragmentationNeeded = 4;
    public const int HeaderLength = 8;

    private const int QuotedPayload = 20;

    /// <summary>A datagram that tells the sender of another what became of it; null if there must be none (RFC 1122 3.2.2).</summary>
    public static byte[]? About(byte[] undelivered, byte code, int mtu, Ipv4Address from, ushort identification)
    {
        if (!Ipv4Packet.TryParse(undelivered, out Ipv4Packet packet, out _) || !packet.Source.IsUnicast || IsError(packet))
        {
            return null;
        }

        int quoted = packet.Header.Length + Math.Min(QuotedPayload, packet.Payload.Length);
        var datagram = new byte[Ipv4Writer.HeaderLength + HeaderLength + quoted];
        Span<byte> message = datagram.AsSpan(Ipv4Writer.HeaderLength);
        message[0] = Unreachable;
        message[1] = code;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)mtu);
        packet.Bytes[..quoted].CopyTo(message[HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], (ushort)~Checksum.Sum(message));
        Ipv4Writer.WriteHeader(datagram, Ipv4Writer.Icmp, identification, from, packet.Source);
        return datagram;
    }

    // Echo and its reply (0 and 8) may be answered with errors, other errors must not.
    private static bool IsError(Ipv4Packet packet) =>
        packet.Protocol == Ipv4Writer.Icmp && (packet.Payload.Length == 0 || packet.Payload[0] is not (0 or 8));
}
