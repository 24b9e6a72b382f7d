namespace ReAim.Alg.Oscar;

/// <summary>The TLV types that matter to a NAT helper (PROTOCOL 2.4).</summary>
public static class RendezvousTlv
{
    /// <summary>Outer: the rendezvous block.</summary>
    public const ushort Block = 0x0005;

    /// <summary>Where to connect; with <see cref="UseProxy"/> the proxy's address.</summary>
    public const ushort RendezvousAddress = 0x0002;

    /// <summary>The proposer's own address.</summary>
    public const ushort ProposerAddress = 0x0003;

    /// <summary>The address the server saw; only a server writes it.</summary>
    public const ushort VerifiedAddress = 0x0004;

    /// <summary>The port; with <see cref="UseProxy"/> a PIN.</summary>
    public const ushort Port = 0x0005;

    /// <summary>1 in a first offer, 2 and up in a counter-offer.</summary>
    public const ushort RequestNumber = 0x000A;

    /// <summary>Present: the rendezvous goes through the proxy.</summary>
    public const ushort UseProxy = 0x0010;

    /// <summary>A MIME type; Miranda ICQ writes the port's complement here.</summary>
    public const ushort MimeTypeOrPortCheck = 0x0015;

    /// <summary>The complement of <see cref="RendezvousAddress"/>.</summary>
    public const ushort AddressCheck = 0x0016;

    /// <summary>The complement of <see cref="Port"/>.</summary>
    public const ushort PortCheck = 0x0017;

    /// <summary>What belongs to the capability alone.</summary>
    public const ushort ServiceData = 0x2711;

    /// <summary>True for an address to connect to, whoever wrote it.</summary>
    internal static bool IsAddress(Tlv tlv) =>
        tlv.Type is RendezvousAddress or ProposerAddress or VerifiedAddress && tlv.Value.Length == 4;

    /// <summary>True if a TLV of this type and length may be rewritten in an offer of a capability that goes one way.</summary>
    internal static bool IsEditable(ushort type, int length, ushort capability, Direction direction, EngineOptions options) => type switch
    {
        VerifiedAddress => length == 4 && direction == Direction.Inbound,
        ServiceData => (capability == Capability.IcqRelay && options.RemapsIcqListeners)
            || (capability == Capability.IcqReverseConnect && length == IcqReverseConnect.Length),
        _ => IsEditable(type, length),
    };

    /// <summary>True if a TLV of this type and length is one of those of its sender that hold addresses, ports and their checks.</summary>
    private static bool IsEditable(ushort type, int length) => type switch
    {
        RendezvousAddress or ProposerAddress or AddressCheck => length == 4,
        Port or PortCheck or MimeTypeOrPortCheck => length == 2,
        _ => false,
    };
}
