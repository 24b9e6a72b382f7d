using System.Buffers.Binary;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Diverters.Nfqueue;

/// <summary>
/// Verdicts that go to the kernel in one call, in order: one call for each would cost as much as all the rest of a packet
/// (linux/netfilter/nfnetlink_queue.h, NFQNL_MSG_VERDICT).
/// </summary>
internal sealed class VerdictBatch
{
    private const byte VerdictMessage = 1;
    private const ushort VerdictHeader = 2;
    private const ushort MarkAttribute = 3;
    private const ushort PayloadAttribute = 10;
    private const int VerdictHeaderLength = 8;

    /// <summary>A verdict without its packet.</summary>
    private const int BareLength = NetlinkMessage.HeaderLength + Netfilter.HeaderLength
        + NetlinkAttribute.HeaderLength + VerdictHeaderLength + NetlinkAttribute.HeaderLength + sizeof(uint);

    // Room for the longest datagram behind a few dozen bare verdicts; far below what a socket sends at once by default.
    private readonly byte[] _buffer = new byte[96 * 1024];
    private int _length;

    /// <summary>How many verdicts wait.</summary>
    public int Count { get; private set; }

    /// <summary>All of them, as messages.</summary>
    public ReadOnlySpan<byte> Messages => _buffer.AsSpan(0, _length);

    /// <summary>True if one more has room.</summary>
    /// <param name="datagramLength">How many bytes go back with it.</param>
    public bool HasRoom(int datagramLength) =>
        _buffer.Length - _length >= BareLength + NetlinkAttribute.HeaderLength + NetlinkAttribute.Align(datagramLength);

    /// <summary>Adds a verdict for which there is room; the kernel keeps the packet's bytes as they are.</summary>
    public void Add(in PacketTicket ticket, NetfilterVerdict verdict, uint mark)
    {
        NetlinkWriter writer = Begin(ticket, verdict, mark);
        End(writer);
    }

    /// <summary>Adds a verdict that replaces the packet's bytes.</summary>
    /// <param name="ticket">Which packet.</param>
    /// <param name="verdict">What becomes of it.</param>
    /// <param name="mark">Its mark from now on.</param>
    /// <param name="datagram">Its bytes from now on; a partial checksum becomes a whole one on the way.</param>
    public void Add(in PacketTicket ticket, NetfilterVerdict verdict, uint mark, ReadOnlySpan<byte> datagram)
    {
        NetlinkWriter writer = Begin(ticket, verdict, mark);
        Span<byte> place = writer.Attribute(PayloadAttribute, datagram.Length);
        datagram.CopyTo(place);
        if (ticket.ChecksumNotReady
            && Ipv4Packet.TryParse(place, out Ipv4Packet packet, out _)
            && packet.Protocol == Ipv4Packet.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _))
        {
            // The kernel takes returned bytes as finished: nobody would complete the checksum any more.
            segment.WriteChecksum(packet.Source, packet.Destination);
        }

        End(writer);
    }

    /// <summary>Forgets them: they were sent.</summary>
    public void Clear() => (_length, Count) = (0, 0);

    private NetlinkWriter Begin(in PacketTicket ticket, NetfilterVerdict verdict, uint mark)
    {
        var writer = new NetlinkWriter(_buffer.AsSpan(_length));
        writer.BeginMessage(Netfilter.Type(Netfilter.Queue, VerdictMessage), NetlinkFlags.Request, sequence: 0);
        writer.NetfilterHeader(Netfilter.AnyFamily, ticket.Queue);
        Span<byte> header = writer.Attribute(VerdictHeader, VerdictHeaderLength);
        BinaryPrimitives.WriteUInt32BigEndian(header, (uint)verdict);
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], ticket.Id);
        writer.BigEndian(MarkAttribute, mark);
        return writer;
    }

    private void End(NetlinkWriter writer)
    {
        writer.EndMessage();
        _length += writer.Length;
        Count++;
    }
}
