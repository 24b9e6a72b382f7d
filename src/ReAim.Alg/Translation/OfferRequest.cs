using ReAim.Alg.Streams;

namespace ReAim.Alg.Translation;

/// <summary>What an offer asks for.</summary>
internal readonly ref struct OfferRequest
{
    /// <summary>The flow it came on: its LAN address, and no other, becomes the mapping's LAN end.</summary>
    public required Flow Flow { get; init; }

    /// <summary>The port its sender listens on.</summary>
    public required ushort Port { get; init; }

    /// <summary>True if peers will use that very port whatever we write.</summary>
    public required bool SamePortOnly { get; init; }

    /// <summary>True if peers are told the inside address, because nothing can be rewritten any more.</summary>
    public required bool TellsInside { get; init; }

    /// <summary>The rendezvous cookie.</summary>
    public required ulong Cookie { get; init; }

    /// <summary>True for a listener that is told to everybody, once per flow: see <see cref="Offer.IsListener"/>.</summary>
    public bool IsListener { get; init; }

    /// <summary>What is offered.</summary>
    public required ushort Capability { get; init; }

    /// <summary>The message's request id.</summary>
    public required uint RequestId { get; init; }

    /// <summary>To whom.</summary>
    public required ReadOnlySpan<byte> Peer { get; init; }
}
