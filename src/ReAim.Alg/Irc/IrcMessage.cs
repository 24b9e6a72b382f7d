namespace ReAim.Alg.Irc;

/// <summary>A line of IRC: tags, the sender's name, the command, its parameters (PROTOCOL-IRC 1).</summary>
/// <remarks>
///  @time=2026-11-30T16:00:00Z :irc.example.net PRIVMSG alice :hello
///   tags                       prefix          command parameters, the last behind a colon
/// Words stand between one blank or more, which may lead the line too. Of a line that is not whole yet the same is read, as far as it goes.
/// </remarks>
internal readonly ref struct IrcMessage
{
    private const byte Blank = (byte)' ';
    private const byte Colon = (byte)':';

    private readonly ReadOnlySpan<byte> _line;
    private readonly Range _prefix;
    private readonly Range _command;
    private readonly int _parameters;

    private IrcMessage(ReadOnlySpan<byte> line, int body, Range prefix, Range command, int parameters)
    {
        _line = line;
        (Body, _prefix, _command, _parameters) = (body, prefix, command, parameters);
    }

    /// <summary>Where the tags end, which do not count in a line's length.</summary>
    public int Body { get; }

    /// <summary>The sender, without colon; empty if none is named.</summary>
    public ReadOnlySpan<byte> Prefix => _line[_prefix];

    /// <summary>The command, as it is written.</summary>
    public ReadOnlySpan<byte> Command => _line[_command];

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line; its end may be missing.</param>
    /// <param name="message">The message.</param>
    /// <returns>False if it has no command.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, out IrcMessage message)
    {
        line = line.TrimEnd("\r\n"u8);
        int first = SkipBlanks(line, 0);
        int body = first < line.Length && line[first] == (byte)'@' ? NextWord(line, first) : first;
        Range prefix = default;
        int command = body;
        if (body < line.Length && line[body] == Colon)
        {
            prefix = (body + 1)..EndOfWord(line, body);
            command = NextWord(line, body);
        }

        int end = EndOfWord(line, command);
        message = new IrcMessage(line, body, prefix, command..end, NextWord(line, command));
        return end > command;
    }

    /// <summary>True if the command is that one, in capitals or not.</summary>
    public bool Is(ReadOnlySpan<byte> name) => System.Text.Ascii.EqualsIgnoreCase(Command, name);

    /// <summary>The first parameter, without blanks behind it; empty if there is none.</summary>
    public ReadOnlySpan<byte> FirstParameter => _line[FindParameter(_parameters, out _)].TrimEnd(Blank);

    /// <summary>Finds the text of a message to somebody: the last parameter, behind a colon.</summary>
    /// <param name="before">How many parameters stand before it; 0 if the command has no such text.</param>
    /// <param name="target">The first of these: to whom it goes.</param>
    /// <param name="text">Where the text stands in the line.</param>
    /// <returns>False if there is none.</returns>
    public bool TryFindText(int before, out ReadOnlySpan<byte> target, out Range text)
    {
        Range first = FindParameter(_parameters, out int next);
        for (int i = 1; i < before; i++)
        {
            FindParameter(next, out next);
        }

        target = _line[first];
        bool isFound = before > 0 && next < _line.Length && _line[next] == Colon && !target.IsEmpty;
        text = isFound ? (next + 1).._line.Length : default;
        return isFound;
    }

    /// <summary>Where a word ends that begins at a place.</summary>
    private static int EndOfWord(ReadOnlySpan<byte> line, int start)
    {
        int length = line[start..].IndexOf(Blank);
        return length < 0 ? line.Length : start + length;
    }

    /// <summary>Where the word behind the one at a place begins.</summary>
    private static int NextWord(ReadOnlySpan<byte> line, int start) => SkipBlanks(line, EndOfWord(line, start));

    private static int SkipBlanks(ReadOnlySpan<byte> line, int start)
    {
        int blanks = line[start..].IndexOfAnyExcept(Blank);
        return blanks < 0 ? line.Length : start + blanks;
    }

    private Range FindParameter(int start, out int next)
    {
        if (start < _line.Length && _line[start] == Colon)
        {
            next = _line.Length;
            return (start + 1).._line.Length;
        }

        next = NextWord(_line, start);
        return start..EndOfWord(_line, start);
    }
}
