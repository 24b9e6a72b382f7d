namespace ReAim.Capture.Inspection;

/// <summary>
/// One direction of a TCP connection, put in order as well as a capture allows. The first copy of a byte wins. A hole is
/// given up when the receiver acknowledged it, or when too much waits behind it, and is then passed on as missing.
/// </summary>
internal sealed class TcpStream(IStreamReader reader, Limits limits)
{
    /// <summary>No window is larger (RFC 7323 2.3).</summary>
    private const int LargestWindow = 1 << 30;

    private readonly WaitingBytes _waiting = new(limits);
    private uint _base;
    private bool _started;
    private long _next;
    private long _acknowledged;
    private long _end = long.MaxValue;
    private bool _ended;

    /// <summary>Different bytes seen so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>Bytes that passed but that the capture does not have.</summary>
    public long Missing { get; private set; }

    /// <summary>Bytes that passed, whether the capture has them or not.</summary>
    public long AllBytes => Bytes + Missing;

    /// <summary>Bytes that came once more.</summary>
    public long Repeated { get; private set; }

    /// <summary>True once the FIN and everything before it was seen.</summary>
    public bool IsEnded => _ended;

    /// <summary>False if bytes need not be kept while they wait, because nobody reads them.</summary>
    public bool KeepsBytes { get; set; } = true;

    /// <summary>Says which sequence number the first byte has.</summary>
    public void Start(uint sequence)
    {
        if (!_started)
        {
            _started = true;
            _base = sequence;
        }
    }

    /// <summary>Takes a segment.</summary>
    /// <param name="sequence">The number of its first byte.</param>
    /// <param name="payload">What was captured of it.</param>
    /// <param name="missing">How many bytes more it had.</param>
    /// <param name="fin">True if it is the last.</param>
    /// <param name="time">When.</param>
    /// <returns>False if it is too far from where the stream is to belong to it.</returns>
    public bool Take(uint sequence, ReadOnlySpan<byte> payload, int missing, bool fin, long time)
    {
        Start(sequence);
        int distance = (int)(sequence - _base - (uint)_next);
        if (distance is > LargestWindow or < -LargestWindow)
        {
            return false;
        }

        long at = _next + distance;
        if (fin)
        {
            _end = Math.Min(_end, at + payload.Length + missing);
        }

        if (payload.Length > 0 || missing > 0)
        {
            TakeBytes(at, payload, missing, time);
        }

        CheckEnd(time);
        return true;
    }

    /// <summary>The receiver has everything up to here: what is not there by now is not in the capture.</summary>
    public void Acknowledge(uint acknowledgement, long time)
    {
        if (!_started)
        {
            return;
        }

        int distance = (int)(acknowledgement - _base - (uint)_next);
        if (distance is > 0 and <= LargestWindow)
        {
            _acknowledged = Math.Max(_acknowledged, _next + distance);
            GiveUpAcknowledgedHoles(time);
        }
    }

    /// <summary>The capture ends.</summary>
    public void Finish(long time)
    {
        if (_ended)
        {
            return;
        }

        while (_waiting.Count > 0)
        {
            Lose(_waiting.First, time);
            Drain(time);
        }

        // An acknowledgement of a FIN that was not seen would count one byte too many: it is no proof of a missing byte.
        if (_end != long.MaxValue && _end > _next)
        {
            Lose(_end, time);
        }
        else if (_acknowledged > _next + 1)
        {
            Lose(_acknowledged, time);
        }

        CheckEnd(time);
        if (!_ended)
        {
            _ended = true;
            reader.End(time);
        }
    }

    private void TakeBytes(long at, ReadOnlySpan<byte> payload, int missing, long time)
    {
        if (at > _next)
        {
            Repeated += _waiting.Add(at, KeepsBytes ? payload : default, payload.Length, missing);
            while (_waiting.IsFull)
            {
                limits.Note($"out-of-order-limit: more than {limits.MaxOutOfOrder} stretches of one stream waited behind a hole; the hole is shown as missing.");
                Lose(_waiting.First, time);
                Drain(time);
            }

            GiveUpAcknowledgedHoles(time);
            return;
        }

        var old = (int)Math.Min(_next - at, payload.Length);
        Repeated += old;
        if (payload.Length > old)
        {
            Deliver(payload[old..], payload.Length - old, time);
        }

        Drain(time);
        for (long end = at + payload.Length + missing; missing > 0 && _next < end;)
        {
            Lose(Math.Min(end, _waiting.Count > 0 ? _waiting.First : end), time);
            Drain(time);
        }
    }

    /// <summary>Passes bytes on, but not those of which another copy, which came earlier, waits.</summary>
    private void Deliver(ReadOnlySpan<byte> bytes, int length, long time)
    {
        while (length > 0)
        {
            var free = (int)Math.Min(length, _waiting.Count > 0 ? _waiting.First - _next : long.MaxValue);
            Pass(bytes[..Math.Min(free, bytes.Length)], free, time);
            bytes = bytes[Math.Min(free, bytes.Length)..];
            length -= free;
            if (length == 0)
            {
                return;
            }

            long before = _next;
            Drain(time);
            var had = (int)Math.Min(_next - before, length);
            Repeated += had;
            bytes = bytes[Math.Min(had, bytes.Length)..];
            length -= had;
        }
    }

    private void Drain(long time)
    {
        while (_waiting.TryTake(_next, out byte[]? bytes, out int length, out int missing))
        {
            // Bytes that nobody wanted kept count, but cannot be read any more.
            if (bytes is null && KeepsBytes)
            {
                Lose(_next + length, time);
            }
            else
            {
                Pass(bytes.AsSpan(0, bytes is null ? 0 : length), length, time);
            }

            if (missing > 0)
            {
                Lose(Math.Min(_next + missing, _waiting.Count > 0 ? _waiting.First : long.MaxValue), time);
            }
        }
    }

    private void Pass(ReadOnlySpan<byte> bytes, int length, long time)
    {
        _next += length;
        Bytes += length;
        if (bytes.Length > 0)
        {
            reader.Take(bytes, time);
        }
    }

    private void Lose(long until, long time)
    {
        long count = until - _next;
        if (count > 0)
        {
            _next = until;
            Missing += count;
            reader.Miss(count, time);
        }
    }

    private void GiveUpAcknowledgedHoles(long time)
    {
        while (_waiting.Count > 0 && _waiting.First <= _acknowledged)
        {
            Lose(_waiting.First, time);
            Drain(time);
        }
    }

    private void CheckEnd(long time)
    {
        if (!_ended && _next >= _end)
        {
            _ended = true;
            reader.End(time);
        }
    }
}
