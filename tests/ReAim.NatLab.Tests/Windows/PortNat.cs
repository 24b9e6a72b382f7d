using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>
/// A NAT that knows nothing of ReAim: Windows' own, with static mappings, or the box in front of a router, with one exposed host. Only
/// TCP is translated. Sessions are never forgotten, and outlive the mapping that they came by.
/// </summary>
internal sealed class PortNat(Ipv4Address address)
{
    private const ushort FirstPort = 32_768;

    private readonly Dictionary<FlowKey, Ipv4Endpoint> _publicEnds = [];
    private readonly Dictionary<FlowKey, Ipv4Endpoint> _lanEnds = [];
    private readonly Dictionary<ushort, Ipv4Endpoint> _mappings = [];
    private ushort _next = FirstPort;

    /// <summary>Who gets what nobody has asked for; null for nobody.</summary>
    public Ipv4Address? Exposed { get; set; }

    public Ipv4Address Address => address;

    /// <summary>Adds a static mapping; false if its port is taken.</summary>
    public bool TryAdd(Mapping mapping) => mapping.Public.Address == address && _mappings.TryAdd(mapping.Public.Port, mapping.Lan);

    public void Remove(Mapping mapping) => _mappings.Remove(mapping.Public.Port);

    /// <summary>Translates what leaves; false for what cannot be.</summary>
    public bool TryTranslateOut(byte[] datagram)
    {
        if (!TryRead(datagram, out Ipv4Packet packet, out TcpSegment segment))
        {
            return false;
        }

        var lan = new Ipv4Endpoint(packet.Source, segment.SourcePort);
        var remote = new Ipv4Endpoint(packet.Destination, segment.DestinationPort);
        if (!_publicEnds.TryGetValue(new FlowKey(lan, remote), out Ipv4Endpoint end))
        {
            if ((segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) != TcpFlags.Syn)
            {
                return false;
            }

            // Seldom its own port, so that nothing can rely on that.
            end = new Ipv4Endpoint(address, _next++);
            Open(lan, end, remote);
        }

        packet.WriteTcpSourceAndChecksums(end);
        return true;
    }

    /// <summary>Translates what comes in; false for what nobody has asked for.</summary>
    public bool TryTranslateIn(byte[] datagram)
    {
        if (!TryRead(datagram, out Ipv4Packet packet, out TcpSegment segment) || packet.Destination != address)
        {
            return false;
        }

        var end = new Ipv4Endpoint(packet.Destination, segment.DestinationPort);
        var remote = new Ipv4Endpoint(packet.Source, segment.SourcePort);
        if (!_lanEnds.TryGetValue(new FlowKey(end, remote), out Ipv4Endpoint lan))
        {
            if (_mappings.TryGetValue(end.Port, out lan))
            {
                Open(lan, end, remote);
            }
            else if (Exposed is { } exposed)
            {
                lan = end with { Address = exposed };
                Open(lan, end, remote);
            }
            else
            {
                return false;
            }
        }

        packet.WriteTcpDestinationAndChecksums(lan);
        return true;
    }

    private static bool TryRead(byte[] datagram, out Ipv4Packet packet, out TcpSegment segment)
    {
        segment = default;
        return Ipv4Packet.TryParse(datagram, out packet, out _) && packet.Protocol == Ipv4Packet.Tcp && TcpSegment.TryParse(packet.Payload, out segment, out _);
    }

    private void Open(Ipv4Endpoint lan, Ipv4Endpoint end, Ipv4Endpoint remote)
    {
        _publicEnds[new FlowKey(lan, remote)] = end;
        _lanEnds[new FlowKey(end, remote)] = lan;
    }
}
