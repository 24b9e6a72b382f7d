using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Checksums that the driver says mean nothing.</summary>
internal static class DivertChecksums
{
    /// <summary>
    /// What the machine sends may lack checksums, for the network card to compute, and of what comes in the card may have put several
    /// segments together that it has checked: in both cases the driver says that the field means nothing. The engine takes no segment
    /// whose checksum is wrong.
    /// </summary>
    /// <param name="datagram">The packet; edited in place.</param>
    /// <param name="address">What the driver says of it.</param>
    public static void Complete(Span<byte> datagram, in DivertAddress address)
    {
        const DivertTraits Both = DivertTraits.IpChecksum | DivertTraits.TcpChecksum;
        if ((address.Traits & Both) == Both || !Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _))
        {
            return;
        }

        if (!address.Has(DivertTraits.IpChecksum))
        {
            packet.WriteHeaderChecksum();
        }

        if (!address.Has(DivertTraits.TcpChecksum) && !packet.IsFragment && packet.Protocol == Ipv4Packet.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _))
        {
            segment.WriteChecksum(packet.Source, packet.Destination);
        }
    }
}
