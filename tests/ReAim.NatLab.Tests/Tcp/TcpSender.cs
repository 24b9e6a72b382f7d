using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The sending half of a connection: what leaves when, and what leaves again.</summary>
internal sealed class TcpSender
{
    private readonly TcpConnection _connection;
    private readonly Simulation _simulation;
    private readonly SendBuffer _buffer = new();
    private readonly Queue<uint> _pushes = new();
    private readonly CongestionWindow _congestion = new();
    private readonly SenderClock _clock;
    private readonly Flight _flight;
    private uint _windowSequence;
    private uint _windowAcknowledgement;
    private int _window;
    private int _largestWindow;
    private uint _end;
    private bool _finAsked;
    private bool _finSent;

    public TcpSender(TcpConnection connection, uint initialSequence)
    {
        _connection = connection;
        _simulation = connection.Host.Simulation;
        _flight = new Flight(_simulation.Random);
        _clock = new SenderClock(connection, _flight, _congestion)
        {
            TimedOut = TimeOut,
            TailIsSilent = ProbeTail,
            WindowIsShut = ProbeWindow,
        };
        InitialSequence = initialSequence;
        Unacknowledged = initialSequence;
        Next = initialSequence + 1;
        _end = Next;
    }

    public uint InitialSequence { get; }

    /// <summary>The oldest sequence number that is not acknowledged (SND.UNA).</summary>
    public uint Unacknowledged { get; private set; }

    /// <summary>The next to be sent (SND.NXT).</summary>
    public uint Next { get; private set; }

    /// <summary>The end of what the program handed over.</summary>
    public uint End => _end;

    public int LargestWindow => _largestWindow;

    public bool IsFinAcknowledged => _finSent && Unacknowledged == Next;

    private int Unsent => _finSent ? 0 : SequenceOrder.Distance(Next, _end);

    private int UsableWindow => _window - SequenceOrder.Distance(Unacknowledged, Next);

    private int Mss => _connection.Mss;

    /// <summary>The handshake is complete.</summary>
    public void Open(in IncomingSegment segment, long roundTrip)
    {
        Unacknowledged = InitialSequence + 1;
        _congestion.Start(Mss);
        _clock.Open(roundTrip);
        TakeWindow(segment);
    }

