using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>
/// Remembers what left of each byte of a stream that its receiver has not acknowledged: every further copy of it must leave the
/// same, or the receiver would have two.
/// </summary>
internal sealed class CopyJudge
{
    /// <summary>A flow that was silent for so long may be forgotten, and its edits with it.</summary>
    private const long Memory = 50 * EngineOptions.Second;

    private readonly Dictionary<(FlowKey Flow, Direction Direction), Dictionary<uint, (byte Came, byte Left)>> _sides = [];
    private readonly Dictionary<(FlowKey Flow, Direction Direction), uint> _acknowledged = [];
    private readonly HashSet<FlowKey> _over = [];
    private long _silence;

    public void Forget()
    {
        _sides.Clear();
        _acknowledged.Clear();
        _over.Clear();
    }

    public void Wait(long nanoseconds)
    {
        _silence += nanoseconds;
        if (_silence > Memory)
        {
            Forget();
        }
    }

    public void Take(Direction direction, byte[] came, byte[] left)
    {
        _silence = 0;
        if (Keys.Of(came, direction) is not { } flow
            || !Ipv4Packet.TryParse(came, out Ipv4Packet ip, out _) || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _)
            || !ip.IsHeaderChecksumValid || tcp.GetChecksumState(ip.Source, ip.Destination) == ChecksumState.Wrong)
        {
            return;
        }

        bool isAnswer = (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == (TcpFlags.Syn | TcpFlags.Ack);
        if ((tcp.Flags & (TcpFlags.Syn | TcpFlags.Rst)) != 0 && !isAnswer)
        {
            // After a reset nobody takes anything any more, until the ends are used again.
            _ = (tcp.Flags & TcpFlags.Rst) != 0 ? _over.Add(flow) : _over.Remove(flow);
            foreach (Direction side in (ReadOnlySpan<Direction>)[Direction.Outbound, Direction.Inbound])
            {
                _sides.Remove((flow, side));
                _acknowledged.Remove((flow, side));
            }

            return;
        }

        if (_over.Contains(flow))
        {
            return;
        }

        (FlowKey, Direction) opposite = (flow, direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound);
        if ((tcp.Flags & TcpFlags.Ack) != 0 && _sides.TryGetValue(opposite, out Dictionary<uint, (byte Came, byte Left)>? other))
        {
            uint acknowledged = tcp.Acknowledgement;
            if (!_acknowledged.TryGetValue(opposite, out uint before) || (int)(acknowledged - before) > 0)
            {
                _acknowledged[opposite] = acknowledged;
            }

            foreach (uint at in other.Keys.Where(at => (int)(at - acknowledged) < 0).ToList())
            {
                other.Remove(at);
            }
        }

        // Amid a connection no receiver takes the bytes of a SYN-ACK.
        if (!tcp.Payload.IsEmpty && !isAnswer)
        {
            Compare(flow, direction, tcp, left.AsSpan(ip.Bytes.Length - tcp.Payload.Length));
        }
    }

    private void Compare(FlowKey flow, Direction direction, TcpSegment tcp, ReadOnlySpan<byte> after)
    {
        if (!_sides.TryGetValue((flow, direction), out Dictionary<uint, (byte Came, byte Left)>? side))
        {
            _sides.Add((flow, direction), side = []);
        }

        bool hasAcknowledged = _acknowledged.TryGetValue((flow, direction), out uint acknowledged);
        for (int i = 0; i < tcp.Payload.Length; i++)
        {
            if (hasAcknowledged && (int)(tcp.Sequence + (uint)i - acknowledged) < 0)
            {
                // Its receiver has it, and takes no other.
                continue;
            }

            (byte came, byte left) = (tcp.Payload[i], after[i]);
            uint at = tcp.Sequence + (uint)i;
            if (side.TryGetValue(at, out (byte Came, byte Left) known) && known.Came == came)
            {
                Finding.Unless(known.Left == left, "Every copy of a byte leaves the same.");
            }

            side[at] = (came, left);
        }
    }
}
