using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>What all messages have in common by which a LAN host says where it listens.</summary>
internal static class OwnOffer
{
    /// <summary>Why nothing that a flow's client says can be helped; <see cref="Reason.None"/> if it can.</summary>
    public static Reason Check(SessionContext context)
    {
        Flow flow = context.Flow;
        return flow.State != FlowState.Recognised ? Reason.NotVerified
            : flow.PublicAddress.IsZero ? Reason.PublicAddressUnknown
            : flow.PublicAddress == flow.Host ? Reason.NotTranslated
            : Reason.None;
    }

    /// <summary>What one address says of where its sender listens; <see cref="Reason.None"/> if it is his own or the gateway's.</summary>
    /// <param name="context">The flow.</param>
    /// <param name="address">The address.</param>
    /// <param name="namesSource">True if it is the sender's own, so that it can be rewritten.</param>
    public static Reason CheckAddress(SessionContext context, Ipv4Address address, out bool namesSource)
    {
        namesSource = IsOwn(address, context.Flow.Host);
        context.Foreign = address;
        return namesSource || address == context.Flow.PublicAddress ? Reason.None
            : address.IsZero ? Reason.NotListening
            : Reason.AddressForeign;
    }

    /// <summary>The same in a protocol no client of which takes a loopback address for its own: who says one is no such client.</summary>
    public static Reason CheckAddressWithoutLoopback(SessionContext context, Ipv4Address address, out bool namesSource)
    {
        Reason reason = CheckAddress(context, address, out namesSource);
        namesSource &= !address.IsLoopback;
        return address.IsLoopback ? Reason.AddressForeign : reason;
    }

    /// <summary>Some clients write a loopback address for themselves (PROTOCOL 2.6).</summary>
    public static bool IsOwn(Ipv4Address address, Ipv4Address source) => address == source || address.IsLoopback;

    /// <summary>Keeps what advertises an offer waiting for its mapping, if it has not left before.</summary>
    /// <param name="context">The flow.</param>
    /// <param name="offer">The offer.</param>
    /// <param name="first">The stream offset of the first byte that might have changed.</param>
    /// <param name="end">The stream offset after the message.</param>
    /// <param name="edits">How many edits were made.</param>
    public static void Await(SessionContext context, Offer offer, long first, long end, int edits)
    {
        if (context.HasLeft(first))
        {
            context.Await(offer, long.MaxValue, end, Reason.OfferLate);
        }
        else
        {
            context.Await(offer, first, end, edits > 0 ? Reason.OfferRewritten : Reason.OfferMapped);
        }
    }
}
