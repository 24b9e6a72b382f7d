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
    private long _silence;

    public void Forget() => _sides.Clear();

    public void Wait(long nanoseconds)
    {
        _silence += nanoseconds;
        if (_silence > Memory)
        {
            Forget();
        }
    }

    public void Take(Direction direction, byte[] before, byte[] after)
    {
        _silence = 0;
        if (Keys.Of(before, direction) is not { } flow
            || !Ipv4Packet.TryParse(before, out Ipv4Packet ip, out _) || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _)
            || !ip.IsHeaderChecksumValid || tcp.GetChecksumState(ip.Source, ip.Destination) == ChecksumState.Wrong)
        {
            return;
        }

        if ((tcp.Flags & (TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Fin)) != 0)
        {
            _sides.Remove((flow, Direction.Outbound));
            _sides.Remove((flow, Direction.Inbound));
            return;
        }

        if (_sides.TryGetValue((flow, direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound), out Dictionary<uint, (byte Came, byte Left)>? other))
        {
            uint acknowledged = tcp.Acknowledgement;
            foreach (uint at in other.Keys.Where(at => (int)(at - acknowledged) < 0).ToList())
            {
                other.Remove(at);
            }
        }

        if (!tcp.Payload.IsEmpty)
        {
            Compare(flow, direction, tcp, after.AsSpan(ip.Bytes.Length - tcp.Payload.Length));
        }
    }

    private void Compare(FlowKey flow, Direction direction, TcpSegment tcp, ReadOnlySpan<byte> after)
    {
        if (!_sides.TryGetValue((flow, direction), out Dictionary<uint, (byte Came, byte Left)>? side))
        {
            _sides.Add((flow, direction), side = []);
        }

        for (int i = 0; i < tcp.Payload.Length; i++)
        {
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
