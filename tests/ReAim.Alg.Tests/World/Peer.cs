using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>
/// A TCP connection through a translating gateway, every segment placed by hand: the ends as the one who connects sees them,
/// and as the one who is connected to does.
/// </summary>
internal sealed class Peer(Gateway gateway, Direction from, TcpPacket before, TcpPacket after)
{
    /// <summary>From a host beyond the gateway to a public end, which leads to a LAN end.</summary>
    public static Peer FromOutside(Gateway gateway, Ipv4Endpoint peer, Ipv4Endpoint publicEnd, Ipv4Endpoint lan) =>
        new(gateway, Direction.Inbound, Segment(peer, publicEnd), Segment(peer, lan));

    /// <summary>From a LAN end, which gets a public one, to a host beyond the gateway.</summary>
    public static Peer FromLan(Gateway gateway, Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint remote) =>
        new(gateway, Direction.Outbound, Segment(lan, remote), Segment(publicEnd, remote));

    /// <summary>From a LAN end to a public end that leads to another LAN end.</summary>
    public static Peer Hairpin(Gateway gateway, Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint to) =>
        new(gateway, Direction.Outbound, Segment(lan, publicEnd), Segment(new Ipv4Endpoint(publicEnd.Address, lan.Port), to));

    /// <summary>True if the segment of the one who connects comes out with the ends it must have, and nothing else changed.</summary>
    public bool There(TcpFlags flags, byte[]? payload = null) => Crosses(
        from,
        before with { Flags = flags, Payload = payload ?? [], Sequence = 1_000, Acknowledgement = 5_001 },
        after with { Flags = flags, Payload = payload ?? [], Sequence = 1_000, Acknowledgement = 5_001 });

    /// <summary>The same for a segment of the one who is connected to.</summary>
    public bool Back(TcpFlags flags, byte[]? payload = null) => Crosses(
        IsHairpin || from == Direction.Inbound ? Direction.Outbound : Direction.Inbound,
        Reverse(after) with { Flags = flags, Payload = payload ?? [] },
        Reverse(before) with { Flags = flags, Payload = payload ?? [] });

    public bool Connects() => There(TcpFlags.Syn) && Back(TcpFlags.Syn | TcpFlags.Ack) && There(TcpFlags.Ack);

    private bool IsHairpin => from == Direction.Outbound && after.Destination != before.Destination;

    private static TcpPacket Segment(Ipv4Endpoint source, Ipv4Endpoint destination) =>
        new(source, destination, 0, 0, TcpFlags.None, []) { TcpOptions = [1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4] };

    private static TcpPacket Reverse(TcpPacket packet) =>
        packet with { Source = packet.Destination, Destination = packet.Source, Sequence = 5_000, Acknowledgement = 1_001 };

    private bool Crosses(Direction direction, TcpPacket sent, TcpPacket expected)
    {
        int count = gateway.Departures.Count;
        gateway.Send(direction, sent.Build());
        if (gateway.Departures.Count == count)
        {
            return false;
        }

        Departure last = gateway.Departures[^1];
        PacketJudge.AssertSound(last.Bytes);
        return last.Bytes.AsSpan().SequenceEqual(expected.Build())
            && last.Direction == (IsHairpin || direction == Direction.Inbound ? Direction.Inbound : Direction.Outbound);
    }
}
