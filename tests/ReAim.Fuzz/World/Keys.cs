using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>Which connection a packet belongs to.</summary>
internal static class Keys
{
    /// <summary>Its connection, as the gateway knows it; null if it is no TCP segment.</summary>
    public static FlowKey? Of(byte[] datagram, Direction direction)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet ip, out _) || ip.Protocol != Ipv4Packet.Tcp || ip.IsFragment
            || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _))
        {
            return null;
        }

        var source = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var destination = new Ipv4Endpoint(ip.Destination, tcp.DestinationPort);
        return direction == Direction.Outbound ? new FlowKey(source, destination) : new FlowKey(destination, source);
    }
}
