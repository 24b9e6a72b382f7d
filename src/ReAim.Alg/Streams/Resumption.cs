using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Brings back what was verified before: flows that this engine has not seen, and sides of which bytes went by unseen. A side is not
/// read until its framing is found.
/// </summary>
internal sealed class Resumption(EngineOptions options, SessionContext context, EffectQueue effects)
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
        StreamSide other = flow.Opposite(side);
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
    /// Bytes of a side went by unseen. Not so where lengths were changed: what went by had wrong numbers, and nobody knows whose are
    /// right since.
    /// </summary>
    /// <param name="flow">The flow.</param>
    /// <param name="side">The direction.</param>
    /// <param name="reason">Why.</param>
    /// <param name="until">The offset up to which bytes are missing.</param>
    /// <param name="now">The time of the event.</param>
    /// <returns>False if the side is read no more.</returns>
    public bool TryBeginAgain(Flow flow, StreamSide side, Reason reason, long until, long now)
    {
        bool mayBeFound = flow.State == FlowState.Recognised && !flow.IsTranslated;
        Framing framing = mayBeFound ? flow.Session!.Miss(context, until) : Framing.Misfit;
        side.Lost = framing != Framing.Found;
        side.IsSought = framing == Framing.Sought;
        if (framing == Framing.Misfit && (side.Direction == Direction.Outbound || flow.State == FlowState.Candidate))
        {
            Leave(flow, reason, now);
        }
        else
        {
            context.Reasons.Count(reason);
        }

        return framing != Framing.Misfit;
    }

    /// <summary>
    /// False for what says nothing of a side whose framing is looked for: bytes far out of the window or acknowledged before, and
    /// a first byte that comes alone, which a keep-alive may have made up (RFC 1122 4.2.3.6).
    /// </summary>
    public bool IsNews(StreamSide side, ReadOnlySpan<byte> payload, long start)
    {
        if (start > side.Farthest + FlowTracker.MaxEndAhead)
        {
            context.Reasons.Count(Reason.OutOfWindow);
            return false;
        }

        bool isKeepAlive = side.Direction == Direction.Outbound && payload.Length == 1 && side.Highest == 0;
        return start + payload.Length > side.Acknowledged && !isKeepAlive;
    }

    /// <summary>
    /// Looks for the framing of a side. That of a client whose flow this engine has not seen must fit at once, or the flow is left
    /// alone for good. A server's is never edited before it is found, and of a flow that was read before the client's numbers are
    /// known: these may be looked for again and again.
    /// </summary>
    /// <returns>True if the flow's state is another now.</returns>
    public bool TrySettle(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start, long now)
    {
        context.Enter(flow, side, now);
        bool isClient = side.Direction == Direction.Outbound;
        switch (Seek(flow, side, payload, start))
        {
            case Framing.Found:
                side.Lost = side.IsSought = false;
                if (flow.State == FlowState.Resuming)
                {
                    context.Recognise(Reason.Resumed);
                    return true;
                }

                if (isClient)
                {
                    context.Reasons.Count(Reason.Resumed);
                    effects.Add(new Effect
                    {
                        Kind = EffectKind.FlowRecognised,
                        Reason = Reason.Resumed,
                        HasOffers = flow.Session is { HasOffers: true },
                        Time = now,
                        Flow = flow.Key,
                        Protocol = flow.Protocol,
                    });
                }

                return false;
            case Framing.Misfit when isClient && flow.State == FlowState.Resuming && !MayGoOnLater(flow):
                Leave(flow, Reason.NotResumed, now);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A flow is left alone because of what went by unseen: only a new sign-on of its client brings help.</summary>
    public void Leave(Flow flow, Reason reason, long now)
    {
        flow.State = FlowState.Done;
        context.Reasons.Count(reason);
        effects.Add(new Effect { Kind = EffectKind.SignOnNeeded, Reason = reason, Time = now, Flow = flow.Key, Protocol = flow.Protocol });
    }

    private Framing Seek(Flow flow, StreamSide side, ReadOnlySpan<byte> payload, long start)
    {
        if (flow.State != FlowState.Resuming)
        {
            return flow.Session!.Seek(context, payload, start);
        }

        Framing framing = Framing.Misfit;
        if (flow.Session is { } session)
        {
            framing = session.Seek(context, payload, start);
            if (framing != Framing.Misfit || !flow.Protocol!.MayGoOnLater)
            {
                return framing;
            }

            // It may be another protocol that uses a word of this one's.
            session.Close(context);
            (flow.Protocol, flow.Session) = (null, null);
        }

        flow.Protocol = FindProtocol(flow, payload, side);
        flow.Session = flow.Protocol?.CreateSession();
        return flow.Session?.Seek(context, payload, start) ?? Framing.Misfit;
    }

    /// <summary>The protocol of which a message may stand at the beginning of a segment.</summary>
    private ProtocolDescriptor? FindProtocol(Flow flow, ReadOnlySpan<byte> payload, StreamSide side)
    {
        bool isFirst = side.Highest == 0;
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            if (MaySpeak(flow, protocol)
                && (isFirst || protocol.MayGoOnLater || side.Direction == Direction.Inbound)
                && protocol.MayGoOnWith(payload, side.Direction))
            {
                return protocol;
            }
        }

        return null;
    }

    /// <summary>
    /// False for a protocol on another's own port. Of what was verified nobody knows any more as what, and people may send each other texts
    /// that look like commands.
    /// </summary>
    private bool MaySpeak(Flow flow, ProtocolDescriptor protocol)
    {
        ushort port = flow.Key.Remote.Port;
        if (protocol.DefaultPort == port)
        {
            return true;
        }

        foreach (ProtocolDescriptor other in options.Protocols)
        {
            if (other.DefaultPort == port)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True if what a flow speaks, or may speak as long as nobody knows, may be looked for again.</summary>
    private bool MayGoOnLater(Flow flow)
    {
        bool mayGoOn = false;
        foreach (ProtocolDescriptor protocol in options.Protocols)
        {
            mayGoOn |= protocol.MayGoOnLater && MaySpeak(flow, protocol);
        }

        return flow.Protocol?.MayGoOnLater ?? mayGoOn;
    }
}
