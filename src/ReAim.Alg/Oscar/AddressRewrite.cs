using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>
/// Replaces one address and port by another throughout an offer's inner TLVs, in place: every copy of 0002 and 0003 that
/// holds the address, the port, and the check values that fitted before (PROTOCOL 2.4). 0004 is the server's: it is replaced on
/// its way to a neighbour only (PROTOCOL 7.2).
/// </summary>
internal readonly ref struct AddressRewrite
{
    /// <summary>The address to be replaced.</summary>
    public required Ipv4Address From { get; init; }

    /// <summary>True if a loopback address counts as <see cref="From"/>.</summary>
    public required bool LoopbackToo { get; init; }

    /// <summary>The address written instead.</summary>
    public required Ipv4Address To { get; init; }

    /// <summary>The port to be replaced.</summary>
    public required ushort FromPort { get; init; }

    /// <summary>The port written instead.</summary>
    public required ushort ToPort { get; init; }

    /// <summary>What becomes of a LAN host's own offer.</summary>
    /// <param name="source">The LAN host.</param>
    /// <param name="mapping">The offer's mapping.</param>
    public static AddressRewrite ForOwn(Ipv4Address source, Mapping mapping) => new()
    {
        From = source,
        LoopbackToo = true,
        To = mapping.Public.Address,
        FromPort = mapping.Lan.Port,
        ToPort = mapping.Public.Port,
    };

    /// <summary>What becomes of an offer on its way to a neighbour: all ends are the inside one, so that there is one to try.</summary>
    /// <param name="mapping">The offer's mapping.</param>
    public static AddressRewrite ForNeighbour(Mapping mapping) => new()
    {
        From = mapping.Public.Address,
        LoopbackToo = false,
        To = mapping.Lan.Address,
        FromPort = mapping.Public.Port,
        ToPort = mapping.Lan.Port,
    };

    /// <summary>Makes the edits, in order of offset.</summary>
    /// <param name="context">The flow whose stream is edited.</param>
    /// <param name="body">A frame's whole body.</param>
    /// <param name="bodyOffset">The stream offset of its first byte.</param>
    /// <param name="rendezvous">The block in it.</param>
    /// <returns>How many edits were made.</returns>
    public int Apply(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Rendezvous rendezvous)
    {
        int edits = 0;
        Span<byte> value = stackalloc byte[4];
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == RendezvousTlv.ServiceData)
            {
                edits += rendezvous.Capability == Capability.IcqRelay && ToPort != FromPort && IcqRelayPorts.TryFind(tlv.Value, FromPort, out IcqRelayPorts ports)
                    ? IcqRules.EditRelayPorts(context, bodyOffset + tlv.Offset, ports, ToPort)
                    : 0;
                continue;
            }

            int length = Replacement(context, body, rendezvous, tlv, value);
            if (length > 0)
            {
                context.Edit(bodyOffset + tlv.Offset, value[..length]);
                edits++;
            }
        }

        return edits;
    }

    /// <summary>The bytes to write instead of a TLV's value; 0 if it stays.</summary>
    private int Replacement(SessionContext context, ReadOnlySpan<byte> body, Rendezvous rendezvous, Tlv tlv, Span<byte> value)
    {
        if (!RendezvousTlv.IsEditable(tlv.Type, tlv.Value.Length, rendezvous.Capability, context.Side.Direction, context.Options))
        {
            return 0;
        }

        switch (tlv.Type)
        {
            case RendezvousTlv.RendezvousAddress or RendezvousTlv.ProposerAddress or RendezvousTlv.VerifiedAddress when Matches(Ipv4Address.Read(tlv.Value)):
                To.Write(value);
                return 4;
            case RendezvousTlv.AddressCheck:
                var check = new Ipv4Address(~Ipv4Address.Read(tlv.Value).Value);
                if (!Matches(check) || !HasRendezvousAddress(body, rendezvous, check))
                {
                    return 0;
                }

                new Ipv4Address(~To.Value).Write(value);
                return 4;
            case RendezvousTlv.Port when ToPort != FromPort && tlv.Number == FromPort:
                BinaryPrimitives.WriteUInt16BigEndian(value, ToPort);
                return 2;
            case RendezvousTlv.PortCheck or RendezvousTlv.MimeTypeOrPortCheck when ToPort != FromPort && tlv.Number == (ushort)~FromPort:
                BinaryPrimitives.WriteUInt16BigEndian(value, (ushort)~ToPort);
                return 2;
            default:
                return 0;
        }
    }

    private bool Matches(Ipv4Address address) => address == From || (LoopbackToo && address.IsLoopback);

    private static bool HasRendezvousAddress(ReadOnlySpan<byte> body, Rendezvous rendezvous, Ipv4Address address)
    {
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type == RendezvousTlv.RendezvousAddress && Ipv4Address.Read(tlv.Value) == address)
            {
                return true;
            }
        }

        return false;
    }
}
