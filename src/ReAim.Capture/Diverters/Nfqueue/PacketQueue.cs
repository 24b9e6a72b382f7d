using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// A netfilter queue, or two of one socket: packets come, each gets one verdict. One thread uses it:
/// <code>
/// queue.Receive();
/// while (queue.TryTake(out QueuedPacket packet)) { … queue.Pass(packet.Ticket, verdict, mark); }
/// queue.Flush();
/// </code>
/// Nothing is allocated per packet. When it is closed, what waits in it is dropped, and TCP sends it again.
/// </summary>
internal sealed class PacketQueue : IDisposable
{
    private const int Buffers = 32;

    /// <summary>How long <see cref="Receive"/> may wait.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest datagram and everything the kernel says about it.</summary>
    private const int BufferSize = 65_536 + 512;

    private readonly NetlinkSocket _socket;
    private readonly ReceiveBuffers _buffers = new(Buffers, BufferSize);
    private readonly VerdictBatch _batch = new();
    private readonly Dictionary<long, PacketTicket> _held;
    private readonly int _heldLimit;
    private int _received;
    private int _taken;

    private PacketQueue(NetlinkSocket socket, QueueOptions options)
    {
        _socket = socket;
        _heldLimit = options.MaxLength;
        _held = new Dictionary<long, PacketTicket>(_heldLimit);
    }

    /// <summary>For <see cref="LibC.Poll"/>.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>What came and went.</summary>
    public QueueCounters Counters { get; } = new();

    /// <summary>How many packets are held.</summary>
    public int Held => _held.Count;

    /// <summary>Takes a queue number.</summary>
    /// <param name="options">How.</param>
    /// <param name="queue">The queue, if it is bound.</param>
    /// <param name="error">The kernel's error, if it is not.</param>
    public static QueueOpening TryOpen(QueueOptions options, out PacketQueue? queue, out Errno error)
    {
        queue = null;
        error = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        if (socket is null)
        {
            return error is Errno.NoProtocol or Errno.NoFamily ? QueueOpening.NotSupported : QueueOpening.Failed;
        }

        // Before packets come: the first burst needs the room already.
        socket.GrowReceiveBuffer(options.ReceiveBuffer);
        QueueOpening opening = QueueBinding.TryBind(socket, options, out error);
        if (opening != QueueOpening.Bound)
        {
            socket.Dispose();
            return opening;
        }

        LibC.SetReceiveTimeout(socket.Handle, LongestWait);
        queue = new PacketQueue(socket, options);
        return opening;
    }

    /// <summary>True if the last <see cref="Receive"/> may have left packets in the kernel.</summary>
    public bool MayHaveMore => _received == _buffers.Count;

    /// <summary>True if the last <see cref="Receive"/> found less than it had room for.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>True if the last <see cref="Receive"/> was told that the kernel found no room in our socket.</summary>
    public bool IsOverrun { get; private set; }

    /// <summary>Takes from the kernel what waits. Packets not taken from the last time are forgotten.</summary>
    /// <param name="waits">
    /// True to wait for a first packet, for <see cref="LongestWait"/>: while packets come that saves asking poll(2) before each read.
    /// </param>
    /// <returns>False if nothing came.</returns>
    public bool Receive(bool waits = false)
    {
        _taken = 0;
        Errno error = _buffers.Receive(_socket.Handle, waits, out _received);
        IsEmpty = (error is Errno.None or Errno.Again) && !MayHaveMore;
        IsOverrun = error == Errno.NoBuffers;
        switch (error)
        {
            case Errno.None or Errno.Again or Errno.Interrupted:
                break;
            case Errno.NoBuffers:
                // The kernel had no room for packets and let them pass; those that did find room are still there.
                Counters.Overruns++;
                return true;
            default:
                Counters.Failures++;
                break;
        }

        return _received > 0;
    }

    /// <summary>Takes the next packet; it is good until the next <see cref="Receive"/>.</summary>
    public bool TryTake(out QueuedPacket packet)
    {
        while (_taken < _received)
        {
            Span<byte> bytes = _buffers[_taken++];
            if (!NetlinkMessage.TryRead(ref bytes, out NetlinkMessage message))
            {
                Counters.Damaged++;
            }
            else if (message.IsError)
            {
                Counters.Refused += message.Error == Errno.None ? 0 : 1;
            }
            else if (message.Type != Netfilter.Type(Netfilter.Queue, 0) || !QueuedPacket.TryRead(message, out packet))
            {
                Counters.Damaged++;
            }
            else
            {
                Counters.Packets++;
                Counters.Cut += packet.IsCut ? 1 : 0;
                return true;
            }
        }

        packet = default;
        return false;
    }

    /// <summary>Gives a packet its verdict; the kernel keeps its bytes as they are.</summary>
    /// <param name="ticket">Which packet.</param>
    /// <param name="verdict">What becomes of it.</param>
    /// <param name="mark">Its mark from now on, all bits.</param>
    public void Pass(in PacketTicket ticket, NetfilterVerdict verdict, uint mark)
    {
        MakeRoom(0);
        _batch.Add(ticket, verdict, mark);
    }

    /// <summary>Gives a packet its verdict and other bytes.</summary>
    /// <param name="ticket">Which packet.</param>
    /// <param name="verdict">What becomes of it.</param>
    /// <param name="mark">Its mark from now on, all bits.</param>
    /// <param name="datagram">The whole datagram; up to 65,535 bytes.</param>
    public void PassEdited(in PacketTicket ticket, NetfilterVerdict verdict, uint mark, ReadOnlySpan<byte> datagram)
    {
        MakeRoom(datagram.Length);
        _batch.Add(ticket, verdict, mark, datagram);
        Counters.Edited++;
    }

    /// <summary>Keeps a packet in the kernel until <see cref="TryRelease"/>.</summary>
    /// <returns>False if as many are held as the queue has room for.</returns>
    public bool TryHold(in PacketTicket ticket)
    {
        if (_held.Count >= _heldLimit)
        {
            return false;
        }

        _held[ticket.Key] = ticket;
        return true;
    }

    /// <summary>Takes a held packet back, to give it its verdict.</summary>
    /// <param name="key">Its <see cref="PacketTicket.Key"/>.</param>
    /// <param name="ticket">What its verdict needs.</param>
    /// <returns>False if none of this key is held.</returns>
    public bool TryRelease(long key, out PacketTicket ticket) => _held.Remove(key, out ticket);

    /// <summary>Sends the verdicts that wait. Once per round of the loop is enough.</summary>
    /// <exception cref="IOException">The kernel did not take them: the queue is of no more use.</exception>
    public void Flush()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        if (_socket.Send(_batch.Messages) == Errno.None)
        {
            Counters.Verdicts += _batch.Count;
        }
        else
        {
            // The packets would wait for ever; if the queue closes, their senders send them again.
            throw new IOException("the kernel did not take verdicts: the worker ends, and another one begins.");
        }

        _batch.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private void MakeRoom(int datagramLength)
    {
        if (!_batch.HasRoom(datagramLength))
        {
            Flush();
        }
    }
}
