using ReAim.Alg;
using ReAim.Alg.Oscar;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>A rendezvous message with everything that matters for the connection it leads to (PROTOCOL 2.3 and 2.4).</summary>
internal sealed record RendezvousMessage
{
    /// <summary>When: nanoseconds since 1970.</summary>
    public required long Time { get; init; }

    /// <summary>The OSCAR connection it was seen on.</summary>
    public required Conversation Conversation { get; init; }

    /// <summary>From the client to the server, or back.</summary>
    public required bool FromClient { get; init; }

    /// <summary>What it does.</summary>
    public required RendezvousKind Kind { get; init; }

    /// <summary>The cookie that all messages of a rendezvous share.</summary>
    public required ulong Cookie { get; init; }

    /// <summary>The other side's screen name, as this connection has it.</summary>
    public required string Peer { get; init; }

    /// <summary>The id of the client's SNAC, by which the server's error names it.</summary>
    public uint RequestId { get; init; }

    /// <summary>What it is for, as <see cref="Capability.Read"/> says; 0 if another kind of UUID, or not said.</summary>
    public ushort Capability { get; init; }

    /// <summary>The whole UUID; empty if not said.</summary>
    public Guid CapabilityId { get; init; }

    /// <summary>The block's type; 3 of a decline stands for the SNAC 0004/000B.</summary>
    public ushort Type { get; init; }

    /// <summary>TLV 000A.</summary>
    public ushort? RequestNumber { get; init; }

    /// <summary>TLV 0002; the proxy's if <see cref="UsesProxy"/>.</summary>
    public Ipv4Address? RendezvousAddress { get; init; }

    /// <summary>TLV 0003.</summary>
    public Ipv4Address? ProposerAddress { get; init; }

    /// <summary>TLV 0004: what the server saw.</summary>
    public Ipv4Address? VerifiedAddress { get; init; }

    /// <summary>TLV 0005; a PIN if <see cref="UsesProxy"/>.</summary>
    public ushort? Port { get; init; }

    /// <summary>TLV 0010 is there.</summary>
    public bool UsesProxy { get; init; }

    /// <summary>TLV 0016 as it was written: the complement of 0002.</summary>
    public Ipv4Address? AddressCheck { get; init; }

    /// <summary>TLV 0017 as it was written: the complement of 0005.</summary>
    public ushort? PortCheck { get; init; }

    /// <summary>TLV 0015 if it has two bytes: Miranda writes the port's complement there.</summary>
    public ushort? MimeTypeOrPortCheck { get; init; }

    /// <summary>TLV 000B of a cancel, or the code of a decline.</summary>
    public ushort? EndReason { get; init; }

    /// <summary>TLV 000C: words that go with an offer.</summary>
    public MessageText? Invitation { get; init; }

    /// <summary>The file's name, if a file is offered.</summary>
    public string? FileName { get; init; }

    /// <summary>The bytes of all files together.</summary>
    public long? FileSize { get; init; }

    /// <summary>How many files.</summary>
    public ushort? FileCount { get; init; }

    /// <summary>What is wrong with its TLVs, if anything.</summary>
    public Reason Reason { get; init; }

    /// <summary>The same message as the gateway let it go, if that is known and other; from <c>run --record</c>.</summary>
    public RendezvousMessage? LeftAs { get; set; }

    /// <summary>True if it says where to connect to.</summary>
    public bool IsOffer => Kind is RendezvousKind.Offer or RendezvousKind.CounterOffer or RendezvousKind.ProxyOffer;

    /// <summary>The addresses it names, without those that are zero.</summary>
    public IEnumerable<Ipv4Address> Addresses
    {
        get
        {
            foreach (Ipv4Address? address in (Ipv4Address?[])[RendezvousAddress, ProposerAddress, VerifiedAddress])
            {
                if (address is { IsZero: false } named)
                {
                    yield return named;
                }
            }
        }
    }
}
