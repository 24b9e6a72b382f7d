using System.Buffers.Binary;

namespace ReAim.Capture.Captures;

/// <summary>Finds the IPv4 datagram in a PPP frame, however short its header was negotiated to be.</summary>
/// <remarks>
///  address and control (FF 03, RFC 1662 3.1; may be left out)  protocol(2, or 1 if compressed: RFC 1661 6.5)  information
///  Cisco HDLC (RFC 1547 4.3.1):  0F or 8F  00  EtherType(2)  information
/// </remarks>
internal static class PppFrame
{
    private const byte AllStations = 0xFF;
    private const byte UnnumberedInformation = 0x03;
    private const ushort ProtocolIpv4 = 0x0021;
    private const ushort EtherTypeIpv4 = 0x0800;

    /// <summary>Where the IPv4 header begins; <see cref="LinkLayer.None"/> if the frame holds none.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offset">Where in it PPP begins.</param>
    public static int FindIpv4(ReadOnlySpan<byte> frame, int offset)
    {
        if (frame.Length < offset + 2)
        {
            return LinkLayer.None;
        }

        if (frame[offset] is 0x0F or 0x8F && frame[offset + 1] == 0)
        {
            return Protocol(frame, offset + 2) == EtherTypeIpv4 ? LinkLayer.FindByVersion(frame, offset + 4) : LinkLayer.None;
        }

        if (frame[offset] == AllStations && frame[offset + 1] == UnnumberedInformation)
        {
            offset += 2;
        }

        // Only the last byte of a protocol number is odd: one that begins so has no other.
        return frame.Length > offset && frame[offset] == ProtocolIpv4 ? LinkLayer.FindByVersion(frame, offset + 1)
            : Protocol(frame, offset) == ProtocolIpv4 ? LinkLayer.FindByVersion(frame, offset + 2)
            : LinkLayer.None;
    }

    /// <summary>The same where a byte says the direction: in the address's place, or before everything.</summary>
    public static int FindIpv4BehindDirection(ReadOnlySpan<byte> frame) =>
        FindIpv4(frame, frame.Length > 1 && frame[1] == UnnumberedInformation ? 2 : 1);

    private static ushort Protocol(ReadOnlySpan<byte> frame, int offset) =>
        frame.Length < offset + 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
}
