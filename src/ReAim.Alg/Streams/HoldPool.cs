using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>All kept packets: how many and how many bytes there may be, and which of them waits longest.</summary>
internal sealed class HoldPool(EngineOptions options)
{
    private readonly HostShares _packets = new(options.MaxHeldPerHost, options.MaxHeld);
    private readonly HostShares _bytes = new(options.MaxHeldBytesPerHost, options.MaxHeldBytes);
    private HeldSegment? _free;
    private HeldSegment? _lastWaiting;

    /// <summary>How many are kept, copies included.</summary>
    public int Count => (int)_packets.Total;

    /// <summary>The packet that waits longest.</summary>
    public HeldSegment? FirstWaiting { get; private set; }

    /// <summary>When the packet that waits longest goes on at the latest.</summary>
    public long NextDeadline => FirstWaiting is null ? long.MaxValue : FirstWaiting.Deadline;

    /// <summary>Copies a packet; null if a cap is reached.</summary>
    public HeldSegment? TryKeep(Flow flow, StreamSide side, ReadOnlySpan<byte> datagram, long start, long end, long packetId)
    {
        Ipv4Address host = flow.Key.Lan.Address;
        if (flow.HeldPackets >= options.MaxHeldPerFlow || !_packets.HasRoom(host, 1) || !_bytes.HasRoom(host, datagram.Length))
        {
            return null;
        }

        HeldSegment held = _free ?? new HeldSegment();
        _free = held.Next;
        held.Fill(flow, side.Direction, datagram, start, end, packetId);
        held.Next = null;
        held.InList = true;
        Append(side, held);
        flow.HeldPackets++;
        _packets.Take(host, 1);
        _bytes.Take(host, held.Length);
        return held;
    }

    /// <summary>
    /// Adds payload to the copy that came last, if it follows that. A server that writes a frame in five segments would soon
    /// fill every place behind a lost one.
    /// </summary>
    public bool TryExtend(StreamSide side, ReadOnlySpan<byte> payload, long start)
    {
        if (Last(side) is not { Waiting: false } last || last.End != start || last.Payload.Length + payload.Length > options.MaxMessageLength || !_bytes.HasRoom(last.Flow.Key.Lan.Address, payload.Length))
        {
            return false;
        }

        last.Extend(payload);
        _bytes.Take(last.Flow.Key.Lan.Address, payload.Length);
        return true;
    }

    /// <summary>Lets a kept packet wait.</summary>
    public void Wait(HeldSegment held, long deadline, long eventNumber)
    {
        held.Waiting = true;
        held.Deadline = deadline;
        held.Event = eventNumber;
        held.EarlierWaiting = _lastWaiting;
        if (_lastWaiting is null)
        {
            FirstWaiting = held;
        }
        else
        {
            _lastWaiting.LaterWaiting = held;
        }

        _lastWaiting = held;
    }

    /// <summary>A packet no longer waits; an effect names its bytes now.</summary>
    public void Go(HeldSegment held)
    {
        held.Waiting = false;
        held.InEffect = true;
        if (held.EarlierWaiting is null)
        {
            FirstWaiting = held.LaterWaiting;
        }
        else
        {
            held.EarlierWaiting.LaterWaiting = held.LaterWaiting;
        }

        if (held.LaterWaiting is null)
        {
            _lastWaiting = held.EarlierWaiting;
        }
        else
        {
            held.LaterWaiting.EarlierWaiting = held.EarlierWaiting;
        }

        held.EarlierWaiting = held.LaterWaiting = null;
    }

    /// <summary>The effect that named a packet's bytes was carried out.</summary>
    public void EndEffect(HeldSegment held)
    {
        held.InEffect = false;
        Recycle(held);
    }

    /// <summary>Copies of a side that were read, or need not be, give their places back.</summary>
    /// <param name="side">The side.</param>
    /// <param name="readUpTo">The offset up to which its bytes are of no use any more.</param>
    public void DropCopies(StreamSide side, long readUpTo)
    {
        HeldSegment? before = null;
        HeldSegment? held = side.FirstHeld;
        while (held is not null)
        {
            HeldSegment? next = held.Next;
            if (!held.Waiting && held.End <= readUpTo)
            {
                Drop(side, before, held);
            }
            else
            {
                before = held;
            }

            held = next;
        }
    }

    private static HeldSegment? Last(StreamSide side)
    {
        HeldSegment? last = side.FirstHeld;
        while (last?.Next is not null)
        {
            last = last.Next;
        }

        return last;
    }

    private static void Append(StreamSide side, HeldSegment held)
    {
        if (Last(side) is { } last)
        {
            last.Next = held;
        }
        else
        {
            side.FirstHeld = held;
        }
    }

    private void Drop(StreamSide side, HeldSegment? before, HeldSegment held)
    {
        if (before is null)
        {
            side.FirstHeld = held.Next;
        }
        else
        {
            before.Next = held.Next;
        }

        held.Next = null;
        held.InList = false;
        held.Flow.HeldPackets--;
        _packets.Return(held.Flow.Key.Lan.Address, 1);
        _bytes.Return(held.Flow.Key.Lan.Address, held.Length);
        Recycle(held);
    }

    private void Recycle(HeldSegment held)
    {
        if (!held.InEffect && !held.InList)
        {
            held.Next = _free;
            _free = held;
        }
    }
}
