using ReAim.Alg.Streams;
using ReAim.Alg.Text;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Irc;

/// <summary>What becomes of a DCC message (PROTOCOL-IRC 4).</summary>
internal static class DccRules
{
    /// <summary>The longest line that servers pass on (RFC 2812 2.3).</summary>
    private const int LongestLine = 512;

    private const int MinPort = 1024;

    /// <summary>Takes a whole line.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="line">The line with its end.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    /// <param name="offer">The message in it.</param>
    public static void Take(SessionContext context, ReadOnlySpan<byte> line, long offset, DccOffer offer)
    {
        bool outbound = context.Side.Direction == Direction.Outbound;
        switch (offer.Kind)
        {
            case DccKind.Send or DccKind.Chat:
                context.Judge(outbound ? TakeOwn(context, line, offset, offer) : Reason.OfferFromOutside);
                break;
            case DccKind.Accept when outbound:
                RepeatPort(context, line, offset, offer, isOwn: true);
                break;
            case DccKind.Resume when !outbound:
                RepeatPort(context, line, offset, offer, isOwn: false);
                break;
        }
    }

    private static Reason TakeOwn(SessionContext context, ReadOnlySpan<byte> line, long offset, DccOffer dcc)
    {
        Reason refusal = OwnOffer.CheckAddress(context, new Ipv4Address(dcc.Address), out bool namesSource);
        refusal = refusal != Reason.None ? refusal
            : dcc.Port == 0 ? Reason.NotListening
            : dcc.Port < MinPort ? Reason.PortPrivileged
            : dcc.Port > ushort.MaxValue ? Reason.Malformed
            : OwnOffer.Check(context);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        if (!context.HasRoomForSplices(2))
        {
            return Reason.EditLimit;
        }

        long first = offset + dcc.AddressPlace.Start.Value;
        bool isLong = line.Length + (2 * TextNumber.MostDigits) - Length(dcc.AddressPlace) - Length(dcc.PortPlace) > LongestLine;
        bool late = context.HasLeft(first);
        var request = new OfferRequest
        {
            Flow = context.Flow,
            Port = (ushort)dcc.Port,
            SamePortOnly = late || isLong || !namesSource,
            Cookie = dcc.Port,
            Capability = (ushort)dcc.Kind,
            RequestId = 0,
            Peer = dcc.Target,
        };
        refusal = context.Offers.TryOpen(request, context.Now, out Offer? offer);
        if (offer is null)
        {
            return refusal;
        }

        int edits = 0;
        if (!late && !isLong && namesSource)
        {
            edits += Splice(context, line, offset, dcc.AddressPlace, offer.Mapping.Public.Address.Value);
            edits += Splice(context, line, offset, dcc.PortPlace, offer.Mapping.Public.Port);
        }

        OwnOffer.Await(context, offer, first, offset + line.Length, edits);
        return isLong ? Reason.MessageTooLong : Reason.None;
    }

    /// <summary>A file is resumed: both ends name the sender's port, each as it knows it.</summary>
    private static void RepeatPort(SessionContext context, ReadOnlySpan<byte> line, long offset, DccOffer dcc, bool isOwn)
    {
        if (context.Offers.FindByPort(context.Flow.Key, dcc.Port, isOwn) is not { Mapping.KeepsPort: false } offer)
        {
            return;
        }

        if (context.HasLeft(offset + dcc.PortPlace.Start.Value) || !context.HasRoomForSplices(1) || line.Length + TextNumber.MostDigits > LongestLine)
        {
            context.Reasons.Count(Reason.OfferLate);
            return;
        }

        Splice(context, line, offset, dcc.PortPlace, isOwn ? offer.Mapping.Public.Port : offer.Mapping.Lan.Port);
        context.Reasons.Count(isOwn ? Reason.OfferRewritten : Reason.OfferTranslatedBack);
    }

    private static int Splice(SessionContext context, ReadOnlySpan<byte> line, long offset, Range place, uint value)
    {
        Span<byte> digits = stackalloc byte[TextNumber.MostDigits];
        ReadOnlySpan<byte> text = TextNumber.Write(value, digits);
        if (line[place].SequenceEqual(text))
        {
            return 0;
        }

        context.Splice(offset + place.Start.Value, Length(place), text);
        return 1;
    }

    private static int Length(Range place) => place.End.Value - place.Start.Value;
}
