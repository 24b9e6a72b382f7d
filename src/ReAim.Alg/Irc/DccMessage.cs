using System.Text;

namespace ReAim.Alg.Irc;

/// <summary>A DCC message in a line (PROTOCOL-IRC 2).</summary>
/// <remarks>
///  PRIVMSG bob :\x01DCC SEND "a file.txt" 3232237322 5000 12345\x01
///          target      kind  arguments: a name, and at the right-hand end what is meant for programs
/// </remarks>
internal readonly ref struct DccMessage
{
    private const byte Delimiter = 0x01;
    private const byte Blank = (byte)' ';

    private DccMessage(ReadOnlySpan<byte> line, int body, ReadOnlySpan<byte> target, DccKind kind, Range arguments)
    {
        Line = line;
        Target = target;
        (Body, Kind, Arguments) = (body, kind, arguments);
    }

    /// <summary>The line that it is in.</summary>
    public ReadOnlySpan<byte> Line { get; }

    /// <summary>Where in the line the tags end, which do not count in its length.</summary>
    public int Body { get; }

    /// <summary>To whom the line goes.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>What it is.</summary>
    public DccKind Kind { get; }

    /// <summary>Where in the line its arguments stand.</summary>
    public Range Arguments { get; }

    /// <summary>True if nothing follows it in the line, and nothing is in it that ends it before.</summary>
    public bool IsAlone => !Line[Arguments].Contains(Delimiter);

    /// <summary>Finds a DCC message in a whole line.</summary>
    /// <param name="line">The line; its end may be missing.</param>
    /// <param name="message">The message.</param>
    /// <returns>False if there is none.</returns>
    public static bool TryFind(ReadOnlySpan<byte> line, out DccMessage message)
    {
        message = default;
        if (!line.Contains(Delimiter)
            || !IrcMessage.TryRead(line, out IrcMessage irc)
            || !irc.TryFindText(ParametersBeforeText(irc), out ReadOnlySpan<byte> target, out Range place))
        {
            return false;
        }

        ReadOnlySpan<byte> text = line[place];
        if (text is not [Delimiter, ..] || !IsWord(text[1..], "DCC"u8))
        {
            return false;
        }

        // The last delimiter may be missing: receivers do not ask for it. Some put it twice, or a blank behind it.
        int start = place.Start.Value;
        int end = start + 1 + text[1..].TrimEnd("\u0001 "u8).Length;
        int kind = SkipBlanks(line[..end], start + 1 + "DCC".Length);
        int length = line[kind..end].IndexOfAny(Blank, Delimiter);
        int kindEnd = length < 0 ? end : kind + length;
        message = new DccMessage(line, irc.Body, target, DccKinds.Of(line[kind..kindEnd]), SkipBlanks(line[..end], kindEnd)..end);
        return true;
    }

    /// <summary>True if a line that has no DCC message has what looks like one: behind other words, or in another command.</summary>
    /// <param name="line">The line.</param>
    public static bool IsMeant(ReadOnlySpan<byte> line)
    {
        for (int at = line.IndexOf(Delimiter); at >= 0; at = line.IndexOf(Delimiter))
        {
            line = line[(at + 1)..];
            ReadOnlySpan<byte> word = line.TrimStart(Blank);
            if (word.Length > "DCC"u8.Length && Ascii.EqualsIgnoreCase(word[.."DCC"u8.Length], "DCC"u8) && !char.IsAsciiLetterOrDigit((char)word["DCC"u8.Length]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where in a line that is not whole yet the first byte stands that may change; -1 if none is there.</summary>
    /// <param name="line">What there is of it.</param>
    /// <param name="direction">Which way it goes.</param>
    public static int FirstEditable(ReadOnlySpan<byte> line, Direction direction)
    {
        if (!TryFind(line, out DccMessage message)
            || !(direction == Direction.Outbound ? message.Kind.IsOffer() || message.Kind == DccKind.Accept : message.Kind == DccKind.Resume))
        {
            return -1;
        }

        // Nothing that is edited is the first word of the arguments. Which of the others is, the end of the line tells.
        int start = message.Arguments.Start.Value;
        int blank = line[start..].IndexOf(Blank);
        int first = blank < 0 ? line.Length : SkipBlanks(line, start + blank);
        return first < line.Length ? first : -1;
    }

    /// <summary>How many parameters stand before the text of a message to somebody: the last two name a channel too. 0 for other commands.</summary>
    private static int ParametersBeforeText(IrcMessage message) =>
        message.Is("PRIVMSG"u8) || message.Is("NOTICE"u8) ? 1
        : message.Is("CPRIVMSG"u8) || message.Is("CNOTICE"u8) ? 2
        : 0;

    private static bool IsWord(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) =>
        text.Length >= word.Length && Ascii.EqualsIgnoreCase(text[..word.Length], word)
        && (text.Length == word.Length || text[word.Length] is Blank or Delimiter);

    private static int SkipBlanks(ReadOnlySpan<byte> line, int start)
    {
        int blanks = line[start..].IndexOfAnyExcept(Blank);
        return blanks < 0 ? line.Length : start + blanks;
    }
}
