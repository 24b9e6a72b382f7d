using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>Follows TCP connections from SYN to end, and brings their data to the <see cref="Sequencer"/>.</summary>
internal sealed class FlowTracker(EngineOptions options, FlowTable flows, HoldPool holds, EffectQueue effects, SessionContext context)
{
    /// <summary>A reset or FIN further ahead than any window is somebody else's (RFC 9293 3.10.7.4).</summary>
    internal const long MaxEndAhead = 1 << 20;

    private readonly Resumption _resumption = new(options, context);
    private readonly Sequencer _sequencer = new(options, context, holds, effects, flows);

    /// <summary>A new packet, answer or timer begins.</summary>
    public void BeginEvent() => _sequencer.Event++;

    /// <summary>The flow of an outbound SYN: the one it repeats, or a new one; null if the table is full.</summary>
    public Flow? Open(FlowKey key, uint initialSequence, FlowStanding standing, long now)
    {
        Flow? flow = flows.Find(key);
        if (flow is not null)
        {
            if (flow.Outbound.IsStartedBy(initialSequence) && flow.State != FlowState.Closed)
            {
                return flow;
            }

            // The port is used again: what the old connection offered ends as if it had signed off.
            Forget(flow, Reason.Closed, now);
        }

        flow = new Flow(key, options.PublicAddress, FlowStanding.Watched) { IsRemembered = standing != FlowStanding.None };
        flow.Outbound.Start(initialSequence);
        return TryAdd(flow, now) ? flow : null;
    }

    /// <summary>A new flow for a connection that was verified before: its framing is looked for; null if the table is full.</summary>
    public Flow? Resume(FlowKey key, long now)
    {
        var flow = new Flow(key, options.PublicAddress, FlowStanding.Verified) { IsRemembered = true, State = FlowState.Resuming };
        Resumption.Begin(flow);
        return TryAdd(flow, now) ? flow : null;
    }

    /// <summary>Takes a segment of a flow.</summary>
    public Verdict Take(Flow flow, Direction direction, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long packetId, long now)
    {
        StreamSide side = flow.Side(direction);
        TcpFlags flags = segment.Flags;
        uint sequence = segment.Sequence;
        flows.Touch(flow, now);
        if ((flags & TcpFlags.Syn) != 0)
        {
            if (!side.Started && (flags & TcpFlags.Ack) != 0)
            {
                side.Start(sequence);
                flows.Touch(flow, now);
            }

            // Data of a SYN begins behind its sequence number (RFC 9293 3.4).
            sequence++;
        }
        else if ((flags & TcpFlags.Rst) == 0)
        {
            Resumption.Locate(flow, side, segment);
        }

        if (!side.Started)
        {
            if ((flags & TcpFlags.Rst) != 0)
            {
                // Connection refused.
                Close(flow, now);
            }

            return Verdict.Forward;
        }

        long start = side.OffsetOf(sequence);
        if ((flags & TcpFlags.Rst) != 0)
        {
            if (IsPlausible(side, start))
            {
                Close(flow, now);
            }

            return Verdict.Forward;
        }

        if (flow.IsRemembered && IsAnswerMissed(flow, direction, flags))
        {
            context.Enter(flow, flow.Inbound, now);
            context.Reject(Reason.BytesMissed);
            StateChanged(flow, now);
        }

        if ((flags & TcpFlags.Ack) != 0)
        {
            TakeAcknowledgement(flow, flow.Side(direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound), segment.Acknowledgement, now);
        }

        Verdict verdict = segment.Payload.IsEmpty
            ? Verdict.Forward
            : TakeData(flow, side, packet, segment, checksum, start, packetId, now);
        if ((flags & TcpFlags.Fin) != 0 && side.FinOffset < 0 && IsPlausible(side, start + segment.Payload.Length))
        {
            side.FinOffset = start + segment.Payload.Length;
            context.Enter(flow, side, now);
            context.SignOff();
        }

        if (side.FinOffset >= 0)
        {
            CheckFinished(flow, side, now);
        }

        CheckOver(flow, now);
        return verdict;
    }

    /// <summary>Lets go what is decided by now.</summary>
    public void Settle(Flow flow, StreamSide side, long now)
    {
        _sequencer.Settle(flow, side, now);
        CheckOver(flow, now);
    }

    /// <summary>A packet waited for the longest time allowed: it goes on, and with it all that waits on its side.</summary>
    public void ExpireHold(HeldSegment held, long now) => ReleaseWaiting(held, Reason.HoldExpired, now);

    /// <summary>All that waits on a packet's side goes on, undecided bytes unchanged.</summary>
    public void ReleaseWaiting(HeldSegment held, Reason reason, long now)
    {
        Flow flow = held.Flow;
        _sequencer.ReleaseWaiting(flow, flow.Side(held.Direction), reason, now);
        CheckOver(flow, now);
    }

    /// <summary>Ends a flow and takes it out of the table.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="reason">Why; none for one that is closed already.</param>
    /// <param name="now">The time of the event.</param>
    public void Forget(Flow flow, Reason reason, long now)
    {
        if (reason != Reason.None)
        {
            context.Reasons.Count(reason);
        }

        // Closed, nothing of it is to be read any more: its copies give their places back.
        flow.State = FlowState.Closed;
        End(flow, now);
        context.ForgetAwaited(flow);
        flows.Remove(flow);
    }

    /// <summary>Adds a flow; one that is worth less makes room for it.</summary>
    private bool TryAdd(Flow flow, long now)
    {
        if (flows.Surplus is { } surplus)
        {
            Forget(surplus, surplus.IsOver ? Reason.None : Reason.FlowTableFull, now);
        }

        return flows.TryAdd(flow, now);
    }

