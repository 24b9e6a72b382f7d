using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>A translated TCP connection: the LAN host's end, what it is beyond the gateway, and the other side's end. Pooled.</summary>
internal sealed class NatSession : ActivityNode<NatSession>
{
    private Side _fromLan;
    private Side _fromRemote;

    /// <summary>The LAN host's end.</summary>
    public Ipv4Endpoint Lan { get; private set; }

    /// <summary>What <see cref="Lan"/> is beyond the gateway.</summary>
    public Ipv4Endpoint Public { get; private set; }

    /// <summary>The other side's end.</summary>
    public Ipv4Endpoint Remote { get; private set; }

    /// <summary>How far it has come.</summary>
    public NatSessionState State { get; private set; }

    /// <summary>True if a mapping let it in, and not the LAN host opened it.</summary>
    public bool IsPeers { get; set; }

    /// <summary>The connection as the LAN sees it.</summary>
    public FlowKey LanKey => new(Lan, Remote);

    /// <summary>The connection as the other side sees it.</summary>
    public FlowKey PublicKey => new(Public, Remote);

    /// <summary>Begins anew.</summary>
    public void Begin(Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint remote)
    {
        (Lan, Public, Remote) = (lan, publicEnd, remote);
        (_fromLan, _fromRemote, State, IsPeers) = (default, default, NatSessionState.HalfOpen, false);
    }

    /// <summary>Notes what a segment means for the connection's state.</summary>
    public void Observe(TcpSegment segment, Direction direction)
    {
        ref Side from = ref direction == Direction.Outbound ? ref _fromLan : ref _fromRemote;
        ref Side to = ref direction == Direction.Outbound ? ref _fromRemote : ref _fromLan;
        from.Seen |= segment.Flags;
        if (segment.Has(TcpFlags.Syn))
        {
            from.FirstByte = segment.Sequence + 1;
        }

        if (segment.Has(TcpFlags.Rst) || (from.Seen & to.Seen & TcpFlags.Fin) != 0)
        {
            State = NatSessionState.Closing;
        }
        else if (State == NatSessionState.HalfOpen && Completes(segment, from, to))
        {
            State = NatSessionState.Established;
        }
    }

    /// <summary>Only who has seen the other side's SYN knows what to acknowledge: a blind segment makes no connection last.</summary>
    private static bool Completes(TcpSegment segment, Side from, Side to) =>
        (from.Seen & to.Seen & TcpFlags.Syn) != 0
        && (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Ack
        && segment.Acknowledgement == to.FirstByte;

    private struct Side
    {
        public TcpFlags Seen;
        public uint FirstByte;
    }
}
