using ReAim.Alg.Streams;
using ReAim.Alg.Text;

namespace ReAim.Alg.Irc;

/// <summary>
/// Finds in a DCC message where its sender listens, from its right-hand end: the address and the port are the last words, with at
/// most a size and a token behind them (PROTOCOL-IRC 2).
/// </summary>
internal static class DccReading
{
    /// <summary>Words that may follow the port.</summary>
    private const int MostBehind = 2;

    /// <summary>Words of the right-hand end: address, port, size, token.</summary>
    private const int MostWords = MostBehind + 2;

    /// <summary>How much speaks for a reading.</summary>
    private enum Worth
    {
        None,

        /// <summary>The port is too large to be one.</summary>
        NoPort,

        /// <summary>No address, but a port: its sender leaves it to the server to say who he is.</summary>
        NoAddress,

        /// <summary>Somebody else's address, or one of IPv6.</summary>
        Foreign,

        /// <summary>An address of 127/8, which also is a size of two gigabytes.</summary>
        Loopback,

        /// <summary>The sender's own address, or the gateway's: no port, size or number in a name looks so by chance.</summary>
        Own,

        /// <summary>The name is one word, or quoted: there is no other reading.</summary>
        Plain,
    }

    /// <summary>Finds the address and the port of an offer.</summary>
    /// <param name="context">The flow: its own addresses tell an address from a number in a name.</param>
    /// <param name="message">The message.</param>
    /// <param name="end">What it says.</param>
    /// <returns>None, or why it cannot be told.</returns>
    public static Reason Find(SessionContext context, DccMessage message, out DccEnd end)
    {
        end = default;
        if (!message.IsAlone)
        {
            return Reason.Malformed;
        }

        Span<Range> room = stackalloc Range[MostWords];
        ReadOnlySpan<Range> words = LastWords(message, room);
        Worth best = Worth.None;
        bool isAmbiguous = false;
        for (int behind = MostBehind; behind >= 0; behind--)
        {
            if (!DccEnd.TryRead(message, words, behind, out DccEnd other))
            {
                continue;
            }

            Worth worth = WorthOf(context, other);
            if (worth > best)
            {
                (best, end, isAmbiguous) = (worth, other, false);
            }
            else if (worth == best)
            {
                isAmbiguous = worth != Worth.Foreign;
            }
        }

        return best == Worth.None ? Reason.Malformed
            : isAmbiguous ? Reason.PortAmbiguous
            : Reason.None;
    }

    /// <summary>Finds the port that a message about a file's transfer repeats.</summary>
    /// <param name="context">The flow, one of whose offers has that port.</param>
    /// <param name="message">The message.</param>
    /// <param name="isOwn">True if the port is the one that the flow's client knows, false if it is the one its peers know.</param>
    /// <param name="place">Where it stands in the line.</param>
    /// <param name="port">The port.</param>
    /// <returns>None, or why it cannot be told.</returns>
    public static Reason FindPort(SessionContext context, DccMessage message, bool isOwn, out Range place, out uint port)
    {
        (place, port) = (default, 0);
        if (!message.IsAlone)
        {
            return Reason.Malformed;
        }

        Span<Range> room = stackalloc Range[MostWords];
        ReadOnlySpan<Range> words = LastWords(message, room);
        Reason found = Reason.Malformed;
        for (int behind = MostBehind; behind > 0; behind--)
        {
            // A position follows in any case, and perhaps a token.
            if (words.Length <= behind
                || !TryReadPort(message, words[behind], out uint number, out bool isPlain))
            {
                continue;
            }

            bool isKnown = context.Offers.FindByPort(context.Flow.Key, number, isOwn) is not null;
            if (found == Reason.None && isKnown && number != port)
            {
                return Reason.PortAmbiguous;
            }

            if (found != Reason.None)
            {
                (found, place, port) = isKnown ? (Reason.None, words[behind], number) : (Reason.NoSuchOffer, place, port);
            }

            if (isPlain)
            {
                return found;
            }
        }

        return found;
    }

    private static bool TryReadPort(DccMessage message, Range word, out uint port, out bool isPlain)
    {
        isPlain = false;
        return TextNumber.TryRead(message.Line[word], out port)
            && DccEnd.TryReadName(message.Line[message.Arguments.Start..word.Start], out isPlain);
    }

    /// <summary>Where the last words of a message stand, the last one first.</summary>
    private static ReadOnlySpan<Range> LastWords(DccMessage message, Span<Range> words)
    {
        const byte Blank = (byte)' ';
        int start = message.Arguments.Start.Value;
        int count = 0;
        for (int end = message.Arguments.End.Value; count < words.Length; count++)
        {
            end = start + message.Line[start..end].TrimEnd(Blank).Length;
            if (end == start)
            {
                break;
            }

            int begin = start + message.Line[start..end].LastIndexOf(Blank) + 1;
            words[count] = begin..end;
            end = begin;
        }

        return words[..count];
    }

    private static Worth WorthOf(SessionContext context, DccEnd end) =>
        end.Port > ushort.MaxValue ? Worth.NoPort
        : end.HasPlainName ? Worth.Plain
        : end.IsIpv6 ? Worth.Foreign
        : end.Address.IsZero ? Worth.NoAddress
        : end.Address.IsLoopback ? Worth.Loopback
        : OwnOffer.CheckAddress(context, end.Address, out _) == Reason.None ? Worth.Own
        : Worth.Foreign;
}
