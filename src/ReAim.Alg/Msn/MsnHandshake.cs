using ReAim.Alg.Text;

namespace ReAim.Alg.Msn;

/// <summary>How a connection begins: a client's first command, and the server's answer to it (PROTOCOL-MSN 1).</summary>
internal struct MsnHandshake
{
    private uint _transaction;
    private Opening _opening;

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

    /// <summary>Takes a client's line. Only its first counts.</summary>
    /// <returns>False if no connection begins so.</returns>
    public bool TakeClient(ReadOnlySpan<byte> line)
    {
        if (_opening != Opening.None)
        {
            return true;
        }

        bool namesAccount = Words.Get(line, 2).Contains((byte)'@') && !Words.Get(line, 3).IsEmpty;
        _opening = !TextNumber.TryRead(Words.Get(line, 1), out _transaction) ? Opening.Other
            : MsnCommand.Is(line, "VER"u8) && Words.Get(line, 2).StartsWith("MSNP"u8) ? Opening.Version
            : MsnCommand.Is(line, "USR"u8) && namesAccount ? Opening.Caller
            : MsnCommand.Is(line, "ANS"u8) && namesAccount ? Opening.Called
            : Opening.Other;
        return _opening != Opening.Other;
    }

    /// <summary>Takes a server's first line.</summary>
    /// <returns>False if it does not answer the client's.</returns>
    public bool TakeServer(ReadOnlySpan<byte> line)
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
        return IsDone;
    }
}
