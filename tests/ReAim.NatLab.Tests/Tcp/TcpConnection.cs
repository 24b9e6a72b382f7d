using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A TCP connection, as a program uses it.</summary>
internal sealed class TcpConnection
{
    // As long as the other end may repeat its FIN, whose answer would else be a reset. It keeps no pair from being used again.
    private const long FinWait2Limit = 600 * Simulation.Second;
    private const long TimeWait = 60 * Simulation.Second;

    private readonly TcpListener? _listener;
    private readonly TaskCompletionSource<TcpConnection?> _opened = new();
    private readonly Queue<(uint Until, TaskCompletionSource<bool> Done)> _flushes = new();
    private bool _noDelay;
    private int _peerMss = 536;

    internal TcpConnection(Host host, Ipv4Endpoint local, Ipv4Endpoint remote, uint initialSequence, TcpListener? listener)
    {
        Host = host;
        Local = local;
        Remote = remote;
        _listener = listener;
        _noDelay = !host.Options.Nagle;
        State = listener is null ? TcpState.SynSent : TcpState.SynReceived;
        Sender = new TcpSender(this, initialSequence);
        Receiver = new TcpReceiver(this);
        Handshake = new Handshake(this);
    }

    public Ipv4Endpoint Local { get; }

    public Ipv4Endpoint Remote { get; }

    /// <summary>True turns Nagle off: every <see cref="Send"/> leaves at once, as a segment of its own if it fits.</summary>
    public bool NoDelay
    {
        get => _noDelay;
        set
        {
            _noDelay = value;
            if (MaySend)
            {
                Sender.Push();
            }
        }
    }

    /// <summary>True once it was reset or given up for want of an answer.</summary>
    public bool IsBroken { get; private set; }

    internal Host Host { get; }

    internal TcpState State { get; private set; }

    internal TcpSender Sender { get; }

    internal TcpReceiver Receiver { get; }

    internal Handshake Handshake { get; }

    internal Task<TcpConnection?> Opened => _opened.Task;

    /// <summary>Part of the host's count.</summary>
    internal bool IsCounted { get; set; } = true;

    internal bool IsPassive => _listener is not null;

    internal bool IsSynchronized => State is not (TcpState.SynSent or TcpState.SynReceived or TcpState.Closed);

    /// <summary>What the path carries, as far as ICMP told.</summary>
    internal int PathMtu { get; private set; } = int.MaxValue;

    /// <summary>The largest payload it sends.</summary>
    internal int Mss => Math.Min(_peerMss, Math.Min(Host.Mtu, PathMtu) - SegmentWriter.HeadersLength);

    private bool MaySend => IsSynchronized && State != TcpState.TimeWait;

    /// <summary>Hands bytes to TCP; they are copied. Nothing happens if the connection is broken.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken || bytes.IsEmpty)
        {
            return;
        }

        if (State is not (TcpState.Established or TcpState.CloseWait))
        {
            throw new InvalidOperationException("Send after Close.");
        }

