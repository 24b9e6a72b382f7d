namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>An open handle with what comes from it and what goes to it: packets in batches, in order.</summary>
/// <param name="handle">The handle, which it owns.</param>
/// <param name="isForPeers">True if what peers send and get comes here.</param>
/// <param name="counters">Where to count.</param>
internal sealed class DivertPort(IDivertHandle handle, bool isForPeers, DivertCounters counters) : IDisposable
{
    private readonly DivertBatch _received = new();
    private readonly DivertBatch _sent = new();
    private int _discarded;

    /// <summary>True if what peers send and get comes here, false for the connections to servers.</summary>
    public bool IsForPeers => isForPeers;

    /// <summary>When a port that was replaced is closed: nanoseconds of the gateway's clock; far off for one in use.</summary>
    public long ClosesAt { get; private set; } = long.MaxValue;

    /// <summary>Takes the packets that have come; those not taken from the last time are forgotten.</summary>
    /// <returns>False if none has.</returns>
    public bool Receive() => handle.TryReceive(_received);

    /// <summary>Takes the next packet; it is good until the next <see cref="Receive"/>.</summary>
    public bool TryTake(out Span<byte> datagram, out DivertAddress address)
    {
        bool taken = _received.TryTake(out datagram, out address);
        counters.Packets += taken ? 1 : 0;
        if (!taken && _received.Discarded != _discarded)
        {
            counters.Damaged += _received.Discarded - _discarded;
            _discarded = _received.Discarded;
        }

        return taken;
    }

    /// <summary>Sends a packet, at <see cref="Flush"/> at the latest.</summary>
    public void Send(ReadOnlySpan<byte> datagram, in DivertAddress address)
    {
        if (!_sent.TryAdd(datagram, address))
        {
            Flush();
            _sent.TryAdd(datagram, address);
        }
    }

    /// <summary>Sends what waits for it.</summary>
    public void Flush()
    {
        if (_sent.Count > 0)
        {
            int unsent = handle.Send(_sent);
            counters.Unsent += unsent;
            counters.Sent += _sent.Count - unsent;
            _sent.Clear();
        }
    }

    /// <summary>Nothing more comes but what has come already; it is to be taken until some time.</summary>
    public void StopReceiving(long closesAt)
    {
        ClosesAt = closesAt;
        handle.StopReceiving();
    }

    /// <summary>Sends what waits, and closes.</summary>
    public void Dispose()
    {
        Flush();
        handle.Dispose();
    }
}
