using ReAim.Alg;
using ReAim.Capture.Gateway;
using ReAim.Capture.Linux;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// Brings the queue's packets to the engine and its verdicts back. What is remembered of a connection travels in the
/// packet's mark; rules behind the queue save it.
/// </summary>
internal sealed class NfqueueDiverter(
    PacketQueue queue, Engine engine, EffectRunner effects, LanDevices lan, DiverterOptions options, PacketRecorder? recorder, RawSender? resets, Action<string> say)
    : IDiverter, IReleases
{
    /// <summary>So many rounds at most before timers and others have their turn.</summary>
    private const int MaxRounds = 16;

    /// <summary>So many packets that come back are no duplicates of the network's.</summary>
    private const int SignsOfClearing = 4;

    // What goes on through its chain once more must be known if it comes to the queue again.
    private readonly RepeatedPackets? _repeated = options.Repeats ? new RepeatedPackets() : null;

    private long _now;

    /// <summary>Can be read from when packets have come; for poll(2).</summary>
    public int Descriptor => queue.Descriptor;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("packets", queue.Counters.Packets),
        new("verdicts", queue.Counters.Verdicts),
        new("edited", queue.Counters.Edited),
        new("held", queue.Held),
        new("overruns", queue.Counters.Overruns),
        new("cut", queue.Counters.Cut),
        new("damaged", queue.Counters.Damaged),
        new("verdicts-refused", queue.Counters.Refused),
        new("failures", queue.Counters.Failures),
        .. _repeated is null ? (KeyValuePair<string, long>[])[] : [new("returned", _repeated.Returned), new("unremembered", _repeated.Unremembered)],
        .. Kernel(),
    ];

    /// <inheritdoc/>
    public bool Turn(bool mayWait)
    {
        // Neither a timer nor an answer of the translator may be late because of a wait in the read.
        bool waits = mayWait && !effects.AwaitsAnswer && engine.NextDeadline - GatewayClock.Now > PacketQueue.LongestWait.Ticks * 100;
        bool came = Receive(waits);
        for (int round = 1; came; round++)
        {
            while (queue.TryTake(out QueuedPacket packet))
            {
                Take(packet);
            }

            queue.Flush();
            if (round == MaxRounds || !queue.MayHaveMore || !Receive(waits: false))
            {
                break;
            }
        }

        AdvanceTo(GatewayClock.Now);
        queue.Flush();
        return came;
    }

    /// <inheritdoc/>
    public void Drain()
    {
        Turn(mayWait: false);
        engine.ReleaseAll(GatewayClock.Now);
        engine.ResetTranslated(GatewayClock.Now);
        effects.CarryOut(this, GatewayClock.Now);
        queue.Flush();
    }

    /// <inheritdoc/>
    public void Release(in Effect release)
    {
        if (!queue.TryRelease(release.PacketId, out PacketTicket ticket))
        {
            // In a dry run nothing was held.
            return;
        }

        uint mark = options.Marks.Verdict(ticket.Mark, release.Standing);
        recorder?.RecordDeparture(release.Bytes.Span, GatewayClock.WallTime);
        Forward(ticket, mark, release.Bytes.Span, release.Edited);
    }

    /// <inheritdoc/>
    public void Reset(in Effect reset)
    {
        if (resets?.TrySend(reset.Bytes.Span) != true)
        {
            engine.Reasons.Count(Reason.TranslationLost);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        queue.Dispose();
        resets?.Dispose();
    }

    private IEnumerable<KeyValuePair<string, long>> Kernel()
    {
        if (QueueStatistics.TryRead(options.QueueCounters, options.Queue, out QueueStatistics open)
            && QueueStatistics.TryRead(options.QueueCounters, QueueNumbers.Closed(options.Queue), out QueueStatistics closed))
        {
            yield return new("kernel-dropped", open.Dropped + closed.Dropped);
            yield return new("socket-dropped", open.UserDropped + closed.UserDropped);
        }
    }

    private bool Receive(bool waits)
    {
        bool came = queue.Receive(waits);
        _repeated?.BeginRead(queue.IsEmpty, queue.IsOverrun);
        return came;
    }

    private void AdvanceTo(long now)
    {
        _now = now;
        engine.Advance(now);
        effects.CarryOut(this, _now);
    }

    private void Take(in QueuedPacket packet)
    {
        AdvanceTo(GatewayClock.Now);
        PacketTicket ticket = packet.Ticket;
        FlowStanding standing = options.Marks.StandingOf(ticket.Mark);
        if (_repeated?.TryTake(packet.Datagram, out uint bits) == true)
        {
            Accept(ticket, bits);
            return;
        }

        if (packet.IsCut)
        {
            engine.Reasons.Count(Reason.Truncated);
            Forward(ticket, options.Marks.Verdict(ticket.Mark, standing), packet.Datagram, isEdited: false);
            return;
        }

        Direction direction = lan.DirectionOf(packet.InDevice, packet.OutDevice, packet.Datagram, engine);
        recorder?.RecordArrival(packet.Datagram, GatewayClock.WallTime);
        Verdict verdict = engine.Process(packet.Datagram, direction, ticket.Key, _now, standing);
        FlowStanding next = engine.Standing;
        bool waits = verdict == Verdict.Hold && !options.IsDryRun && queue.TryHold(ticket);
        effects.CarryOut(this, _now);
        if (!waits)
        {
            Send(packet, verdict, standing, next, direction);
        }
    }

    private void Send(in QueuedPacket packet, Verdict verdict, FlowStanding standing, FlowStanding next, Direction direction)
    {
        PacketTicket ticket = packet.Ticket;
        if (verdict == Verdict.Drop && !options.IsDryRun)
        {
            queue.Pass(ticket, NetfilterVerdict.Drop, ticket.Mark);
            return;
        }

        if (verdict == Verdict.Reset)
        {
            // The rule behind the queue resets what has this mark.
            Forward(ticket, options.Marks.Verdict(ticket.Mark, next), packet.Datagram, isEdited: false);
            return;
        }

        recorder?.RecordDeparture(verdict == Verdict.ForwardResized ? engine.Output : packet.Datagram, GatewayClock.WallTime);
        if (options.IsPinhole && standing == FlowStanding.Peer && direction == Direction.Inbound)
        {
            // Nothing behind this saves or clears marks, so ours must not be left on the packet.
            queue.Pass(ticket, NetfilterVerdict.Stop, ticket.Mark & ~options.Marks.Mask);
            return;
        }

        uint mark = options.Marks.Verdict(ticket.Mark, next);
        bool isResized = verdict == Verdict.ForwardResized;
        bool isEdited = isResized || (verdict == Verdict.ForwardEdited && !options.IsDryRun);
        Forward(ticket, mark, isResized ? engine.Output : packet.Datagram, isEdited);
    }

    /// <summary>Lets a packet go on, through its chain once more where rules may stand behind ours.</summary>
    private void Forward(in PacketTicket ticket, uint mark, ReadOnlySpan<byte> datagram, bool isEdited)
    {
        NetfilterVerdict verdict = _repeated?.TryAdd(datagram, mark & options.Marks.Mask, _now) == true ? NetfilterVerdict.Repeat : NetfilterVerdict.Accept;
        if (isEdited)
        {
            queue.PassEdited(ticket, verdict, mark, datagram);
        }
        else
        {
            queue.Pass(ticket, verdict, mark);
        }
    }

    /// <summary>Lets a packet go on whose mark lost our bits on the way through its chain: what is behind us needs them.</summary>
    private void Accept(in PacketTicket ticket, uint bits)
    {
        if (_repeated!.Returned == SignsOfClearing)
        {
            say("WARNING: a rule before ReAim's in iptables' mangle FORWARD clears ReAim's bits of packet marks, so that packets come to the queue "
                + "twice; the second time they are accepted, past rules behind ReAim's in that chain: reaim check names the rule.");
        }

        queue.Pass(ticket, NetfilterVerdict.Accept, (ticket.Mark & ~options.Marks.Mask) | bits);
    }
}
