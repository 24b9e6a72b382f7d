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

    private readonly Dictionary<(FlowKey Flow, Direction Direction, uint At), (byte Came, byte Left)> _bytes = [];
    private long _silence;

    public void Forget() => _bytes.Clear();

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
        if (!Ipv4Packet.TryParse(before, out Ipv4Packet ip, out _) || ip.Protocol != Ipv4Packet.Tcp || ip.IsFragment
            || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _)
            || !ip.IsHeaderChecksumValid || tcp.GetChecksumState(ip.Source, ip.Destination) == ChecksumState.Wrong)
        {
            return;
        }

        var source = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var destination = new Ipv4Endpoint(ip.Destination, tcp.DestinationPort);
        FlowKey flow = direction == Direction.Outbound ? new FlowKey(source, destination) : new FlowKey(destination, source);
        if ((tcp.Flags & (TcpFlags.Syn | TcpFlags.Rst | TcpFlags.Fin)) != 0)
        {
            Drop(key => key.Flow == flow);
            return;
        }

        uint acknowledged = tcp.Acknowledgement;
        Drop(key => key.Flow == flow && key.Direction != direction && (int)(key.At - acknowledged) < 0);
        int offset = ip.Bytes.Length - tcp.Payload.Length;
        for (int i = 0; i < tcp.Payload.Length; i++)
        {
            (byte came, byte left) = (tcp.Payload[i], after[offset + i]);
            var key = (flow, direction, tcp.Sequence + (uint)i);
            if (_bytes.TryGetValue(key, out (byte Came, byte Left) known) && known.Came == came)
            {
                Finding.Unless(known.Left == left, "Every copy of a byte leaves the same.");
            }

            _bytes[key] = (came, left);
        }
    }

    private void Drop(Predicate<(FlowKey Flow, Direction Direction, uint At)> which)
    {
        foreach ((FlowKey Flow, Direction Direction, uint At) key in _bytes.Keys.Where(key => which(key)).ToList())
        {
            _bytes.Remove(key);
        }
    }
}
