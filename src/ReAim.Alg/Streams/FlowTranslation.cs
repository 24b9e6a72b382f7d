using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>What is due to flows whose lengths change, packet by packet: their SYNs, their segments, errors about them, and their end.</summary>
internal sealed class FlowTranslation(EngineOptions options, FlowTable flows, EffectQueue effects)
{
    // Its own: what it made last must outlast what is released meanwhile.
    private readonly SegmentTranslator _translator = new();

    /// <summary>What leaves instead of the packet taken last, if its verdict is <see cref="Verdict.ForwardResized"/>.</summary>
    public Span<byte> Output => _translator.Output;

    /// <summary>A segment that goes on at once, of a flow whose lengths may change, or were changed.</summary>
    public Verdict Take(Flow flow, Direction direction, Ipv4Packet packet, TcpSegment segment, Verdict verdict)
    {
        if (verdict is not (Verdict.Forward or Verdict.ForwardEdited))
        {
            return verdict;
        }

        StreamSide side = flow.Side(direction);
        if ((segment.Flags & TcpFlags.Syn) != 0)
        {
            return SegmentSizeClamp.Apply(options, flow, side, packet, segment) ? Verdict.ForwardEdited : verdict;
        }

        if (!flow.IsTranslated || !_translator.Translate(flow, side, packet.Bytes, out Span<byte> output))
        {
            return verdict;
        }

        return output == packet.Bytes ? Verdict.ForwardEdited : Verdict.ForwardResized;
    }

    /// <summary>
    /// Somebody on the way could not deliver a segment, and quotes it as it was behind us: its sender heeds that only if it is in
    /// his own numbering (RFC 5927 4.1).
    /// </summary>
    /// <returns>False if it concerns no flow whose lengths were changed.</returns>
    public bool TryTranslateError(Ipv4Packet packet, Direction direction)
    {
        if (packet.Protocol != Ipv4Packet.Icmp || !IcmpError.TryParse(packet.Payload, out IcmpError error, out _))
        {
            return false;
        }

        bool inbound = direction == Direction.Inbound;
        FlowKey key = inbound ? new FlowKey(error.QuotedSource, error.QuotedDestination) : new FlowKey(error.QuotedDestination, error.QuotedSource);
        if (flows.Find(key) is not { IsTranslated: true } flow)
        {
            return false;
        }

        StreamSide side = inbound ? flow.Outbound : flow.Inbound;
        uint before = error.QuotedSequence;
        uint after = side.ToSender(before);
        if (after == before)
        {
            return false;
        }

        error.WriteQuotedSequenceAndChecksum(after);
        return true;
    }

    /// <summary>Tells both ends of all translated connections that these are over: a server that is not told keeps the client's name.</summary>
    public void Reset(long now)
    {
        foreach (Flow flow in flows.All)
        {
            if (flow.IsTranslated && flow.State != FlowState.Closed)
            {
                Reset(flow, flow.Inbound, flow.Key.Remote, flow.Key.Lan, now);
                Reset(flow, flow.Outbound, flow.Key.Lan, flow.Key.Remote, now);
            }
        }
    }

    /// <summary>A reset counts only with exactly the number that comes next (RFC 5961 3.2): which of the two that is, the receiver knows.</summary>
    private void Reset(Flow flow, StreamSide side, Ipv4Endpoint source, Ipv4Endpoint destination, long now)
    {
        foreach (long offset in (ReadOnlySpan<long>)[side.Highest, side.Acknowledged])
        {
            byte[] datagram = ResetSegment.Build(source, destination, side.ReceiverSequenceOf(offset));
            effects.Add(new Effect { Kind = EffectKind.Reset, Time = now, Flow = flow.Key, Bytes = datagram });
        }
    }
}
