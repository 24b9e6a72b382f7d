using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Brings flows back that were verified before this engine saw them. Neither side is read until its framing is found.
/// </summary>
internal sealed class Resumption(EngineOptions options, SessionContext context)
{
    /// <summary>A flow met in mid-stream: both sides' framing is looked for.</summary>
    public static void Begin(Flow flow)
    {
        (flow.Outbound.Lost, flow.Outbound.IsSought) = (true, true);
        (flow.Inbound.Lost, flow.Inbound.IsSought) = (true, true);
    }

    /// <summary>Where both sides of a flow met in mid-stream are now, one segment tells: its own number, and the other's.</summary>
    public static void Locate(Flow flow, StreamSide side, TcpSegment segment)
    {
        StreamSide other = flow.Side(side.Direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound);
        if (side.IsSought && !side.Started)
        {
            side.StartAt(segment.Sequence);
        }

        if (other.IsSought && !other.Started && segment.Has(TcpFlags.Ack))
        {
            other.StartAt(segment.Acknowledgement);
        }
    }

    /// <summary>
    /// False for what says nothing of a side whose framing is looked for: bytes far out of the window or acknowledged before, and
    /// a first byte that comes alone, which a keep-alive may have made up (RFC 1122 4.2.3.6).
    /// </summary>
    public bool IsNews(StreamSide side, ReadOnlySpan<byte> payload, long start)
    {
        if (start > side.Highest + FlowTracker.MaxEndAhead)
        {
            context.Reasons.Count(Reason.OutOfWindow);
            return false;
        }

        bool isKeepAlive = side.Direction == Direction.Outbound && payload.Length == 1 && side.Highest == 0;
        return start + payload.Length > side.Acknowledged && !isKeepAlive;
    }

    /// <summary>
    /// Looks for the framing of a side. The client's must fit at once, or the flow is left alone for good; the server's is never
    /// edited before it is found, so it may be looked for again and again.
    /// </summary>
    /// <returns>True if the flow's state is another now.</returns>
    public bool TrySettle(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start, long now)
    {
        context.Enter(flow, side, now);
        flow.Protocol ??= FindProtocol(payload[0]);
        flow.Session ??= flow.Protocol?.CreateSession();
        switch (flow.Session is null ? Framing.Misfit : flow.Session.Seek(context, payload, start))
        {
            case Framing.Found:
                side.Lost = side.IsSought = false;
                if (flow.State != FlowState.Resuming)
                {
                    return false;
                }

                context.Recognise(Reason.Resumed);
                return true;
            case Framing.Misfit when side.Direction == Direction.Outbound:
                context.Reject(Reason.NotResumed);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The protocol of which a message may begin with a byte.</summary>
    private ProtocolDescriptor? FindProtocol(byte first)
    {
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            if (protocol.MayGoOnWith(first))
            {
                return protocol;
            }
        }

        return null;
    }
}
