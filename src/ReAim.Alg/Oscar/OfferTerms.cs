using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>What the inner TLVs of an offer say, read to the end before anything is decided (PROTOCOL 7.1 O1).</summary>
internal ref struct OfferTerms
{
    /// <summary>The port; 0 if there is none.</summary>
    public ushort Port { get; private set; }

    /// <summary>True if it goes through the proxy.</summary>
    public bool IsProxied { get; private set; }

    /// <summary>1 in a first offer, 2 and up in a counter-offer; 0 if not said.</summary>
    public ushort RequestNumber { get; private set; }

    /// <summary>Where the first value that may be rewritten stands in the frame's body; -1 if there is none.</summary>
    public int FirstEditable { get; private set; }

    /// <summary>How many TLVs may be rewritten.</summary>
    public int Editable { get; private set; }

    /// <summary>True if a port is named.</summary>
    public bool HasPort { get; private set; }

    /// <summary>True if two different ports are named.</summary>
    public bool IsPortAmbiguous { get; private set; }

    /// <summary>Reads the list.</summary>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="rendezvous">The block in it.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="options">What may be rewritten.</param>
    /// <param name="terms">What it says.</param>
    /// <returns>False if it is malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, Rendezvous rendezvous, Direction direction, EngineOptions options, out OfferTerms terms)
    {
        terms = new OfferTerms { FirstEditable = -1 };
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (!terms.Take(tlv, rendezvous.Capability, direction, options))
            {
                return false;
            }
        }

        return tlvs.IsAtEnd;
    }

    /// <summary>Why an offer of a LAN host is not helped; <see cref="Reason.None"/> if it is.</summary>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="rendezvous">The block in it.</param>
    /// <param name="source">The packet's source address.</param>
    /// <param name="publicAddress">What that becomes beyond the gateway.</param>
    /// <param name="namesSource">True if the list names the sender's own address, so that it can be rewritten.</param>
    /// <param name="foreign">The first address that is neither the sender's nor zero; 0.0.0.0 if there is none.</param>
    public readonly Reason Judge(
        ReadOnlySpan<byte> body, Rendezvous rendezvous, Ipv4Address source, Ipv4Address publicAddress, out bool namesSource, out Ipv4Address foreign)
    {
        (namesSource, foreign) = (false, default);
        if (IsProxied)
        {
            return Reason.Proxied;
        }

        if (!HasPort)
        {
            return Reason.PortMissing;
        }

        bool named = false;
        bool zero = true;
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type is RendezvousTlv.RendezvousAddress or RendezvousTlv.ProposerAddress)
            {
                Ipv4Address address = Ipv4Address.Read(tlv.Value);
                named = true;
                zero &= address.IsZero;
                namesSource |= OwnOffer.IsOwn(address, source);
                foreign = foreign.IsZero && address != publicAddress && !OwnOffer.IsOwn(address, source) ? address : foreign;
            }
        }

        return !named ? Reason.AddressMissing
            : IsPortAmbiguous ? Reason.PortAmbiguous
            : zero || Port == 0 ? Reason.NotListening
            : !foreign.IsZero ? Reason.AddressForeign
            : Port < 1024 ? Reason.PortPrivileged
            : Reason.None;
    }

    /// <summary>True if 0002, 0003 or 0004 holds an address.</summary>
    public static bool Names(ReadOnlySpan<byte> body, Rendezvous rendezvous, Ipv4Address address) =>
        Holds(body, rendezvous, address, RendezvousTlv.RendezvousAddress);

    /// <summary>True if 0003 or 0004 holds an address: what clients connect to, who take 0002 for a proxy's (PROTOCOL 2.5).</summary>
    public static bool LeadsTo(ReadOnlySpan<byte> body, Rendezvous rendezvous, Ipv4Address address) =>
        Holds(body, rendezvous, address, RendezvousTlv.ProposerAddress);

    private static bool Holds(ReadOnlySpan<byte> body, Rendezvous rendezvous, Ipv4Address address, ushort firstType)
    {
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (RendezvousTlv.IsAddress(tlv) && tlv.Type >= firstType && Ipv4Address.Read(tlv.Value) == address)
            {
                return true;
            }
        }

        return false;
    }

    private bool Take(Tlv tlv, ushort capability, Direction direction, EngineOptions options)
    {
        int length = tlv.Value.Length;
        if (RendezvousTlv.IsEditable(tlv.Type, length, capability, direction, options))
        {
            Editable++;
            FirstEditable = FirstEditable < 0 ? tlv.Offset : FirstEditable;
        }

        switch (tlv.Type)
        {
            case RendezvousTlv.RendezvousAddress or RendezvousTlv.ProposerAddress:
                return length == 4;
            case RendezvousTlv.Port:
                IsPortAmbiguous |= HasPort && Port != tlv.Number;
                Port = tlv.Number;
                HasPort = true;
                return length == 2;
            case RendezvousTlv.RequestNumber:
                RequestNumber = tlv.Number;
                return length == 2;
            case RendezvousTlv.UseProxy:
                IsProxied = true;
                return true;
            default:
                return true;
        }
    }
}
