using System.Buffers.Binary;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Oscar;

/// <summary>The decision tables: what becomes of a rendezvous message (PROTOCOL 7.1 and 7.2).</summary>
internal static class RendezvousRules
{
    private const ushort ClientErrorReason = 3;

    /// <summary>A whole 0004/0006 or 0004/0007.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="body">The frame's body.</param>
    /// <param name="bodyOffset">The stream offset of its first byte.</param>
    /// <param name="snac">Its SNAC.</param>
    public static void TakeMessage(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac)
    {
        if (!Icbm.TryParse(body, snac, out Icbm icbm))
        {
            context.Reasons.Count(Reason.Malformed);
            return;
        }

        if (icbm.Channel != Icbm.RendezvousChannel)
        {
            return;
        }

        if (!Rendezvous.TryFind(body, icbm.RestOffset, out Rendezvous rendezvous))
        {
            context.Reasons.Count(Reason.Malformed);
            return;
        }

        switch (rendezvous.Type)
        {
            case Rendezvous.Offer:
                context.Judge(TakeOffer(context, body, bodyOffset, snac, icbm, rendezvous));
                break;
            case Rendezvous.Cancel:
                Release(context, icbm, Reason.Cancelled);
                break;
            case Rendezvous.Accept:
                TakeAccept(context, icbm);
                break;
            default:
                context.Reasons.Count(Reason.NoSuchOffer);
                break;
        }
    }

