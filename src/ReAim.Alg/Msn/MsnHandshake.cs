using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>How a connection begins: a client's first command, and the server's answer to it (PROTOCOL-MSN 1).</summary>
internal struct MsnHandshake
{
    private const byte EndPointMark = (byte)';';

    private uint _transaction;
    private Opening _opening;
    private byte[]? _account;

    private enum Opening : byte
    {
        None,
        Version,
        Caller,
        Called,
        Other,
    }

    /// <summary>True once both sides said what they must.</summary>
    public bool IsDone { get; private set; }

    /// <summary>True if the server is a notification server.</summary>
    public readonly bool IsNotification => _opening == Opening.Version;

    /// <summary>The connection is met in mid-stream: what it is its commands have told.</summary>
    public void Resume(bool isNotification) => (IsDone, _opening) = (true, isNotification ? Opening.Version : Opening.Caller);

    /// <summary>Takes a client's line. Only its first counts.</summary>
    /// <returns>What speaks against its being a client's; none if nothing does.</returns>
    public Doubt TakeClient(ReadOnlySpan<byte> line)
    {
        if (_opening != Opening.None)
        {
            return Doubt.None;
        }

        ReadOnlySpan<byte> account = Words.Get(line, 2);
        bool namesAccount = account.Contains((byte)'@') && !Words.Get(line, 3).IsEmpty;
        _opening = !TextNumber.TryRead(Words.Get(line, 1), out _transaction) ? Opening.Other
            : MsnCommand.Is(line, "VER"u8) && account.StartsWith("MSNP"u8) ? Opening.Version
            : MsnCommand.Is(line, "USR"u8) && namesAccount ? Opening.Caller
            : MsnCommand.Is(line, "ANS"u8) && namesAccount ? Opening.Called
            : Opening.Other;
        if (_opening is Opening.Caller or Opening.Called)
        {
            _account = WithoutEndPoint(account).ToArray();
        }

        return _opening == Opening.Other ? Doubt.ClientWord : Doubt.None;
    }

    /// <summary>Takes a server's line, before it has answered the client's.</summary>
    /// <returns>What speaks against its being a server's; none if nothing does.</returns>
    public Doubt TakeServer(ReadOnlySpan<byte> line)
    {
        bool answers = TextNumber.TryRead(Words.Get(line, 1), out uint transaction) && transaction == _transaction;
        bool isOk = Words.Get(line, 2).SequenceEqual("OK"u8);
        IsDone = answers && _opening switch
        {
            Opening.Version => (MsnCommand.Is(line, "VER"u8) && Words.Get(line, 2).StartsWith("MSNP"u8))
                || (MsnCommand.Is(line, "XFR"u8) && Words.Get(line, 2).SequenceEqual("NS"u8)),
            Opening.Caller => MsnCommand.Is(line, "USR"u8) && isOk,
            Opening.Called => MsnCommand.Is(line, "IRO"u8) || (MsnCommand.Is(line, "ANS"u8) && isOk),
            _ => false,
        };
        return IsDone || MayComeBefore(line) ? Doubt.None : Doubt.ServerWord;
    }

    /// <summary>True if an account, with its end point or without, is that of the switchboard's own client.</summary>
    public readonly bool IsOwnAccount(ReadOnlySpan<byte> account) =>
        _account is not null && System.Text.Ascii.EqualsIgnoreCase(WithoutEndPoint(account), _account);

    /// <summary>Some servers tell everybody in a switchboard who joins or leaves, also the one who joins, before they answer him.</summary>
    private readonly bool MayComeBefore(ReadOnlySpan<byte> line) =>
        _opening is Opening.Caller or Opening.Called
        && (MsnCommand.Is(line, "JOI"u8) || MsnCommand.Is(line, "BYE"u8))
        && Words.Get(line, 1).Contains((byte)'@');

    private static ReadOnlySpan<byte> WithoutEndPoint(ReadOnlySpan<byte> account)
    {
        int end = account.IndexOf(EndPointMark);
        return end < 0 ? account : account[..end];
    }
}
