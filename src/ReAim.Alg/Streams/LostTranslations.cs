using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// Connections whose lengths an engine changed that is gone. The rule behind the queue resets whoever sends, with the number that he
/// has named himself. The other end is made to speak too, so that the rule resets it in the same way.
/// </summary>
/// <remarks>
/// A server is asked by a segment that lies before its window: every TCP answers that by what it expects (RFC 9293 3.10.7.4), and
/// connection tracking translates it as it does the client's own. To a LAN host tracking knows no way but the server's, so it gets a
/// reset that is right unless something is on its way; then it answers by what it expects (RFC 5961 3.2).
/// </remarks>
internal sealed class LostTranslations(EffectQueue effects)
{
    /// <summary>Connections remembered at once.</summary>
    private const int Capacity = 256;

    /// <summary>A connection whose resets do not arrive must not make its ends talk without end.</summary>
    private const long Pause = EngineOptions.Second;

    /// <summary>So far before its sender's number: more than what text protocols have on the way, less than what firewalls take for old.</summary>
    private const uint Before = 0x8000;

    private readonly Dictionary<FlowKey, long> _asked = [];

    /// <summary>Makes the end speak that has not sent a packet.</summary>
    /// <param name="key">The connection.</param>
    /// <param name="direction">Which way the packet goes.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="segment">Its segment.</param>
    /// <param name="now">The time of the event.</param>
    public void Ask(FlowKey key, Direction direction, Ipv4Packet packet, TcpSegment segment, long now)
    {
        if (!TryRemember(key, now))
        {
            return;
        }

        if (direction == Direction.Outbound)
        {
            Send(key, Probe(packet, segment), now);
            return;
        }

        foreach (uint sequence in (ReadOnlySpan<uint>)[segment.Sequence, segment.Sequence + (uint)segment.Payload.Length])
        {
            Send(key, ResetSegment.Build(key.Remote, key.Lan, sequence), now);
        }
    }

    /// <summary>The same segment without its payload, from before the window. Options stay: some receivers want a time stamp in each.</summary>
    private static byte[] Probe(Ipv4Packet packet, TcpSegment segment)
    {
        byte[] datagram = [.. packet.Header, .. segment.Header];
        Ipv4Packet.WriteLengthAndChecksum(datagram);
        _ = Ipv4Packet.TryParse(datagram, out Ipv4Packet outgoing, out _);
        _ = TcpSegment.TryParse(outgoing.Payload, out TcpSegment probe, out _);
        probe.ClearFlags(~TcpFlags.Ack);
        probe.WriteSequenceAndChecksum(segment.Sequence - Before, ChecksumState.Partial);
        probe.WriteChecksum(packet.Source, packet.Destination);
        return datagram;
    }

    private bool TryRemember(FlowKey key, long now)
    {
        if (_asked.TryGetValue(key, out long last) && now - last < Pause)
        {
            return false;
        }

        if (_asked.Count >= Capacity)
        {
            foreach ((FlowKey old, long time) in _asked)
            {
                if (now - time >= Pause)
                {
                    _asked.Remove(old);
                }
            }
        }

        if (_asked.Count >= Capacity)
        {
            return false;
        }

        _asked[key] = now;
        return true;
    }

    private void Send(FlowKey key, byte[] datagram, long now) =>
        effects.Add(new Effect { Kind = EffectKind.Reset, Time = now, Flow = key, Bytes = datagram });
}
