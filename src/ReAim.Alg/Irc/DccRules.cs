using ReAim.Alg.Streams;
using ReAim.Alg.Text;
using ReAim.Alg.Translation;

namespace ReAim.Alg.Irc;

/// <summary>What becomes of a DCC message (PROTOCOL-IRC 4).</summary>
internal static class DccRules
{
    /// <summary>The longest line that servers pass on (RFC 2812 2.3).</summary>
    private const int LongestLine = 512;

    private const int MinPort = 1024;

    /// <summary>Digits of the longest port.</summary>
    private const int LongestPort = 5;

    /// <summary>Takes a whole line.</summary>
    /// <param name="context">The flow and its direction.</param>
    /// <param name="dcc">The message in it.</param>
    /// <param name="offset">The stream offset of its first byte.</param>
    public static void Take(SessionContext context, DccMessage dcc, long offset)
    {
        bool outbound = context.Side.Direction == Direction.Outbound;
        switch (dcc.Kind)
        {
            case DccKind.Send or DccKind.Chat or DccKind.Receive:
                context.Judge(outbound ? TakeOwn(context, dcc, offset) : Reason.OfferFromOutside);
                break;
            case DccKind.Accept when outbound:
                RepeatPort(context, dcc, offset, isOwn: true);
                break;
            case DccKind.Resume when !outbound:
                RepeatPort(context, dcc, offset, isOwn: false);
                break;
            case DccKind.Accept or DccKind.Resume:
                // About a file of the other side's, whose port nobody here has changed.
                context.Reasons.Count(Reason.NoSuchOffer);
                break;
            default:
                context.Judge(Reason.OtherCapability);
                break;
        }
    }

    private static Reason TakeOwn(SessionContext context, DccMessage dcc, long offset)
    {
        Reason refusal = DccReading.Find(context, dcc, out DccEnd end);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        refusal = Check(context, end, out bool namesSource);
        if (refusal != Reason.None)
        {
            return refusal;
        }

        if (!context.HasRoomForSplices(2) || !context.HasRoomForEdits(TextChange.MostEdits(2, TextNumber.MostDigits)))
        {
            return Reason.EditLimit;
        }

        long first = offset + end.AddressPlace.Start.Value;
        int length = LengthOf(dcc) + (namesSource ? TextNumber.Length(context.Flow.PublicAddress.Value) - Length(end.AddressPlace) : 0);
        bool isLong = length > LongestLine;
        bool hasRoomForPort = length - Length(end.PortPlace) + LongestPort <= LongestLine;
        bool late = context.HasLeft(first);
        var request = new OfferRequest
        {
            Flow = context.Flow,
            Port = (ushort)end.Port,
            SamePortOnly = late || !hasRoomForPort || !namesSource,
            TellsInside = (late || isLong) && namesSource,
            Cookie = end.Port,
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
        if (!late && !isLong && namesSource
            && !TryWrite(context, dcc.Line, offset, [end.AddressPlace, end.PortPlace], [offer.Mapping.Public.Address.Value, offer.Mapping.Public.Port], out edits))
        {
            context.Refuse(offer, Reason.NotGuarded);
            return Reason.None;
        }

        OwnOffer.Await(context, offer, first, offset + dcc.Line.Length, edits);
        return isLong ? Reason.MessageTooLong : Reason.None;
    }

    /// <summary>Why an offer that says so cannot be helped. That it waits for a connect elsewhere is asked before what it says of here.</summary>
    private static Reason Check(SessionContext context, DccEnd end, out bool namesSource)
    {
        namesSource = end is { Address.IsZero: true, IsIpv6: false };
        Reason address = end.IsIpv6 ? Reason.OtherAddressFamily
            : namesSource ? Reason.None
            : OwnOffer.CheckAddressWithoutLoopback(context, end.Address, out namesSource);
        return end.Port == 0 ? Reason.NotListening
            : address != Reason.None ? address
            : end.Port < MinPort ? Reason.PortPrivileged
            : end.Port > ushort.MaxValue ? Reason.Malformed
            : OwnOffer.Check(context);
    }

    /// <summary>A file is resumed: both ends name the sender's port, each as it knows it.</summary>
    private static void RepeatPort(SessionContext context, DccMessage dcc, long offset, bool isOwn)
    {
        Reason refusal = DccReading.FindPort(context, dcc, isOwn, out Range place, out uint port);
        if (refusal != Reason.None)
        {
            context.Reasons.Count(refusal);
            return;
        }

        if (context.Offers.FindByPort(context.Flow.Key, port, isOwn) is not { Mapping.KeepsPort: false } offer)
        {
            return;
        }

        uint other = isOwn ? offer.Mapping.Public.Port : offer.Mapping.Lan.Port;
        refusal = context.HasLeft(offset + place.Start.Value) ? Reason.OfferLate
            : LengthOf(dcc) - Length(place) + TextNumber.Length(other) > LongestLine ? Reason.MessageTooLong
            : !context.HasRoomForSplices(1) || !context.HasRoomForEdits(1) ? Reason.EditLimit
            : Reason.None;
        if (refusal == Reason.None)
        {
            refusal = !TryWrite(context, dcc.Line, offset, [place], [other], out _) ? Reason.NotGuarded
                : isOwn ? Reason.OfferRewritten
                : Reason.OfferTranslatedBack;
        }

        context.Reasons.Count(refusal);
    }

    /// <summary>Writes numbers into places, in the order in which these stand.</summary>
    /// <returns>False if that would change the connection's lengths, and nobody guards it: then nothing is written.</returns>
    private static bool TryWrite(
        SessionContext context, ReadOnlySpan<byte> line, long offset, ReadOnlySpan<Range> places, ReadOnlySpan<uint> values, out int count)
    {
        Span<TextChange> changes = stackalloc TextChange[places.Length];
        Span<byte> text = stackalloc byte[places.Length * TextNumber.MostDigits];
        count = 0;
        for (int i = 0; i < places.Length; i++)
        {
            int start = i * TextNumber.MostDigits;
            ReadOnlySpan<byte> number = TextNumber.Write(values[i], text[start..]);
            if (!line[places[i]].SequenceEqual(number))
            {
                changes[count++] = new TextChange(places[i].Start.Value, Length(places[i]), start, number.Length);
            }
        }

        if (TextChange.AnySplices(changes[..count]) && !context.TryGuard())
        {
            return false;
        }

        TextChange.Apply(context, line, offset, changes[..count], text);
        return true;
    }

    /// <summary>What servers count of a line: its tags they do not.</summary>
    private static int LengthOf(DccMessage dcc) => dcc.Line.Length - dcc.Body;

    private static int Length(Range place) => place.End.Value - place.Start.Value;
}
