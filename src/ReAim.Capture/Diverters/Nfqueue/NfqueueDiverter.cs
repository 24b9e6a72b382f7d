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
    PacketQueue queue, Engine engine, EffectRunner effects, LanDevices lan, DiverterOptions options, PacketRecorder? recorder, RawSender? resets)
    : IDiverter, IReleases
{
    /// <summary>So many rounds at most before timers and others have their turn.</summary>
    private const int MaxRounds = 16;

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
        .. QueueStatistics.TryRead(options.QueueCounters, options.Queue, out QueueStatistics kernel)
            ? (KeyValuePair<string, long>[])[new("kernel-dropped", kernel.Dropped), new("socket-dropped", kernel.UserDropped)]
            : [],
    ];

    /// <inheritdoc/>
    public bool Turn(bool mayWait)
    {
        // Neither a timer nor an answer of the translator may be late because of a wait in the read.
        bool waits = mayWait && !effects.AwaitsAnswer && engine.NextDeadline - GatewayClock.Now > PacketQueue.LongestWait.Ticks * 100;
        bool came = queue.Receive(waits);
        for (int round = 1; came; round++)
        {
            while (queue.TryTake(out QueuedPacket packet))
            {
                Take(packet);
            }

            queue.Flush();
            if (round == MaxRounds || !queue.MayHaveMore || !queue.Receive())
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
        if (!queue.TryRelease((uint)release.PacketId, out PacketTicket ticket))
        {
            // In a dry run nothing was held.
            return;
        }

        uint mark = options.Marks.Verdict(ticket.Mark, release.Standing);
        recorder?.RecordDeparture(release.Bytes.Span, GatewayClock.WallTime);
        if (release.Edited)
        {
            queue.PassEdited(ticket, options.Forward, mark, release.Bytes.Span);
        }
        else
        {
            queue.Pass(ticket, options.Forward, mark);
        }
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
        if (packet.IsCut)
        {
            engine.Reasons.Count(Reason.Truncated);
            queue.Pass(ticket, options.Forward, options.Marks.Verdict(ticket.Mark, standing));
            return;
        }

        Direction direction = lan.DirectionOf(packet.InDevice, packet.OutDevice, packet.Datagram, engine);
        recorder?.RecordArrival(packet.Datagram, GatewayClock.WallTime);
        Verdict verdict = engine.Process(packet.Datagram, direction, ticket.Id, _now, standing);
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
            queue.Pass(ticket, options.Forward, options.Marks.Verdict(ticket.Mark, next));
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
        if (verdict == Verdict.ForwardEdited && !options.IsDryRun)
        {
            queue.PassEdited(ticket, options.Forward, mark, packet.Datagram);
        }
        else if (verdict == Verdict.ForwardResized)
        {
            queue.PassEdited(ticket, options.Forward, mark, engine.Output);
        }
        else
        {
            queue.Pass(ticket, options.Forward, mark);
        }
    }
}
