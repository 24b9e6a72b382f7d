using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>
/// Gives what was heard to the engine, with what a connection's mark would say where packets are diverted: a server's connection
/// or a peer's, one to look at or one of which nothing more is to be learnt.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="ports">Ports of servers; empty for any.</param>
/// <param name="trusted">The servers that are trusted; empty for all.</param>
/// <param name="servers">Servers that clients were told of.</param>
internal sealed class HeardConnections(Engine engine, IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> trusted, ListenedServers servers)
{
    private readonly LeftConnections _left = new();

    /// <summary>Whose connections were recognised a moment ago.</summary>
    public HostsSigningOn SigningOn { get; } = new();

    /// <summary>Gives the engine a packet, unless nothing is to be learnt of its connection any more.</summary>
    /// <param name="datagram">The packet: at least an IPv4 header.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Process(Span<byte> datagram, Direction direction, long now)
    {
        if (!TryReadTcp(datagram, direction, out FlowKey key, out TcpFlags flags))
        {
            engine.Process(datagram, direction, packetId: 0, now);
            return;
        }

        if (flags == TcpFlags.Syn)
        {
            _left.Remove(key);
        }
        else if (_left.Contains(key))
        {
            return;
        }

        FlowStanding standing = StandingOf(direction, key, flags);
        (long strays, long recognised) = (engine.Reasons[Reason.MidStream], engine.Reasons[Reason.Recognised]);
        engine.Process(datagram, direction, packetId: 0, now, standing);
        if (engine.Reasons[Reason.Recognised] != recognised)
        {
            SigningOn.Add(key.Lan.Address, now);
        }

        bool isStray = engine.Reasons[Reason.MidStream] != strays;
        if (isStray || (standing == FlowStanding.Peer && flags != TcpFlags.Syn && engine.Standing == FlowStanding.Done))
        {
            _left.Add(key);
        }
    }

    private FlowStanding StandingOf(Direction direction, FlowKey key, TcpFlags flags)
    {
        bool isOpening = flags == TcpFlags.Syn;
        bool isLearnt = servers.Contains(key.Remote);
        bool isServers = isLearnt || ((ports.Count == 0 || ports.Contains(key.Remote.Port)) && IsTrusted(key.Remote.Address));
        if (!isServers || (isOpening && direction == Direction.Inbound) || engine.IsMapped(key.Lan))
        {
            return FlowStanding.Peer;
        }

        // A client may be faster than the filter: then its next connection is met a little after its beginning, and looked at as one
        // that a worker before this one had verified. Of any port nobody could say what the others are.
        return isOpening || (ports.Count == 0 && !isLearnt) ? FlowStanding.None
            : isLearnt ? FlowStanding.Verified
            : FlowStanding.Watched;
    }

    private bool IsTrusted(Ipv4Address server)
    {
        foreach (Ipv4Network network in trusted)
        {
            if (network.Contains(server))
            {
                return true;
            }
        }

        return trusted.Count == 0;
    }

    /// <summary>A segment's ends and those of its flags that open or answer; false for what is none.</summary>
    private static bool TryReadTcp(ReadOnlySpan<byte> datagram, Direction direction, out FlowKey key, out TcpFlags flags)
    {
        const int Flags = 13;
        int header = (datagram[0] & 0x0F) * 4;
        if (datagram[9] != Ipv4Packet.Tcp || header < Ipv4Packet.MinHeaderLength || datagram.Length <= header + Flags)
        {
            (key, flags) = (default, default);
            return false;
        }

        var source = new Ipv4Endpoint(Ipv4Address.Read(datagram[12..]), BinaryPrimitives.ReadUInt16BigEndian(datagram[header..]));
        var destination = new Ipv4Endpoint(Ipv4Address.Read(datagram[16..]), BinaryPrimitives.ReadUInt16BigEndian(datagram[(header + 2)..]));
        key = direction == Direction.Outbound ? new FlowKey(source, destination) : new FlowKey(destination, source);
        flags = (TcpFlags)datagram[header + Flags] & (TcpFlags.Syn | TcpFlags.Ack);
        return true;
    }
}