    private Verdict TakeData(Flow flow, StreamSide side, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long start, long packetId, long now)
    {
        if (side.IsSought && flow.State is FlowState.Resuming or FlowState.Recognised)
        {
            if (!_resumption.IsNews(side, segment.Payload, start))
            {
                return Verdict.Forward;
            }

            if (_resumption.TrySettle(flow, side, segment.Payload, start, now))
            {
                StateChanged(flow, now);
            }
        }

        if (flow.State == FlowState.Candidate && flow.Session is null && start <= 0)
        {
            Choose(flow, side, segment.Payload, start, now);
        }

        FlowState before = flow.State;
        Verdict verdict = _sequencer.Take(flow, side, packet, segment, checksum, start, packetId, now);
        if (flow.State != before)
        {
            StateChanged(flow, now);
        }

        return verdict;
    }

    /// <summary>Finds the protocol that may begin with a flow's first byte, if the segment has it.</summary>
    private void Choose(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start, long now)
    {
        if (start + payload.Length <= 0)
        {
            return;
        }

        byte first = payload[(int)-start];
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            if (protocol.MayBeginWith(first))
            {
                flow.Session = protocol.CreateSession();
                return;
            }
        }

        context.Enter(flow, side, now);
        context.Reject(Reason.NotRecognised);
        StateChanged(flow, now);
    }

    private void TakeAcknowledgement(Flow flow, StreamSide acknowledged, uint acknowledgement, long now)
    {
        if (!acknowledged.Started)
        {
            return;
        }

        long offset = acknowledged.OffsetOf(acknowledgement);
        acknowledged.Acknowledged = Math.Max(acknowledged.Acknowledged, Math.Min(offset, acknowledged.Highest));
        if (flow.State is FlowState.Done or FlowState.Closed || acknowledged.Lost)
        {
            return;
        }

        long known = flow.Session is null ? 0 : flow.Session.Needed(acknowledged.Direction);
        if (acknowledged.FinOffset >= 0)
        {
            known = Math.Max(known, acknowledged.FinOffset + 1);
        }

        if (offset > known)
        {
            // The receiver has bytes that never came by here.
            _sequencer.Lose(flow, acknowledged, Reason.BytesMissed, now);
            if (flow.State == FlowState.Done)
            {
                StateChanged(flow, now);
            }
        }
    }

    /// <summary>
    /// True if the client goes on after an answer to its SYN that never came by here: nothing of the server's can ever be read.
    /// </summary>
    private static bool IsAnswerMissed(Flow flow, Direction direction, TcpFlags flags) =>
        direction == Direction.Outbound
        && !flow.Inbound.Started
        && flow.State == FlowState.Candidate
        && (flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Ack;

    /// <summary>True if a segment that ends a stream may be its sender's: strangers must guess the window.</summary>
    private static bool IsPlausible(StreamSide side, long offset) =>
        offset >= side.Acknowledged && offset <= side.Highest + MaxEndAhead;

    private static bool IsFinished(Flow flow, StreamSide side) =>
        side.FinOffset >= 0 && (side.Lost || flow.Session is null || flow.Session.Needed(side.Direction) >= side.FinOffset);

    private void CheckFinished(Flow flow, StreamSide side, long now)
    {
        if (!IsFinished(flow, side) || flow.State == FlowState.Closed || flow.AwaitedOffers > 0)
        {
            return;
        }

        // No more bytes will come: what waits for more of a message waits in vain.
        _sequencer.ReleaseWaiting(flow, side, Reason.Closed, now);
        if (IsFinished(flow, flow.Side(side.Direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound)))
        {
            Close(flow, now);
        }
    }

    private void Close(Flow flow, long now)
    {
        if (flow.State != FlowState.Closed)
        {
            context.Reasons.Count(Reason.Closed);
            flow.State = FlowState.Closed;
            End(flow, now);
            flows.Touch(flow, now);
        }
    }

    /// <summary>Nothing of the flow is read any more: what waits goes on, what was borrowed goes back.</summary>
    private void End(Flow flow, long now)
    {
        context.Enter(flow, flow.Outbound, now);
        context.SignOff();
        flow.Session?.Close(context);
        flow.Session = null;
        _sequencer.ReleaseWaiting(flow, flow.Outbound, Reason.Closed, now);
        _sequencer.ReleaseWaiting(flow, flow.Inbound, Reason.Closed, now);
    }

    private void StateChanged(Flow flow, long now)
    {
        flows.Touch(flow, now);
        if (flow.State != FlowState.Done)
        {
            return;
        }

        context.Enter(flow, flow.Outbound, now);
        flow.Session?.Close(context);
        flow.Session = null;
        _sequencer.Settle(flow, flow.Outbound, now);
        _sequencer.Settle(flow, flow.Inbound, now);
        CheckOver(flow, now);
    }

    /// <summary>
    /// A flow that is no longer read is over once nothing of it waits, and nothing of it that was edited may come again: a
    /// retransmission that went on without its edits would tell the receiver something else.
    /// </summary>
    private void CheckOver(Flow flow, long now)
    {
        if (flow.State == FlowState.Done && flow.Standing != FlowStanding.Done
            && flow.AwaitedOffers == 0 && flow.HeldPackets == 0
            && !flow.Outbound.HasUnacknowledgedEdits && !flow.Inbound.HasUnacknowledgedEdits)
        {
            flow.Standing = FlowStanding.Done;
            flows.Touch(flow, now);
            effects.Add(new Effect { Kind = EffectKind.FlowDone, Time = now, Flow = flow.Key });
        }
    }
}
