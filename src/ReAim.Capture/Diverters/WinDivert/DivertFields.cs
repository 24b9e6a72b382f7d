using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Reads what a filter compares, as the driver does.</summary>
internal static class DivertFields
{
    /// <summary>Reads a field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="packet">An IPv4 datagram.</param>
    /// <param name="address">What the driver says of it.</param>
    /// <param name="value">The field's value.</param>
    /// <returns>False if the packet has no such field.</returns>
    public static bool TryRead(DivertField field, ReadOnlySpan<byte> packet, in DivertAddress address, out uint value)
    {
        switch (field)
        {
            case DivertField.Inbound:
                value = address.Has(DivertTraits.Outbound) ? 0u : 1u;
                return true;
            case DivertField.Outbound:
                value = address.Has(DivertTraits.Outbound) ? 1u : 0u;
                return true;
            case DivertField.Loopback:
                value = address.Has(DivertTraits.Loopback) ? 1u : 0u;
                return true;
            case DivertField.InterfaceIndex:
                value = address.InterfaceIndex;
                return true;
            default:
                return TryReadPacket(field, packet, out value);
        }
    }

    private static bool TryReadPacket(DivertField field, ReadOnlySpan<byte> packet, out uint value)
    {
        value = 0;
        int header = packet.IsEmpty ? 0 : (packet[0] & 0x0F) * 4;
        if (packet.Length < Ipv4Packet.MinHeaderLength || packet[0] >> 4 != 4 || header < Ipv4Packet.MinHeaderLength)
        {
            return false;
        }

        packet = packet[..Math.Min(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[2..]))];
        if (packet.Length < header)
        {
            return false;
        }

        switch (field)
        {
            case DivertField.SourceAddress:
                value = Ipv4Address.Read(packet[12..]).Value;
                return true;
            case DivertField.DestinationAddress:
                value = Ipv4Address.Read(packet[16..]).Value;
                return true;
        }

        if ((packet[6] & 0x1F) != 0 || packet[7] != 0)
        {
            // A later fragment: what begins there is no header.
            return false;
        }

        ReadOnlySpan<byte> rest = packet[header..];
        if (field == DivertField.IcmpType)
        {
            value = rest.IsEmpty ? 0u : rest[0];
            return packet[9] == Ipv4Packet.Icmp && rest.Length >= 8;
        }

        return packet[9] == Ipv4Packet.Tcp && TryReadSegment(field, rest, out value);
    }

    private static bool TryReadSegment(DivertField field, ReadOnlySpan<byte> segment, out uint value)
    {
        value = 0;
        int header = segment.Length < TcpSegment.MinHeaderLength ? 0 : (segment[12] >> 4) * 4;
        if (header < TcpSegment.MinHeaderLength)
        {
            return false;
        }

        var flags = (TcpFlags)segment[13];
        value = field switch
        {
            DivertField.SourcePort => (uint)(segment[0] << 8 | segment[1]),
            DivertField.DestinationPort => (uint)(segment[2] << 8 | segment[3]),
            DivertField.Syn => Bit(flags, TcpFlags.Syn),
            DivertField.Ack => Bit(flags, TcpFlags.Ack),
            _ => Bit(flags, TcpFlags.Rst),
        };
        return true;
    }

    private static uint Bit(TcpFlags flags, TcpFlags bit) => (flags & bit) != 0 ? 1u : 0u;
}
