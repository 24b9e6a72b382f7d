using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>Reads the segments of TCP connections, and brings their data to the <see cref="Sequencer"/>.</summary>
internal sealed class FlowTracker(
    EngineOptions options, FlowTable flows, SessionContext context, Sequencer sequencer, Resumption resumption, FlowLifecycle lifecycle)
{
    /// <summary>A reset or FIN further ahead than any window is somebody else's (RFC 9293 3.10.7.4).</summary>
    internal const long MaxEndAhead = 1 << 20;

    /// <summary>A new packet, answer or timer begins.</summary>
    public void BeginEvent() => sequencer.Event++;

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

            if (side.Started && !side.IsStartedBy(sequence))
            {
                // Of no connection that is known: whoever receives it answers, and that tells (RFC 5961 4).
                return Verdict.Forward;
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
                lifecycle.Close(flow, now);
            }

            return Verdict.Forward;
        }

        long start = side.OffsetOf(sequence);
        if ((flags & TcpFlags.Rst) != 0)
        {
            if (IsPlausible(side, start))
            {
                lifecycle.Close(flow, now);
            }

            return Verdict.Forward;
        }

        if (flow.IsRemembered && IsAnswerMissed(flow, direction, flags))
        {
            resumption.Leave(flow, Reason.BytesMissed, now);
            lifecycle.StateChanged(flow, now);
        }

        if (side.Claimed > side.Acknowledged)
        {
            LoseMissed(flow, side, start, now);
        }

        if ((flags & TcpFlags.Ack) != 0 && MayBeItsOwn(side, start))
        {
            StreamSide acknowledged = flow.Opposite(side);
            TakeAcknowledgement(flow, acknowledged, acknowledged.ToSender(segment.Acknowledgement), now);
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

        lifecycle.CheckOver(flow, now);
        return verdict;
    }

    /// <summary>Lets go what is decided by now.</summary>
    public void Settle(Flow flow, StreamSide side, long now)
    {
        sequencer.Settle(flow, side, now);
        lifecycle.CheckOver(flow, now);
    }

    /// <summary>A packet waited for the longest time allowed: it goes on, and with it all that waits on its side.</summary>
    public void ExpireHold(HeldSegment held, long now) => ReleaseWaiting(held, Reason.HoldExpired, now);

    /// <summary>All that waits on a packet's side goes on, undecided bytes unchanged.</summary>
    public void ReleaseWaiting(HeldSegment held, Reason reason, long now)
    {
        Flow flow = held.Flow;
        sequencer.ReleaseWaiting(flow, flow.Side(held.Direction), reason, now);
        lifecycle.CheckOver(flow, now);
    }

    /// <summary>Packets of a flow may have gone by unseen.</summary>
    public void NoteUnseen(Flow flow, long now)
    {
        if (flow.State != FlowState.Recognised)
        {
            return;
        }

        foreach (StreamSide side in (ReadOnlySpan<StreamSide>)[flow.Outbound, flow.Inbound])
        {
            side.MayHaveMissed = true;
            if (side.FirstAfter(flow.Session?.Needed(side.Direction) ?? long.MaxValue) is { } behind)
            {
                sequencer.LoseHole(flow, side, behind.Start, behind.End, now);
            }
        }

        if (flow.State == FlowState.Done)
        {
            lifecycle.StateChanged(flow, now);
        }
    }

    private Verdict TakeData(Flow flow, StreamSide side, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long start, long packetId, long now)
    {
        if (side.MayHaveMissed)
        {
            sequencer.LoseHole(flow, side, start, start + segment.Payload.Length, now);
        }

        if (side.IsSought && flow.State is FlowState.Resuming or FlowState.Recognised)
        {
            if (!resumption.IsNews(side, segment.Payload, start))
            {
                // It may repeat what was edited before the bytes were missed.
                return side.ApplyEdits(segment, start, checksum) ? Verdict.ForwardEdited : Verdict.Forward;
            }

            if (resumption.TrySettle(flow, side, segment.Payload, start, now))
            {
                lifecycle.StateChanged(flow, now);
            }
        }

        if (flow.State == FlowState.Candidate && flow.Session is null && start <= 0)
        {
            Choose(flow, side, segment.Payload, start, now);
        }

        FlowState before = flow.State;
        Verdict verdict = sequencer.Take(flow, side, packet, segment, checksum, start, packetId, now);
        if (flow.State != before)
        {
            lifecycle.StateChanged(flow, now);
        }

        return verdict;
    }

    /// <summary>
    /// Finds the protocol that may begin with a flow's first bytes, if the segment has them; of several, the one whose port it is.
    /// </summary>
    private void Choose(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start, long now)
    {
        if (start + payload.Length <= 0)
        {
            return;
        }

        ReadOnlySpan<byte> first = payload[(int)-start..];
        ProtocolDescriptor? chosen = null;
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            if (protocol.MayBeginWith(first) && (chosen is null || protocol.DefaultPort == flow.Key.Remote.Port))
            {
                chosen = protocol;
            }
        }

        if (chosen is not null)
        {
            flow.Protocol = chosen;
            flow.Session = chosen.CreateSession();
            return;
        }

        context.Enter(flow, side, now);
        context.Decline(Doubt.FirstBytes, first);
        lifecycle.StateChanged(flow, now);
    }

    private void TakeAcknowledgement(Flow flow, StreamSide acknowledged, uint acknowledgement, long now)
    {
        if (!acknowledged.Started)
        {
            return;
        }

        long offset = acknowledged.OffsetOf(acknowledgement);
        if (offset <= acknowledged.Acknowledged)
        {
            // Said before, as by each segment of an end that is only sending.
            return;
        }

        acknowledged.Acknowledged = Math.Max(acknowledged.Acknowledged, Math.Min(offset, acknowledged.Highest));
        acknowledged.Claimed = Math.Max(acknowledged.Claimed, offset);
        if (acknowledged.FirstHeld is not null && flow.Session is { } session && offset > session.Needed(acknowledged.Direction))
        {
            // The receiver has more than ever came by. In a recording it has what waits here too, but no more than that.
            sequencer.LetGo(flow, acknowledged, Math.Min(offset, acknowledged.Highest), now);
        }

        LoseMissed(flow, acknowledged, acknowledged.Highest, now);
    }

    /// <summary>
    /// Gives up bytes that never came by here, if their receiver has them and their sender has gone beyond them. Either alone is no proof:
    /// a stranger may acknowledge what was never sent.
    /// </summary>
    /// <param name="flow">The flow.</param>
    /// <param name="side">The direction.</param>
    /// <param name="sent">The offset that its sender has come to.</param>
    /// <param name="now">The time of the event.</param>
    private void LoseMissed(Flow flow, StreamSide side, long sent, long now)
    {
        long until = Math.Min(side.Claimed, sent);
        if (until <= side.FinOffset || side.Lost || flow.State is FlowState.Done or FlowState.Closed)
        {
            return;
        }

        if (until > (flow.Session is null ? 0 : flow.Session.Needed(side.Direction)))
        {
            sequencer.Lose(flow, side, Reason.BytesMissed, until, now);
            if (flow.State == FlowState.Done)
            {
                lifecycle.StateChanged(flow, now);
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

    /// <summary>False for a segment far from all that its sender has said: its receiver would not heed it (RFC 9293 3.10.7.4).</summary>
    private static bool MayBeItsOwn(StreamSide side, long start) =>
        side.Lost || side.MayHaveMissed || (start >= side.Acknowledged - MaxEndAhead && start <= side.Farthest + MaxEndAhead);

    /// <summary>True if a segment that ends a stream may be its sender's: strangers must guess the window.</summary>
    private static bool IsPlausible(StreamSide side, long offset) =>
        offset >= side.Acknowledged && offset <= side.Farthest + MaxEndAhead;

    private static bool IsFinished(Flow flow, StreamSide side) =>
        side.FinOffset >= 0 && (side.Lost || flow.Session is null || flow.Session.Needed(side.Direction) >= side.FinOffset);

    private void CheckFinished(Flow flow, StreamSide side, long now)
    {
        if (!IsFinished(flow, side) || flow.State == FlowState.Closed || flow.AwaitedAnswers > 0)
        {
            return;
        }

        // No more bytes will come: what waits for more of a message waits in vain.
        sequencer.ReleaseWaiting(flow, side, Reason.Closed, now);
        if (IsFinished(flow, flow.Side(side.Direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound)))
        {
            lifecycle.Close(flow, now);
        }
    }
}
