namespace ReAim.Alg.Irc;

/// <summary>
/// How a connection begins: NICK and USER from the client, a welcome from the server that names the client, and between these
/// nothing that no IRC program says (PROTOCOL-IRC 3).
/// </summary>
internal struct IrcRegistration
{
    private Nicknames _nicknames;
    private bool _hasUser;

    /// <summary>True once the server has welcomed the client.</summary>
    public bool IsWelcomed { get; private set; }

    /// <summary>Takes a client's line.</summary>
    /// <param name="line">The line with its end; empty if it was longer than any of a registration.</param>
    /// <returns>What speaks against its being a client's; none if nothing does.</returns>
    public Doubt TakeClient(ReadOnlySpan<byte> line)
    {
        if (IsBlank(line))
        {
            return line.IsEmpty ? Doubt.LineTooLong : Doubt.None;
        }

        if (!IrcMessage.TryRead(line, out IrcMessage message) || !IrcCommands.MayClientSay(message.Command))
        {
            return Doubt.ClientWord;
        }

        // No program offers anything before it is welcomed; what is said without listening to a server does, such as a URL's bytes.
        if (DccMessage.TryFind(line, out _))
        {
            return Doubt.EarlyOffer;
        }

        if (message.Is("NICK"u8))
        {
            _nicknames.Add(message.FirstParameter);
        }

        _hasUser |= message.Is("USER"u8) && !message.FirstParameter.IsEmpty;
        return Doubt.None;
    }

    /// <summary>Takes a server's line.</summary>
    /// <param name="line">The line with its end; empty if it was longer than any of a registration.</param>
    /// <returns>What speaks against its being a server's; none if nothing does.</returns>
    public Doubt TakeServer(ReadOnlySpan<byte> line)
    {
        if (IsBlank(line))
        {
            return line.IsEmpty ? Doubt.LineTooLong : Doubt.None;
        }

        if (!IrcMessage.TryRead(line, out IrcMessage message))
        {
            return Doubt.ServerWord;
        }

        if (message.Is("001"u8))
        {
            return TakeWelcome(message.FirstParameter);
        }

        if (!IrcCommands.MayServerSay(message.Command, !message.Prefix.IsEmpty) && !IsAnswer(message))
        {
            return Doubt.ServerWord;
        }

        if (message.Is("NICK"u8) && _nicknames.Contains(NameIn(message.Prefix)))
        {
            _nicknames.Add(message.FirstParameter);
        }

        return Doubt.None;
    }

    /// <summary>Numerics without the server's name before them are of other protocols too, but not with the client's name behind.</summary>
    private readonly bool IsAnswer(IrcMessage message)
    {
        ReadOnlySpan<byte> target = message.FirstParameter;
        return IrcCommands.IsNumeric(message.Command) && (target.SequenceEqual("*"u8) || _nicknames.Contains(target));
    }

    private Doubt TakeWelcome(ReadOnlySpan<byte> name)
    {
        if (_nicknames.IsEmpty || !_hasUser)
        {
            return Doubt.NotRegistered;
        }

        IsWelcomed = _nicknames.Contains(name);

        // A star is nobody's name yet: the welcome that counts is still to come.
        return IsWelcomed || name.SequenceEqual("*"u8) ? Doubt.None : Doubt.OtherName;
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \r\n"u8) < 0;

    private static ReadOnlySpan<byte> NameIn(ReadOnlySpan<byte> prefix)
    {
        int end = prefix.IndexOfAny("!@"u8);
        return end < 0 ? prefix : prefix[..end];
    }
}