    public void Stop() => _clock.Stop();

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _buffer.Append(bytes);
        _end += (uint)bytes.Length;
        _pushes.Enqueue(_end);
    }

    public void AskForFin() => _finAsked = true;

    /// <summary>Takes the acknowledgement and the window of a segment (RFC 9293 3.10.7.4).</summary>
    public void Acknowledge(in IncomingSegment segment)
    {
        uint acknowledgement = segment.Acknowledgement;
        _clock.Heard();
        if (SequenceOrder.IsBefore(Unacknowledged, acknowledgement))
        {
            Advance(acknowledgement);
        }
        else if (acknowledgement == Unacknowledged && segment.Space == 0 && segment.Window == _window && !_flight.IsEmpty
            && _congestion.CountDuplicate(_flight.Pipe, Next, Mss))
        {
            Resend(_flight.First!);
        }

        bool isNewer = SequenceOrder.IsBefore(_windowSequence, segment.Sequence)
            || (_windowSequence == segment.Sequence && SequenceOrder.IsAtOrBefore(_windowAcknowledgement, acknowledgement));
        if (isNewer && SequenceOrder.IsAtOrBefore(Unacknowledged, acknowledgement))
        {
            TakeWindow(segment);
        }
    }

    /// <summary>The path carries less than was thought: what is out is sent again in smaller pieces (RFC 1191 6.4).</summary>
    public void PathShrank()
    {
        if (!_flight.IsEmpty)
        {
            _flight.DeclareLost();
            _clock.Restart();
        }

        Push();
    }

    /// <summary>Sends whatever may leave now.</summary>
    public void Push()
    {
        while (_flight.NextLost is { } lost && (_flight.Pipe == 0 || _flight.Pipe + lost.Value.Space <= _congestion.Size))
        {
            Resend(lost);
        }

        while (TryFindNext(pastNagle: _connection.NoDelay, pastCongestion: false, out int length, out bool fin))
        {
            SendNew(length, fin);
        }

        _clock.Arm(isWaiting: Unsent > 0 || (_finAsked && !_finSent));
    }

    private bool TryFindNext(bool pastNagle, bool pastCongestion, out int length, out bool fin)
    {
        int unsent = Unsent;
        int usable = UsableWindow;
        length = Math.Min(unsent, Mss);
        fin = _finAsked && !_finSent && length == unsent && length < usable;
        if ((length == 0 && !fin) || usable <= 0)
        {
            return false;
        }

        if (length > usable)
        {
            // A sliver of a window is not worth a segment (RFC 9293 3.8.6.2.1).
            if (usable < _largestWindow / 2)
            {
                return false;
            }

            length = usable;
        }

        if (!pastCongestion && _flight.Pipe > 0 && _flight.Pipe + length > _congestion.Size)
        {
            return false;
        }

        bool isSmall = length == unsent && length < Mss;
        return !isSmall || fin || pastNagle || _flight.IsEmpty;
    }

    private void SendNew(int length, bool fin)
    {
        var segment = new SentSegment(Next, length) { Fin = fin };
        Next += (uint)length;
        while (_pushes.TryPeek(out uint push) && SequenceOrder.IsAtOrBefore(push, Next))
        {
            segment.Push = true;
            _pushes.Dequeue();
        }

        Next += fin ? 1u : 0;
        _finSent |= fin;
        _clock.NewDataLeaves();
        _flight.Add(segment);
        Emit(segment);
    }

    private void Resend(LinkedListNode<SentSegment> node)
    {
        _flight.PrepareResend(node, Mss);
        Emit(node.Value);
    }

    private void Emit(SentSegment segment)
    {
        segment.SentAt = _simulation.Now;
        TcpFlags flags = TcpFlags.Ack | (segment.Push ? TcpFlags.Psh : TcpFlags.None) | (segment.Fin ? TcpFlags.Fin : TcpFlags.None);
        SegmentFields fields = _connection.Header(flags, segment.Sequence);
        byte[] datagram = SegmentWriter.Begin(fields, segment.Length);
        _buffer.CopyTo(SequenceOrder.Distance(Unacknowledged, segment.Sequence), datagram.AsSpan(SegmentWriter.HeadersLength));
        _connection.Host.Emit(datagram, fields);
    }

    private void Advance(uint acknowledgement)
    {
        long roundTrip = _flight.Acknowledge(acknowledgement, _simulation.Now);
        int acknowledged = SequenceOrder.Distance(Unacknowledged, acknowledgement);
        _buffer.Discard(Math.Min(acknowledged, _buffer.Count));
        Unacknowledged = acknowledgement;
        _clock.Progress(roundTrip, acknowledgement);
        if (_congestion.Acknowledge(acknowledgement, acknowledged, Mss) && !_flight.IsEmpty)
        {
            Resend(_flight.First!);
        }
    }

    private void TakeWindow(in IncomingSegment segment)
    {
        _window = segment.Window;
        _largestWindow = Math.Max(_largestWindow, _window);
        _windowSequence = segment.Sequence;
        _windowAcknowledgement = segment.Acknowledgement;
    }

    private void TimeOut()
    {
        _congestion.TimeOut(_flight.Pipe, Next, Mss);
        _flight.DeclareLost();
        Push();
    }

    // Linux's tail-loss probe: new data goes, also what Nagle holds back; only without any the last segment goes again.
    private void ProbeTail()
    {
        if (TryFindNext(pastNagle: true, pastCongestion: true, out int length, out bool fin))
        {
            SendNew(length, fin);
        }
        else
        {
            Resend(_flight.Last!);
        }

        _clock.TailProbed(Next);
        Push();
    }

    private void ProbeWindow()
    {
        if (UsableWindow > 0 && Unsent > 0)
        {
            SendNew(Math.Min(Math.Min(Unsent, UsableWindow), Mss), fin: false);
        }
        else
        {
            // An old sequence number makes the receiver say what its window is, as Linux asks for it.
            _connection.EmitBare(TcpFlags.Ack, Unacknowledged - 1);
        }

        Push();
    }
}