    /// <summary>A whole 0004/000B: the client, or the peer, declined by itself (O7), or accepted an ICQ file (O11).</summary>
    public static void TakeClientError(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac)
    {
        if (!Icbm.TryParse(body, snac, out Icbm icbm)
            || icbm.Channel != Icbm.RendezvousChannel
            || IcqRules.TryTakeAcceptance(context, body, bodyOffset, icbm))
        {
            return;
        }

        ReadOnlySpan<byte> rest = body[icbm.RestOffset..];
        if (rest.Length >= 6
            && BinaryPrimitives.ReadUInt16BigEndian(rest) == ClientErrorReason
            && BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) == 2
            && BinaryPrimitives.ReadUInt16BigEndian(rest[4..]) is 1 or 4 or 6)
        {
            Release(context, icbm, Reason.Declined);
        }
    }

    /// <summary>A 0004/0001: the server refused a message.</summary>
    public static void TakeServerError(SessionContext context, Snac snac)
    {
        if (context.Offers.FindByRequest(context.Flow.Key, snac.RequestId) is { } offer)
        {
            context.Offers.Close(offer, Reason.ServerError, context.Now);
        }
    }

    private static Reason TakeOffer(SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac, Icbm icbm, Rendezvous rendezvous)
    {
        if (!Capability.IsHelped(rendezvous.Capability))
        {
            return Reason.OtherCapability;
        }

        if (!OfferTerms.TryRead(body, rendezvous, context.Side.Direction, context.Options, out OfferTerms terms))
        {
            return Reason.Malformed;
        }

        return (context.Side.Direction, rendezvous.Capability) switch
        {
            (Direction.Outbound, Capability.IcqRelay) => IcqRules.TakeRelay(context, body, bodyOffset, snac, icbm, rendezvous, terms),
            (Direction.Outbound, Capability.IcqReverseConnect) => IcqRules.TakeReverseConnect(context, body, bodyOffset, snac, icbm, rendezvous),
            (Direction.Outbound, _) => TakeOwnOffer(context, body, bodyOffset, snac, icbm, rendezvous, terms),
            (_, Capability.IcqRelay or Capability.IcqReverseConnect) => terms.HasPort ? Reason.OfferFromOutside : Reason.None,
            _ => TakePeerOffer(context, body, bodyOffset, icbm, rendezvous, terms),
        };
    }

    /// <summary>Rows O1-O4: a LAN host says where it listens.</summary>
    private static Reason TakeOwnOffer(
        SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Snac snac, Icbm icbm, Rendezvous rendezvous, OfferTerms terms)
    {
        Flow flow = context.Flow;
        Ipv4Address source = flow.Host;
        Reason refusal = terms.Judge(body, rendezvous, source, flow.PublicAddress, out bool namesSource, out Ipv4Address foreign);
        if (refusal == Reason.Proxied && context.Offers.Find(flow.Key, icbm.Cookie) is { } given)
        {
            // It goes to the proxy because nobody came: a connect may still be under way.
            context.Offers.Shorten(given, context.Now + context.Options.PeerGrace, Reason.Proxied);
        }

        if (refusal == Reason.NotListening && context.Offers.Find(flow.Key, icbm.Cookie) is { } old)
        {
            context.Offers.Close(old, Reason.NotListening, context.Now);
            return Reason.None;
        }

        if (refusal != Reason.None)
        {
            context.Foreign = foreign;
            return refusal;
        }

        refusal = OwnOffer.Check(context);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        if (!context.HasRoomForEdits(terms.Editable))
        {
            return Reason.EditLimit;
        }

        long first = bodyOffset + terms.FirstEditable;
        bool late = context.HasLeft(first);
        var request = new OfferRequest
        {
            Flow = flow,
            Port = terms.Port,
            SamePortOnly = late || !namesSource,
            TellsInside = late && namesSource,
            Cookie = icbm.Cookie,
            Capability = rendezvous.Capability,
            RequestId = snac.RequestId,
            Peer = icbm.Name,
        };
        refusal = context.Offers.TryOpen(request, context.Now, out Offer? offer);
        if (offer is null)
        {
            return refusal;
        }

        int edits = late ? 0 : AddressRewrite.ForOwn(source, offer.Mapping).Apply(context, body, bodyOffset, rendezvous);
        OwnOffer.Await(context, offer, first, bodyOffset + body.Length, edits);
        return Reason.None;
    }

    /// <summary>
    /// Table 7.2: a peer says where it listens. A neighbour of the LAN gets the inside end wherever it would read the public one:
    /// libpurple connects to all it is told at once, and two ways to one listener break what either end keeps.
    /// </summary>
    private static Reason TakePeerOffer(
        SessionContext context, ReadOnlySpan<byte> body, long bodyOffset, Icbm icbm, Rendezvous rendezvous, OfferTerms terms)
    {
        if (terms.RequestNumber >= 2 && context.Offers.Find(context.Flow.Key, icbm.Cookie) is { } own && own.IsFor(icbm.Name))
        {
            // The peer listens now, or waits at the proxy, but it may still race us: its last connects are under way.
            context.Offers.Shorten(own, context.Now + context.Options.PeerGrace, Reason.Redirected);
        }

        if (terms.IsProxied)
        {
            return Reason.Proxied;
        }

        if (!terms.HasPort || terms.IsPortAmbiguous || context.Offers.FindByPublic(terms.Port, icbm.Cookie) is not { } offer)
        {
            return Reason.OfferFromOutside;
        }

        Mapping mapping = offer.Mapping;
        bool leadsInside = OfferTerms.LeadsTo(body, rendezvous, mapping.Lan.Address);
        offer.IsToNeighbour |= leadsInside;
        bool isAnswer = offer.Flow == context.Flow.Key && offer.IsFor(icbm.Name);
        if (isAnswer || !OfferTerms.Names(body, rendezvous, mapping.Public.Address))
        {
            // A counter-offer has the cookie of the offer it answers, and may have its port.
            return Reason.OfferFromOutside;
        }

        if (context.HasLeft(bodyOffset + terms.FirstEditable) || !context.HasRoomForEdits(terms.Editable))
        {
            // Who only listens sees no connect, wherever it goes.
            offer.IsToNeighbour |= context.Options.ListensOnly;
            context.Offers.Tell(offer, leadsInside, context.Now);
            return !leadsInside && context.Options.Hairpins ? Reason.OfferHairpinned : Reason.OfferLate;
        }

        AddressRewrite.ForNeighbour(mapping).Apply(context, body, bodyOffset, rendezvous);
        offer.IsToNeighbour = true;
        context.Offers.Tell(offer, inside: true, context.Now);
        return Reason.OfferTranslatedBack;
    }

    /// <summary>
    /// A neighbour that accepts connects now, or has connected, within the LAN where nobody here sees it: what it does not need
    /// any more must not count as pending for ten minutes.
    /// </summary>
    private static void TakeAccept(SessionContext context, Icbm icbm)
    {
        context.Reasons.Count(Reason.Accepted);
        if (context.Side.Direction == Direction.Inbound
            && context.Offers.Find(context.Flow.Key, icbm.Cookie) is { IsToNeighbour: true } offer
            && offer.IsFor(icbm.Name))
        {
            context.Offers.Shorten(offer, context.Now + context.Options.PeerGrace, Reason.Accepted);
            offer.IsAcceptedNearby = true;
            offer.ConnectedAt = offer.ConnectedFrom.IsZero ? context.Now : offer.ConnectedAt;
        }
    }

    private static void Release(SessionContext context, Icbm icbm, Reason reason)
    {
        Offer? offer = context.Offers.Find(context.Flow.Key, icbm.Cookie);
        if (offer is null || (context.Side.Direction == Direction.Inbound && !offer.IsFor(icbm.Name)))
        {
            context.Reasons.Count(Reason.NoSuchOffer);
            return;
        }

        context.Offers.Close(offer, reason, context.Now);
    }
}
