using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>The answers to one request, read one by one. What answers anything else is skipped.</summary>
internal ref struct NetlinkReplies
{
    private readonly NetlinkSocket _socket;
    private readonly uint _sequence;
    private readonly Span<byte> _buffer;
    private Span<byte> _rest;
    private bool _ended;

    /// <summary>Begins to read.</summary>
    /// <param name="socket">Where answers come.</param>
    /// <param name="sequence">The request's number.</param>
    /// <param name="buffer">Where they go.</param>
    /// <param name="sent">Why the request was not even sent.</param>
    public NetlinkReplies(NetlinkSocket socket, uint sequence, Span<byte> buffer, Errno sent)
    {
        _socket = socket;
        _sequence = sequence;
        _buffer = buffer;
        Error = sent;
        _ended = sent != Errno.None;
    }

    /// <summary>
    /// How the request ended, once <see cref="TryNext"/> returned false; <see cref="Errno.Interrupted"/> for a dump that may
    /// lack something because its subject changed meanwhile.
    /// </summary>
    public Errno Error { get; private set; }

    /// <summary>What the kernel said in words about the error.</summary>
    public string Words { get; private set; } = "";

    /// <summary>Takes the next answer that carries something; its bytes are good until the next call.</summary>
    public bool TryNext(out NetlinkMessage message)
    {
        while (!_ended)
        {
            while (NetlinkMessage.TryRead(ref _rest, out message))
            {
                if (message.Sequence != _sequence || message.Port != _socket.Port)
                {
                    continue;
                }

                if (message.IsError || message.IsDone)
                {
                    End(message.Error, message.ErrorWords());
                    return false;
                }

                if (message.IsDumpInterrupted)
                {
                    Error = Errno.Interrupted;
                }

                return true;
            }

            Receive();
        }

        message = default;
        return false;
    }

    /// <summary>Skips what remains and says how the request ended.</summary>
    public Errno Finish()
    {
        while (TryNext(out _))
        {
        }

        return Error;
    }

    private void Receive()
    {
        Errno error = _rest.IsEmpty ? _socket.Receive(_buffer, out _rest) : Errno.BadMessage;
        if (error == Errno.Again)
        {
            // The kernel answered before the request returned, so this is the end of an answer that has no last message.
            _ended = true;
        }
        else if (error is not (Errno.None or Errno.Interrupted))
        {
            End(error, "");
        }
    }

    private void End(Errno error, string words)
    {
        _ended = true;
        Words = words;
        if (error != Errno.None)
        {
            Error = error;
        }
    }
}
