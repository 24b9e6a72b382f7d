using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>A TCP connection followed from its SYN, or again from its middle.</summary>
internal sealed class Flow(FlowKey key, Ipv4Address publicAddress, FlowStanding standing) : ActivityNode<Flow>
{
    /// <summary>Its LAN-side tuple.</summary>
    public FlowKey Key { get; } = key;

    // As bare numbers: a structure would take twice the room.
    private uint _publicAddress = publicAddress.Value;
    private uint _host = key.Lan.Address.Value;

    /// <summary>What its host's address becomes beyond the gateway.</summary>
    public Ipv4Address PublicAddress
    {
        get => new(_publicAddress);
        set => _publicAddress = value.Value;
    }

    /// <summary>The LAN host whose connection it is: that of <see cref="Key"/>, unless packets are seen where they are translated already.</summary>
    public Ipv4Address Host
    {
        get => new(_host);
        set => _host = value.Value;
    }

    /// <summary>LAN host to server.</summary>
    public StreamSide Outbound { get; } = new(Direction.Outbound);

    /// <summary>Server to LAN host.</summary>
    public StreamSide Inbound { get; } = new(Direction.Inbound);

    /// <summary>How far it has come.</summary>
    public FlowState State { get; set; }

    /// <summary>What is to be remembered of it outside the engine. A connection that ended keeps what it had.</summary>
    public FlowStanding Standing { get; set; } = standing;

    /// <summary>True if the caller keeps the standing, so that packets of a flow that is done do not come any more.</summary>
    public bool IsRemembered { get; init; }

    /// <summary>True if nothing more is to come of it, but perhaps late retransmissions.</summary>
    public bool IsOver => State == FlowState.Closed || (IsRemembered && Standing == FlowStanding.Done);

    /// <summary>
    /// True if bytes that were edited may be sent again: a retransmission that went on without its edits would tell the receiver
    /// something else.
    /// </summary>
    public bool MayRepeatEdits => Outbound.HasUnacknowledgedEdits || Inbound.HasUnacknowledgedEdits || IsTranslated;

    /// <summary>True if its ends number bytes differently: every segment must be translated to the connection's end.</summary>
    public bool IsTranslated => Outbound.IsTranslated || Inbound.IsTranslated;

    /// <summary>The protocol that its first byte chose; null before that.</summary>
    public ProtocolDescriptor? Protocol { get; set; }

    /// <summary>Who reads its bytes; null until the first byte chose a protocol, and after the flow is done.</summary>
    public Session? Session { get; set; }

    /// <summary>True once either end said goodbye.</summary>
    public bool SignedOff { get; set; }

    /// <summary>Offers whose mapping, and servers whose watch, the translator has not answered for.</summary>
    public ushort AwaitedAnswers { get; set; }

    /// <summary>Packets kept for it.</summary>
    public ushort HeldPackets { get; set; }

    /// <summary>The side whose bytes go in a direction.</summary>
    public StreamSide Side(Direction direction) => direction == Direction.Outbound ? Outbound : Inbound;

    /// <summary>The side whose bytes go the other way.</summary>
    public StreamSide Opposite(StreamSide side) => side == Outbound ? Inbound : Outbound;
}
