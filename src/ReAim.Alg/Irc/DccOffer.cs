using ReAim.Alg.Text;

namespace ReAim.Alg.Irc;

/// <summary>The kinds of DCC messages that name a port (PROTOCOL-IRC 2).</summary>
internal enum DccKind : ushort
{
    /// <summary>Anything else.</summary>
    Other,

    /// <summary>The sender listens, and has a file.</summary>
    Send = 0xDCC1,

    /// <summary>The sender listens, and wants to talk.</summary>
    Chat = 0xDCC2,

    /// <summary>The receiver of a file has some of it; it names the sender's port.</summary>
    Resume = 0xDCC3,

    /// <summary>The sender of a file agrees; it names its own port.</summary>
    Accept = 0xDCC4,
}

/// <summary>A DCC message in a line, and where in it the address and the port stand (PROTOCOL-IRC 2).</summary>
/// <remarks>
///  PRIVMSG bob :\x01DCC SEND "a file.txt" 3232237322 5000 12345\x01
///                        kind  argument   address    port
/// </remarks>
internal readonly ref struct DccOffer
{
    private DccOffer(DccKind kind, ReadOnlySpan<byte> target, Range address, Range port, uint number, uint portNumber)
    {
        Target = target;
        (Kind, AddressPlace, PortPlace, Address, Port) = (kind, address, port, number, portNumber);
    }

    /// <summary>What it is.</summary>
    public DccKind Kind { get; }

    /// <summary>To whom the line goes.</summary>
    public ReadOnlySpan<byte> Target { get; }

    /// <summary>Where the address stands in the line; empty for kinds without.</summary>
    public Range AddressPlace { get; }

    /// <summary>Where the port stands in the line.</summary>
    public Range PortPlace { get; }

    /// <summary>The address as a number.</summary>
    public uint Address { get; }

    /// <summary>The port, as large as it is written.</summary>
    public uint Port { get; }

    private static ReadOnlySpan<byte> Tag => "\u0001DCC "u8;

    /// <summary>Finds a DCC message in a whole line.</summary>
    /// <param name="line">The line with its end.</param>
    /// <param name="offer">The message.</param>
    /// <returns>False if there is none, or if it is not as it must be.</returns>
    public static bool TryParse(ReadOnlySpan<byte> line, out DccOffer offer)
    {
        offer = default;
        var words = new WordReader(line.TrimEnd("\r\n"u8));
        if (!TryFindTag(ref words, out Range target) || !words.IsClosed)
        {
            return false;
        }

        DccKind kind = ReadKind(ref words);
        bool hasAddress = kind is DccKind.Send or DccKind.Chat;
        Range address = default;
        uint number = 0;
        if (kind == DccKind.Other
            || !words.TryReadArgument()
            || (hasAddress && (!words.TryRead(out address) || !TextNumber.TryRead(line[address], out number)))
            || !words.TryRead(out Range port)
            || !TextNumber.TryRead(line[port], out uint portNumber))
        {
            return false;
        }

        offer = new DccOffer(kind, line[target], address, port, number, portNumber);
        return true;
    }

    /// <summary>Where in a line that is not whole yet the first byte stands that may change; -1 if none is there.</summary>
    public static int FirstEditable(ReadOnlySpan<byte> line)
    {
        var words = new WordReader(line);
        if (!TryFindTag(ref words, out _) || ReadKind(ref words) == DccKind.Other || !words.TryReadArgument())
        {
            return -1;
        }

        return words.Position < line.Length ? words.Position : -1;
    }

    private static bool TryFindTag(ref WordReader words, out Range target)
    {
        target = default;
        return words.TryReadCommand("PRIVMSG"u8)
            && words.TryReadTarget(out target)
            && words.TryRead(Tag);
    }

    private static DccKind ReadKind(ref WordReader words) =>
        words.TryRead("SEND "u8) ? DccKind.Send
        : words.TryRead("CHAT "u8) ? DccKind.Chat
        : words.TryRead("RESUME "u8) ? DccKind.Resume
        : words.TryRead("ACCEPT "u8) ? DccKind.Accept
        : DccKind.Other;
}
