using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>Looks connections up in the kernel's table (linux/netfilter/nfnetlink_conntrack.h), in the default zone.</summary>
internal sealed class ConntrackTable : IDisposable
{
    private const byte Get = 1;
    private const ushort OriginalTuple = 1;
    private const ushort ReplyTuple = 2;
    private const ushort StatusAttribute = 3;
    private const ushort MarkAttribute = 8;

    /// <summary>IPS_OFFLOAD and IPS_HW_OFFLOAD (linux/netfilter/nf_conntrack_common.h).</summary>
    private const uint Offloaded = (1 << 14) | (1 << 15);

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answer = new byte[8 * 1024];

    private ConntrackTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens the way to it.</summary>
    /// <returns>Why it cannot be opened.</returns>
    public static Errno TryOpen(out ConntrackTable? table)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Netfilter, groups: 0, out NetlinkSocket? socket);
        table = socket is null ? null : new ConntrackTable(socket);
        return error;
    }

    /// <summary>
    /// Finds a connection, whoever opened it: the kernel finds an entry by either of its directions, and what leaves the LAN
    /// host is, before it is translated, the one or the other.
    /// </summary>
    /// <param name="flow">The connection, as the LAN host knows it.</param>
    /// <param name="entry">What the kernel knows of it.</param>
    /// <returns>
    /// None if it is found; <see cref="Errno.NoEntry"/> if there is none, which also holds for a connection whose first packet
    /// has not left yet.
    /// </returns>
    public Errno TryFind(FlowKey flow, out ConntrackEntry entry)
    {
        entry = default;
        Span<byte> request = stackalloc byte[128];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(Netfilter.Type(Netfilter.Conntrack, Get), NetlinkFlags.Request, sequence);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        new ConntrackTuple(flow.Lan, flow.Remote).Write(ref writer, OriginalTuple);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answer);
        bool isAnswered = replies.TryNext(out NetlinkMessage message);
        bool isRead = isAnswered && TryRead(message.AttributesAfter(Netfilter.HeaderLength), flow, out entry);
        Errno error = replies.Finish();
        return error != Errno.None || isRead ? error : Errno.BadMessage;
    }

    /// <summary>Reads an entry's attributes.</summary>
    /// <param name="attributes">As they came.</param>
    /// <param name="flow">The connection that was asked for.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>False if they are not those of that connection.</returns>
    internal static bool TryRead(Span<byte> attributes, FlowKey flow, out ConntrackEntry entry)
    {
        entry = default;
        if (!ConntrackTuple.TryRead(attributes, OriginalTuple, out ConntrackTuple original)
            || !ConntrackTuple.TryRead(attributes, ReplyTuple, out ConntrackTuple reply))
        {
            return false;
        }

        var leaving = new ConntrackTuple(flow.Lan, flow.Remote);
        if (original != leaving && reply != leaving)
        {
            return false;
        }

        uint status = 0, mark = 0;
        if (NetlinkAttribute.TryFind(attributes, StatusAttribute, out NetlinkAttribute attribute))
        {
            _ = attribute.TryGetBigEndian(out status);
        }

        if (NetlinkAttribute.TryFind(attributes, MarkAttribute, out attribute))
        {
            _ = attribute.TryGetBigEndian(out mark);
        }

        bool isInbound = original != leaving;
        Ipv4Endpoint publicEnd = isInbound ? original.Destination : reply.Destination;
        entry = new ConntrackEntry(publicEnd, isInbound, (status & Offloaded) != 0, mark);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