        Sender.Append(bytes);
        Sender.Push();
    }

    /// <summary>Waits for that many bytes.</summary>
    /// <returns>The bytes; null if the stream ended or broke before. Only one read may be under way.</returns>
    public Task<byte[]?> ReadExactAsync(int count) => Receiver.ReadAsync(count, isExact: true);

    /// <summary>Waits for at least one byte and takes what there is, up to a maximum; empty at the end of the stream.</summary>
    public Task<byte[]> ReadSomeAsync(int maximum) => Receiver.ReadAsync(maximum, isExact: false)!;

    /// <summary>Ends once all bytes sent so far are acknowledged; false if the connection broke before.</summary>
    public Task<bool> FlushAsync()
    {
        if (IsBroken || SequenceOrder.IsAtOrBefore(Sender.End, Sender.Unacknowledged))
        {
            return Task.FromResult(!IsBroken);
        }

        var done = new TaskCompletionSource<bool>();
        _flushes.Enqueue((Sender.End, done));
        return done.Task;
    }

    /// <summary>No more will be sent: a FIN follows the last byte. Reading goes on.</summary>
    public void Close()
    {
        if (State is TcpState.Established or TcpState.CloseWait)
        {
            State = State == TcpState.Established ? TcpState.FinWait1 : TcpState.LastAck;
            Sender.AskForFin();
            Sender.Push();
        }
    }

    /// <summary>Resets the connection.</summary>
    public void Abort()
    {
        if (MaySend)
        {
            EmitBare(TcpFlags.Rst | TcpFlags.Ack, Sender.Next);
        }

        if (State is not (TcpState.TimeWait or TcpState.Closed))
        {
            Break();
        }
    }

    /// <summary>The other end's SYN arrived.</summary>
    internal void Synchronize(in IncomingSegment segment)
    {
        Receiver.Open(segment.Sequence);
        _peerMss = segment.Mss == 0 ? _peerMss : segment.Mss;
    }

    /// <summary>Both SYNs crossed (RFC 9293 3.5, figure 7).</summary>
    internal void SynchronizeBoth()
    {
        State = TcpState.SynReceived;
        Handshake.Send();
    }

    /// <summary>The handshake is complete.</summary>
    internal void Establish(in IncomingSegment segment)
    {
        State = TcpState.Established;
        Sender.Open(segment, Handshake.RoundTrip);
        Handshake.Stop();
        if (_listener is { IsClosed: true })
        {
            Abort();
        }
        else if (_listener is not null)
        {
            _listener.Add(this);
        }
        else
        {
            Host.Simulation.After(0, () => _opened.SetResult(this));
        }
    }

    /// <summary>Moves on once the FINs of either side are through (RFC 9293 3.6).</summary>
    internal void FollowFins()
    {
        bool acknowledged = Sender.IsFinAcknowledged;
        State = State switch
        {
            TcpState.Established when Receiver.IsEnded => TcpState.CloseWait,
            TcpState.FinWait1 when acknowledged && !Receiver.IsEnded => TcpState.FinWait2,
            TcpState.FinWait1 when !acknowledged && Receiver.IsEnded => TcpState.Closing,
            TcpState.FinWait1 or TcpState.FinWait2 when acknowledged && Receiver.IsEnded => TcpState.TimeWait,
            TcpState.Closing when acknowledged => TcpState.TimeWait,
            TcpState.LastAck when acknowledged => TcpState.Closed,
            _ => State,
        };
        if (State is TcpState.TimeWait or TcpState.Closed)
        {
            Sender.Stop();
            Host.Leave(this, State == TcpState.TimeWait ? TimeWait : 0);
        }
        else if (State == TcpState.FinWait2)
        {
            // The other end may have reset the connection, and its reset may be lost: nothing more will ever come then.
            Host.Simulation.After(FinWait2Limit, () =>
            {
                if (State == TcpState.FinWait2)
                {
                    Break();
                }
            });
        }
    }

    internal void CompleteFlushes()
    {
        while (_flushes.TryPeek(out (uint Until, TaskCompletionSource<bool> Done) flush)
            && (IsBroken || SequenceOrder.IsAtOrBefore(flush.Until, Sender.Unacknowledged)))
        {
            bool isDone = !IsBroken;
            _flushes.Dequeue();
            Host.Simulation.After(0, () => flush.Done.SetResult(isDone));
        }
    }

    /// <summary>Ends the connection without a word: reset, refused, or no answer.</summary>
    internal void Break()
    {
        if (State == TcpState.Closed)
        {
            return;
        }

        bool wasOpening = !IsPassive && State is TcpState.SynSent or TcpState.SynReceived;
        IsBroken = State != TcpState.TimeWait;
        State = TcpState.Closed;
        Handshake.Stop();
        Sender.Stop();
        Receiver.Stop();
        Host.Leave(this, 0);
        if (wasOpening)
        {
            Host.Simulation.After(0, () => _opened.SetResult(null));
        }

        Receiver.Serve();
        CompleteFlushes();
    }

    /// <summary>An ICMP "fragmentation needed" for a segment of this connection.</summary>
    internal void ShrinkPath(int mtu)
    {
        int before = Mss;
        PathMtu = Math.Min(PathMtu, Math.Max(68, mtu));
        if (Mss < before && MaySend)
        {
            Sender.PathShrank();
        }
    }

    internal SegmentFields Header(TcpFlags flags, uint sequence) => new(Local, Remote, flags, sequence)
    {
        Acknowledgement = (flags & TcpFlags.Ack) != 0 ? Receiver.Next : 0,
        Window = State == TcpState.SynSent ? ushort.MaxValue : Receiver.Acknowledge(),
    };

    internal void EmitAck() => EmitBare(TcpFlags.Ack, Sender.Next);

    internal void EmitBare(TcpFlags flags, uint sequence)
    {
        SegmentFields fields = Header(flags, sequence);
        Host.Emit(SegmentWriter.Begin(fields, payloadLength: 0), fields);
    }
}
