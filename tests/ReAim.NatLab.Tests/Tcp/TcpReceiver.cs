using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The receiving half of a connection: order, window and when to acknowledge.</summary>
internal sealed class TcpReceiver
{
    private const int Capacity = 65_535;
    private const int SmallestMss = 536;
    private const long AckDelay = 40 * Simulation.Millisecond;

    private readonly TcpConnection _connection;
    private readonly Simulation _simulation;
    private readonly ReadQueue _ready = new();
    private readonly ReorderQueue _early = new();
    private readonly Alarm _delayedAck;
    private PendingRead? _read;
    private uint _windowEdge;
    private uint _acknowledged;
    private uint? _fin;
    private int _largestSegment = SmallestMss;

    public TcpReceiver(TcpConnection connection)
    {
        _connection = connection;
        _simulation = connection.Host.Simulation;
        _delayedAck = new Alarm(_simulation, connection.EmitAck);
    }

    /// <summary>The next sequence number expected (RCV.NXT).</summary>
    public uint Next { get; private set; }

    /// <summary>The other end's first sequence number.</summary>
    public uint InitialSequence { get; private set; }

    /// <summary>The FIN arrived, and all before it.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>What is advertised now. It never takes back what it gave.</summary>
    public ushort Window => (ushort)Math.Max(0, SequenceOrder.Distance(Next, _windowEdge));

    public void Open(uint initialSequence)
    {
        InitialSequence = initialSequence;
        Next = initialSequence + 1;
        _acknowledged = Next;
        _windowEdge = Next + Capacity;
    }

    public void Stop()
    {
        _delayedAck.Clear();
        _early.Clear();
    }

    /// <summary>RFC 9293 3.10.7.4, first check.</summary>
    public bool IsAcceptable(in IncomingSegment segment)
    {
        int window = Window;
        int first = SequenceOrder.Distance(Next, segment.Sequence);
        if (segment.Space == 0)
        {
            return first == 0 || (first > 0 && first < window);
        }

        int last = first + segment.Space - 1;
        return (first >= 0 && first < window) || (last >= 0 && last < window);
    }

    /// <summary>The window as it goes into a segment, whose acknowledgement leaves with it.</summary>
    public ushort Acknowledge()
    {
        uint edge = Next + (uint)(Capacity - _ready.Count);

        // Not in slivers (RFC 9293 3.8.6.2.2).
        if (SequenceOrder.Distance(_windowEdge, edge) >= Math.Min(Capacity / 2, _connection.Mss))
        {
            _windowEdge = edge;
        }

        _acknowledged = Next;
        _delayedAck.Clear();
        return Window;
    }

    /// <summary>Takes payload and FIN of an acceptable segment.</summary>
    public void Take(uint sequence, ReadOnlyMemory<byte> payload, bool fin)
    {
        if (IsEnded || (payload.Length == 0 && !fin))
        {
            return;
        }

        if (fin)
        {
            _fin = sequence + (uint)payload.Length;
        }

        _largestSegment = Math.Max(_largestSegment, payload.Length);
        bool isUrgent = fin || !_early.IsEmpty || SequenceOrder.IsBefore(Next, sequence);
        Order(sequence, payload);
        if (_fin == Next)
        {
            Next++;
            IsEnded = true;
            _early.Clear();
        }

        Serve();
        if (isUrgent || !_connection.Host.Options.DelayedAck || SequenceOrder.Distance(_acknowledged, Next) > _largestSegment)
        {
            _connection.EmitAck();
        }
        else if (!_delayedAck.IsSet)
        {
            _delayedAck.Set(_simulation.Now + AckDelay);
        }
    }

    public Task<byte[]?> ReadAsync(int maximum, bool isExact)
    {
        if (_read is not null)
        {
            throw new InvalidOperationException("A read is under way already.");
        }

        var read = new PendingRead(maximum, isExact);
        if (read.Take(_ready) || maximum == 0 || IsEnded || _connection.State == TcpState.Closed)
        {
            read.Complete();
        }
        else
        {
            _read = read;
        }

        GiveWindowBack();
        return read.Task;
    }

    /// <summary>Gives a waiting read what there is, or its end.</summary>
    public void Serve()
    {
        if (_read is { } read && (read.Take(_ready) || IsEnded || _connection.State == TcpState.Closed))
        {
            _read = null;
            _simulation.After(0, read.Complete);
        }
    }

    private void Order(uint sequence, ReadOnlyMemory<byte> payload)
    {
        int old = SequenceOrder.Distance(sequence, Next);
        if (old >= payload.Length && old >= 0)
        {
            return;
        }

        int room = SequenceOrder.Distance(sequence, _windowEdge);
        payload = payload[..Math.Min(room, payload.Length)];
        if (old < 0)
        {
            _early.Add(sequence, payload);
            return;
        }

        Append(payload[Math.Min(old, payload.Length)..]);
        while (_early.TryTake(Next, out ReadOnlyMemory<byte> bytes))
        {
            Append(bytes);
        }
    }

    private void Append(ReadOnlyMemory<byte> bytes)
    {
        _ready.Append(bytes);
        Next += (uint)bytes.Length;
    }

    // As Linux does: only once the window is half spent, and then only if it at least doubles.
    private void GiveWindowBack()
    {
        int window = Window;
        if (_connection.IsSynchronized && !IsEnded && window <= Capacity / 2 && Capacity - _ready.Count >= Math.Max(1, 2 * window))
        {
            _connection.EmitAck();
        }
    }
}
