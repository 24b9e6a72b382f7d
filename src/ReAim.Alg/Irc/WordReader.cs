namespace ReAim.Alg.Irc;

/// <summary>Takes words off a line of IRC, one after the other.</summary>
/// <param name="line">The line, without its end.</param>
internal ref struct WordReader(ReadOnlySpan<byte> line)
{
    private const byte Space = (byte)' ';
    private const byte Quote = (byte)'"';
    private const byte Delimiter = 0x01;

    private readonly ReadOnlySpan<byte> _line = line;

    /// <summary>Where the next word begins.</summary>
    public int Position { get; private set; }

    /// <summary>True if the line ends with the delimiter of a message to a client, and has no other behind the position.</summary>
    public readonly bool IsClosed => _line[Position..].IndexOf(Delimiter) == _line.Length - Position - 1;

    /// <summary>Takes a command, in capitals or not, which may stand behind the sender's name.</summary>
    public bool TryReadCommand(ReadOnlySpan<byte> command)
    {
        if (_line.Length > 0 && _line[0] == (byte)':')
        {
            int space = _line.IndexOf(Space);
            if (space < 0)
            {
                return false;
            }

            Position = space + 1;
        }

        ReadOnlySpan<byte> rest = _line[Position..];
        if (rest.Length <= command.Length || rest[command.Length] != Space || !System.Text.Ascii.EqualsIgnoreCase(rest[..command.Length], command))
        {
            return false;
        }

        Position += command.Length + 1;
        return true;
    }

    /// <summary>Takes the name to which a message goes, and the colon before its text.</summary>
    public bool TryReadTarget(out Range target)
    {
        ReadOnlySpan<byte> rest = _line[Position..];
        int space = rest.IndexOf(Space);
        target = Position..(Position + Math.Max(space, 0));
        if (space <= 0 || rest.Length < space + 2 || rest[space + 1] != (byte)':')
        {
            return false;
        }

        Position += space + 2;
        return true;
    }

    /// <summary>Takes exactly these bytes.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes)
    {
        if (!_line[Position..].StartsWith(bytes))
        {
            return false;
        }

        Position += bytes.Length;
        return true;
    }

    /// <summary>Takes a file's name, with blanks if it is quoted, and the blank behind it.</summary>
    public bool TryReadArgument()
    {
        ReadOnlySpan<byte> rest = _line[Position..];
        int end = rest.IndexOf(Space);
        if (rest.Length > 0 && rest[0] == Quote)
        {
            int quote = rest[1..].IndexOf(Quote) + 2;
            end = quote > 1 && quote < rest.Length && rest[quote] == Space ? quote : -1;
        }

        if (end <= 0)
        {
            return false;
        }

        Position += end + 1;
        return true;
    }

    /// <summary>Takes a word that a blank or the delimiter ends.</summary>
    public bool TryRead(out Range word)
    {
        word = default;
        int length = _line[Position..].IndexOfAny(Space, Delimiter);
        if (length <= 0)
        {
            return false;
        }

        word = Position..(Position + length);
        Position += length + 1;
        return true;
    }
}
