using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>
/// ICQ's direct connections: rows O8 to O11 of PROTOCOL 7.1. A client has one listener, which it tells the server of at sign-on
/// and repeats in messages; its mapping lasts as long as the session, and keeps the port.
/// </summary>
internal static class IcqRules
{
    private const ushort ClientErrorReason = 3;

    /// <summary>O10: a whole 0001/001E.</summary>
    public static void TakeStatus(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac)
    {
        if (!DirectInfo.TryFind(body, snac, out DirectInfo info, out int offset))
        {
            context.Reasons.Count(Reason.Malformed);
        }
        else if (offset >= 0 && !info.Listens)
        {
            // Also what clients write that know no direct connections: all zero.
            if (context.Offers.FindListener(context.Flow.Key) is { } old)
            {
                context.Offers.Close(old, Reason.NotListening, context.Now);
            }
        }
        else if (offset >= 0)
        {
            var claim = new IcqClaim(context, info.Address, info.Port)
            {
                First = bodyOffset + offset,
                End = bodyOffset + body.Length,
                RequestId = snac.RequestId,
                IsForAll = true,
            };
            context.Judge(claim.TryOpen(out Offer? offer));
            if (offer is not null)
            {
                claim.Finish(offer, claim.EditAddress(offer, 0) + claim.EditPort(offer, DirectInfo.PortOffset, isBigEndian: true));
            }
        }
    }

    /// <summary>O8: a message by way of the server that names the listener, and perhaps accepts a file there.</summary>
    public static Reason TakeRelay(
        SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac, Icbm icbm, Rendezvous rendezvous, OfferTerms terms)
    {
        if (!terms.HasPort)
        {
            return Reason.None;
        }

        Ipv4Address source = context.Flow.Host;
        Reason refusal = terms.Judge(body, rendezvous, source, context.Flow.PublicAddress, out bool namesSource, out Ipv4Address foreign);
        if (refusal != Reason.None)
        {
            context.Foreign = foreign;
            return refusal == Reason.NotListening ? Reason.None : refusal;
        }

        var claim = new IcqClaim(context, namesSource ? source : context.Flow.PublicAddress, terms.Port)
        {
            First = bodyOffset + terms.FirstEditable,
            End = bodyOffset + body.Length,
            RequestId = snac.RequestId,
            Cookie = icbm.Cookie,
            Capability = rendezvous.Capability,
            Peer = icbm.Name,
            MostEdits = terms.Editable + 1,
        };
        refusal = claim.TryOpen(out Offer? offer);
        if (offer is not null)
        {
            claim.Finish(offer, claim.HasLeft ? 0 : AddressRewrite.ForOwn(source, offer.Mapping).Apply(context, body, bodyOffset, rendezvous));
        }

        return refusal;
    }

    /// <summary>O9: connect to me.</summary>
    public static Reason TakeReverseConnect(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac, Icbm icbm, Rendezvous rendezvous)
    {
        var tlvs = new TlvReader(body, rendezvous.From, rendezvous.To);
        while (tlvs.TryRead(out Tlv tlv))
        {
            if (tlv.Type != RendezvousTlv.ServiceData || tlv.Value.Length != IcqReverseConnect.Length)
            {
                continue;
            }

            uint port = IcqReverseConnect.Port(tlv.Value);
            var claim = new IcqClaim(context, IcqReverseConnect.Address(tlv.Value), port)
            {
                First = bodyOffset + tlv.Offset,
                End = bodyOffset + body.Length,
                RequestId = snac.RequestId,
                Cookie = icbm.Cookie,
                Capability = rendezvous.Capability,
                Peer = icbm.Name,
            };
            Reason refusal = claim.TryOpen(out Offer? offer);
            if (offer is not null)
            {
                int edits = claim.EditAddress(offer, IcqReverseConnect.AddressOffset) + claim.EditPort(offer, IcqReverseConnect.PortOffset, isBigEndian: false);
                if (IcqReverseConnect.NamesPortAgain(tlv.Value, port, out bool isBigEndian))
                {
                    edits += claim.EditPort(offer, IcqReverseConnect.SecondPortOffset, isBigEndian);
                }

                claim.Finish(offer, edits);
            }

            return refusal;
        }

        return Reason.None;
    }

    /// <summary>O11: a file accepted in a 0004/000B, which needs an edit only if the listener has another public port.</summary>
    /// <returns>False if it is no such message.</returns>
    public static bool TryTakeAcceptance(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Icbm icbm)
    {
        ReadOnlySpan<byte> rest = body[icbm.RestOffset..];
        if (rest.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(rest) != ClientErrorReason || !IcqRelayPorts.MayBegin(rest[2..]))
        {
            return false;
        }

        if (context.Side.Direction == Direction.Outbound
            && context.Offers.FindListener(context.Flow.Key) is { Mapping.KeepsPort: false } listener
            && IcqRelayPorts.TryFind(rest[2..], listener.Mapping.Lan.Port, out IcqRelayPorts ports))
        {
            long data = bodyOffset + icbm.RestOffset + 2;
            if (context.HasLeft(data) || !context.HasRoomForEdits(2))
            {
                context.Reasons.Count(Reason.OfferLate);
            }
            else
            {
                EditRelayPorts(context, data, ports, listener.Mapping.Public.Port);
                context.Await(listener, data, bodyOffset + body.Length, Reason.OfferRewritten);
            }
        }

        return true;
    }

    /// <summary>Where a 0004/000B may change, as <see cref="AddressLocator"/> asks it; -1 if nowhere.</summary>
    public static int FirstEditable(SessionContext context, ReadOnlySpan<byte> body, Icbm icbm)
    {
        int data = icbm.RestOffset + 2;
        return context.Offers.FindListener(context.Flow.Key) is { Mapping.KeepsPort: false }
            && body.Length > data
            && BinaryPrimitives.ReadUInt16BigEndian(body[icbm.RestOffset..]) == ClientErrorReason
            ? data
            : -1;
    }

    /// <summary>Writes another port into both places of an accepted file's.</summary>
    /// <returns>How many edits were made.</returns>
    public static int EditRelayPorts(SessionContext context, long data, IcqRelayPorts ports, ushort port)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(value, port);
        context.Edit(data + ports.First, value[..2]);
        BinaryPrimitives.WriteUInt32LittleEndian(value, port);
        context.Edit(data + ports.Second, value);
        return 2;
    }
}
