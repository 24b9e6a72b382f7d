using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Puts a flow's segments in order for its session, and decides of each packet whether it goes on at once or waits. Delay is
/// all it ever does: no byte is acknowledged, inserted, dropped or split.
/// </summary>
internal sealed class Sequencer(
    EngineOptions options, SessionContext context, HoldPool holds, EffectQueue effects, Resumption resumption, SegmentTranslator translator)
{
    /// <summary>A segment that begins further ahead of what is expected belongs to no window we follow.</summary>
    private const long MaxAhead = 1 << 20;

    /// <summary>Counts events, so that a packet that waited can be told from one that was kept for an instant.</summary>
    public long Event { get; set; }

    /// <summary>Takes the next data segment of a flow, whether or not the flow is still read.</summary>
    /// <param name="flow">The flow; without a session as long as the first byte is missing.</param>
    /// <param name="side">The direction.</param>
    /// <param name="packet">The datagram.</param>
    /// <param name="segment">Its segment, with payload.</param>
    /// <param name="checksum">What its checksum says.</param>
    /// <param name="start">The stream offset of its first payload byte.</param>
    /// <param name="packetId">The caller's id.</param>
    /// <param name="now">The time of the event.</param>
    public Verdict Take(Flow flow, StreamSide side, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long start, long packetId, long now)
    {
        long end = start + segment.Payload.Length;
        long needed = ReadUpTo(flow, side);
        context.Enter(flow, side, now);
        if (start > needed)
        {
            return TakeEarly(flow, side, packet, segment, checksum, start, packetId, now);
        }

        side.Highest = Math.Max(side.Highest, end);
        if (end > needed)
        {
            Feed(flow, side, segment.Payload, start, end);
            Settle(flow, side, now);
        }

        if (end > Limit(flow, side))
        {
            if (Keep(flow, side, packet, start, end, packetId, now, wait: true))
            {
                return Verdict.Hold;
            }

            ReleaseWaiting(flow, side, Reason.HoldLimit, now);
            context.Reasons.Count(Reason.HoldLimit);
        }

        return Send(side, segment, checksum, start, end);
    }

    /// <summary>Applies edits to a segment that goes on now.</summary>
    private static Verdict Send(StreamSide side, TcpSegment segment, ChecksumState checksum, long start, long end)
    {
        side.Left = Math.Max(side.Left, end);
        return side.ApplyEdits(segment, start, checksum) ? Verdict.ForwardEdited : Verdict.Forward;
    }

    /// <summary>Lets go what is decided by now, after a session has read or the translator has answered.</summary>
    public void Settle(Flow flow, StreamSide side, long now)
    {
        if (side.FirstHeld is null)
        {
            return;
        }

        long limit = Limit(flow, side);
        for (HeldSegment? held = side.FirstHeld; held is not null; held = held.Next)
        {
            if (held.Waiting && held.End <= limit)
            {
                Release(side, held, Reason.Released, now);
            }
        }

        holds.DropCopies(side, ReadUpTo(flow, side));
    }

    /// <summary>Everything of a side that waits goes on, undecided bytes unchanged.</summary>
    public void ReleaseWaiting(Flow flow, StreamSide side, Reason reason, long now)
    {
        if (flow.AwaitedAnswers > 0)
        {
            context.AbandonAwaited(flow, side, reason, now);
        }

        for (HeldSegment? held = side.FirstHeld; held is not null; held = held.Next)
        {
            if (held.Waiting)
            {
                Release(side, held, reason, now);
            }
        }

        holds.DropCopies(side, ReadUpTo(flow, side));
    }

    /// <summary>The receiver has bytes that wait here, of which a copy went by unseen: what waits goes on, and can no longer be edited.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="side">The direction.</param>
    /// <param name="received">The offset up to which the receiver has them.</param>
    /// <param name="now">The time of the event.</param>
    public void LetGo(Flow flow, StreamSide side, long received, long now)
    {
        for (HeldSegment? held = side.FirstHeld; held is not null; held = held.Next)
        {
            if (held.Waiting && held.Start < received && held.End > side.Left)
            {
                context.Enter(flow, side, now);
                ReleaseWaiting(flow, side, Reason.BytesMissed, now);
                side.Left = Math.Max(side.Left, received);
                return;
            }
        }
    }

    /// <summary>Bytes of a side went by unseen: its framing is looked for anew, in the copies there are first, or it is read no more.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="side">The direction.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">The offset up to which bytes are missing.</param>
    /// <param name="now">The time of the event.</param>
    public void Lose(Flow flow, StreamSide side, Reason reason, long until, long now)
    {
        context.Enter(flow, side, now);
        if (flow.AwaitedAnswers > 0)
        {
            context.AbandonAwaited(flow, side, reason, now);
        }

        // What the receiver has already can no longer be edited.
        side.Left = Math.Max(side.Left, until);
        for (long needed = ReadUpTo(flow, side); needed < until; needed = ReadUpTo(flow, side))
        {
            long hole = Math.Min(until, side.FirstAfter(needed)?.Start ?? until);
            if (!resumption.TryBeginAgain(flow, side, reason, hole, now) || !IsFound(flow, side, hole, now))
            {
                ReleaseWaiting(flow, side, reason, now);
                return;
            }

            Feed(flow, side, default, start: 0, end: 0);
        }

        Settle(flow, side, now);
    }

    /// <summary>Packets may have gone by unseen: a hole in front of a segment will not be filled, and nothing waits for that.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="side">The direction.</param>
    /// <param name="start">The offset of a segment's first byte.</param>
    /// <param name="end">The offset after its last.</param>
    /// <param name="now">The time of the event.</param>
    public void LoseHole(Flow flow, StreamSide side, long start, long end, long now)
    {
        long needed = ReadUpTo(flow, side);
        side.MayHaveMissed &= end <= needed;
        if (start > needed && flow.State == FlowState.Recognised)
        {
            Lose(flow, side, Reason.BytesMissed, start, now);
        }
    }

    private Verdict TakeEarly(Flow flow, StreamSide side, Ipv4Packet packet, TcpSegment segment, ChecksumState checksum, long start, long packetId, long now)
    {
        long end = start + segment.Payload.Length;
        if (start - ReadUpTo(flow, side) > MaxAhead)
        {
            context.Reasons.Count(Reason.OutOfWindow);
            return Verdict.Forward;
        }

        side.Highest = Math.Max(side.Highest, end);
        if (end > Limit(flow, side))
        {
            if (Keep(flow, side, packet, start, end, packetId, now, wait: true))
            {
                return Verdict.Hold;
            }

            context.Reasons.Count(Reason.HoldLimit);
            ReleaseWaiting(flow, side, Reason.HoldLimit, now);
        }

        if (!holds.TryExtend(side, segment.Payload, start) && !Keep(flow, side, packet, start, end, packetId, now, wait: false))
        {
            // Without a copy nothing behind the hole could be read.
            context.Reasons.Count(Reason.HoldLimit);
            Lose(flow, side, Reason.BytesMissed, start, now);
            return Take(flow, side, packet, segment, checksum, start, packetId, now);
        }

        return Send(side, segment, checksum, start, end);
    }

    /// <summary>The offset up to which a side's bytes were read or are of no interest.</summary>
    private static long ReadUpTo(Flow flow, StreamSide side) =>
        flow.State is FlowState.Done or FlowState.Closed || side.Lost ? long.MaxValue
        : flow.Session is null ? 0
        : flow.Session.Needed(side.Direction);

    /// <summary>The first offset of a side that must not leave yet.</summary>
    private long Limit(Flow flow, StreamSide side)
    {
        if (options.ListensOnly)
        {
            return long.MaxValue;
        }

        long limit = flow.AwaitedAnswers > 0 ? context.AwaitedFrom(side) : long.MaxValue;
        if (flow.State != FlowState.Recognised || side.Lost)
        {
            return limit;
        }

        long undecided = flow.Session!.Undecided(side.Direction);
        if (undecided >= side.Left)
        {
            limit = Math.Min(limit, undecided);
        }

        // Behind a hole of the client's bytes an offer may stand; behind one of the server's only a neighbour's, or what is expected.
        return side.Direction == Direction.Outbound || context.Offers.HasOtherThan(flow.Key) || flow.Session.ExpectsEdits
            ? Math.Min(limit, flow.Session.Needed(side.Direction))
            : limit;
    }

    private void Feed(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start, long end)
    {
        Session session = flow.Session!;
        Direction direction = side.Direction;
        while (flow.State is FlowState.Candidate or FlowState.Recognised)
        {
            long needed = session.Needed(direction);
            HeldSegment? first = null;
            long until = end;
            for (HeldSegment? held = side.FirstHeld; held is not null && first is null; held = held.Next)
            {
                if (held.Start <= needed && needed < held.End)
                {
                    first = held;
                    until = held.End;
                }
            }

            if (first is null && (start > needed || end <= needed))
            {
                return;
            }

            // First copy wins: a segment that came earlier is read where it begins, whatever the later copy says.
            for (HeldSegment? held = side.FirstHeld; held is not null && held != first; held = held.Next)
            {
                if (held.Start > needed && held.Start < until)
                {
                    until = held.Start;
                }
            }

            ReadOnlySpan<byte> bytes = first is null ? payload : first.Payload;
            long offset = first is null ? start : first.Start;
            session.Read(context, bytes[(int)(needed - offset)..(int)(until - offset)], needed);
        }
    }

    /// <summary>Looks for a side's framing in the copies behind a hole.</summary>
    private bool IsFound(Flow flow, StreamSide side, long hole, long now)
    {
        for (HeldSegment? held = side.FirstAfter(hole - 1); held is not null && side.IsSought; held = side.FirstAfter(held.Start))
        {
            resumption.TrySettle(flow, side, held.Payload, held.Start, now);
        }

        return !side.IsSought;
    }

    private bool Keep(Flow flow, StreamSide side, Ipv4Packet packet, long start, long end, long packetId, long now, bool wait)
    {
        HeldSegment? held = holds.TryKeep(flow, side, packet.Bytes, start, end, packetId);
        if (held is null)
        {
            return false;
        }

        if (wait)
        {
            holds.Wait(held, now + options.MaxHoldTime, Event);
        }

        return true;
    }

    private void Release(StreamSide side, HeldSegment held, Reason reason, long now)
    {
        if (held.Event != Event)
        {
            context.Reasons.Count(reason);
        }

        bool edited = Ipv4Packet.TryParse(held.Bytes.Span, out Ipv4Packet packet, out _)
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _)
            && Send(side, segment, segment.GetChecksumState(packet.Source, packet.Destination), held.Start, held.End) == Verdict.ForwardEdited;
        if (held.Flow.IsTranslated && translator.Translate(held.Flow, side, held.Bytes.Span, out Span<byte> output))
        {
            if (output != held.Bytes.Span)
            {
                held.SetOutgoing(output);
            }

            edited = true;
        }

        holds.Go(held);
        effects.Add(
            new Effect
            {
                Kind = EffectKind.Release,
                Edited = edited,
                Standing = held.Flow.Standing,
                Reason = reason,
                Time = now,
                PacketId = held.PacketId,
                Bytes = held.Outgoing,
                Flow = held.Flow.Key,
            },
            held);
    }
}
