namespace ReAim.Alg.Irc;

/// <summary>The words of IRC: what programs say before a client is welcomed (PROTOCOL-IRC 3).</summary>
internal static class IrcCommands
{
    private const byte Blank = (byte)' ';
    private const int NumericLength = 3;

    /// <summary>
    /// What clients, bouncers' clients and users' own lines say: RFC 2812 without what operators and servers say, IRCv3, what
    /// servers have added. None of these is a request of HTTP or of a mail protocol's opening.
    /// </summary>
    private static ReadOnlySpan<byte> OfClients =>
        """
        NICK USER PASS CAP PONG PING QUIT AUTHENTICATE WEBIRC PROXY PROTOCTL STARTTLS
        JOIN PART MODE TOPIC NAMES LIST INVITE KICK KNOCK PRIVMSG NOTICE TAGMSG CPRIVMSG CNOTICE SQUERY WALLOPS AWAY
        WHO WHOIS WHOWAS USERHOST USERIP ISON WATCH MONITOR ACCEPT SILENCE DCCALLOW OPER SERVICE SERVLIST
        VERSION MOTD LUSERS TIME STATS LINKS MAP ADMIN INFO RULES HELP HELPOP USERS SUMMON
        SETNAME BATCH METADATA CHATHISTORY MARKREAD REDACT RENAME REGISTER VERIFY BOUNCER ISUPPORT
        NICKSERV NS CHANSERV CS MEMOSERV MS HOSTSERV HS BOTSERV BS OPERSERV OS IDENTIFY SIDENTIFY AUTH AUTHSERV
        GROUPSERV GS HELPSERV INFOSERV STATSERV ALIS LOGIN CONN JUMP
        IRCX ISIRCX LANGUAGE CODEPAGE CODING CHARSET CHARCONV ENCODING VHOST SETHOST ZNC
        """u8;

    /// <summary>What a server says without its name before it, beside numerics.</summary>
    private static ReadOnlySpan<byte> OfServers => "NOTICE PING PONG CAP AUTHENTICATE AUTH ERROR FAIL WARN NOTE BATCH"u8;

    /// <summary>What a server or a bouncer says with a name before it, beside numerics.</summary>
    private static ReadOnlySpan<byte> OfNamedServers =>
        """
        NOTICE PING PONG CAP AUTHENTICATE ERROR FAIL WARN NOTE BATCH NICK SETNAME MODE PRIVMSG TAGMSG WALLOPS GLOBOPS
        JOIN PART QUIT KICK KILL TOPIC INVITE AWAY ACCOUNT CHGHOST METADATA MARKREAD REDACT RENAME REGISTER VERIFY BOUNCER
        ACK SILENCE WATCH MONITOR ISUPPORT PROTOCTL
        """u8;

    /// <summary>True if a client may say it before it is welcomed.</summary>
    public static bool MayClientSay(ReadOnlySpan<byte> command) => Contains(OfClients, command);

    /// <summary>True if a server may say it before its welcome.</summary>
    public static bool MayServerSay(ReadOnlySpan<byte> command, bool isNamed) =>
        isNamed ? IsNumeric(command) || Contains(OfNamedServers, command) : Contains(OfServers, command);

    /// <summary>True for three digits: a server's answer, in IRC and elsewhere.</summary>
    public static bool IsNumeric(ReadOnlySpan<byte> command) =>
        command.Length == NumericLength && command.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>True if a connection's first bytes may begin a line.</summary>
    /// <param name="first">One byte at least; perhaps not all of the line.</param>
    public static bool MayBeginWith(ReadOnlySpan<byte> first)
    {
        if (first[0] is (byte)':' or (byte)'@' or (byte)'\r' or (byte)'\n' or Blank)
        {
            return true;
        }

        int end = first.IndexOfAny(" \r\n"u8);
        return end < 0
            ? IsBegunIn(OfClients, first) || IsBegunIn(OfServers, first)
            : Contains(OfClients, first[..end]) || Contains(OfServers, first[..end]);
    }

    private static bool Contains(ReadOnlySpan<byte> words, ReadOnlySpan<byte> command)
    {
        foreach (Range word in words.SplitAny(" \n"u8))
        {
            if (System.Text.Ascii.EqualsIgnoreCase(words[word], command))
            {
                return !command.IsEmpty;
            }
        }

        return false;
    }

    private static bool IsBegunIn(ReadOnlySpan<byte> words, ReadOnlySpan<byte> begun)
    {
        foreach (Range word in words.SplitAny(" \n"u8))
        {
            ReadOnlySpan<byte> whole = words[word];
            if (whole.Length >= begun.Length && System.Text.Ascii.EqualsIgnoreCase(whole[..begun.Length], begun))
            {
                return true;
            }
        }

        return false;
    }
}
