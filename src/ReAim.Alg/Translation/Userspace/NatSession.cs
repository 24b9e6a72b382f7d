using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>A translated TCP connection: the LAN host's end, what it is beyond the gateway, and the other side's end. Pooled.</summary>
internal sealed class NatSession : ActivityNode<NatSession>
{
    private TcpFlags _fromLan;
    private TcpFlags _fromRemote;

    /// <summary>The LAN host's end.</summary>
    public Ipv4Endpoint Lan { get; private set; }

    /// <summary>What <see cref="Lan"/> is beyond the gateway.</summary>
    public Ipv4Endpoint Public { get; private set; }

    /// <summary>The other side's end.</summary>
    public Ipv4Endpoint Remote { get; private set; }

    /// <summary>How far it has come.</summary>
    public NatSessionState State { get; private set; }

    /// <summary>True if <see cref="Public"/> was borrowed from the <see cref="SourcePorts"/>.</summary>
    public bool HasBorrowedPort { get; private set; }

    /// <summary>The connection as the LAN sees it.</summary>
    public FlowKey LanKey => new(Lan, Remote);

    /// <summary>The connection as the other side sees it.</summary>
    public FlowKey PublicKey => new(Public, Remote);

    /// <summary>Begins anew.</summary>
    public void Begin(Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint remote, bool hasBorrowedPort)
    {
        (Lan, Public, Remote, HasBorrowedPort) = (lan, publicEnd, remote, hasBorrowedPort);
        (_fromLan, _fromRemote, State) = (TcpFlags.None, TcpFlags.None, NatSessionState.HalfOpen);
    }

    /// <summary>Notes what a segment means for the connection's state.</summary>
    public void Observe(TcpFlags flags, Direction direction)
    {
        ref TcpFlags seen = ref direction == Direction.Outbound ? ref _fromLan : ref _fromRemote;
        seen |= flags;
        TcpFlags both = _fromLan & _fromRemote;
        if ((flags & TcpFlags.Rst) != 0 || (both & TcpFlags.Fin) != 0)
        {
            State = NatSessionState.Closing;
        }
        else if (State == NatSessionState.HalfOpen && (both & TcpFlags.Syn) != 0 && (flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Ack)
        {
            State = NatSessionState.Established;
        }
    }
}
