using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// What is to be known of an offer by the engine that follows one which was killed: its mapping stays open, and for the same peer.
/// Times are nanoseconds of the callers' common clock.
/// </summary>
public sealed record SavedOffer
{
    /// <summary>The flow on which the offer was made.</summary>
    public required FlowKey Flow { get; init; }

    /// <summary>What that flow speaks: a name of <see cref="ProtocolTable"/>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The rendezvous cookie.</summary>
    public ulong Cookie { get; init; }

    /// <summary>What is offered.</summary>
    public ushort Capability { get; init; }

    /// <summary>The message's number, by which the server reports an error.</summary>
    public uint RequestId { get; init; }

    /// <summary>The translation.</summary>
    public required Mapping Mapping { get; init; }

    /// <summary>When the offer was made.</summary>
    public long Opened { get; init; }

    /// <summary>When it was made last.</summary>
    public long Renewed { get; init; }

    /// <summary>When it ends.</summary>
    public long Deadline { get; init; }

    /// <summary>Why it ends then.</summary>
    public Reason DeadlineReason { get; init; }

    /// <summary>The host that connected; 0.0.0.0 before one did.</summary>
    public Ipv4Address ConnectedFrom { get; init; }

    /// <summary>When it did, or when a neighbour accepted.</summary>
    public long ConnectedAt { get; init; }

    /// <summary>See <see cref="Offer.IsListener"/>.</summary>
    public bool IsListener { get; init; }

    /// <summary>True if its peer may know the inside address.</summary>
    public bool TellsInside { get; init; }

    /// <summary>True once a neighbour accepted it.</summary>
    public bool IsAcceptedNearby { get; init; }

    /// <summary>To whom it was made: the bytes of the name as sent, <see cref="Offer.MaxPeerLength"/> at most.</summary>
    public ReadOnlyMemory<byte> Peer { get; init; }
}
