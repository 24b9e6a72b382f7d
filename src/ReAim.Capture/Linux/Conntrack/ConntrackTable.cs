using System.Text;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>Looks connections up in the kernel's table (linux/netfilter/nfnetlink_conntrack.h), in the default zone.</summary>
internal sealed class ConntrackTable : IDisposable
{
    private const byte New = 0;
    private const byte Get = 1;
    private const ushort ProtocolInfo = 4;
    private const ushort ProtocolInfoTcp = 1;
    private const ushort FlagsOriginal = 4;
    private const ushort FlagsReply = 5;

    /// <summary>IP_CT_TCP_FLAG_BE_LIBERAL (linux/netfilter/nf_conntrack_tcp.h).</summary>
    private const byte BeLiberal = 0x08;

    private const ushort StatusAttribute = 3;
    private const ushort HelperAttribute = 5;
    private const ushort HelperName = 1;
    private const ushort MarkAttribute = 8;
    private const ushort Zone = 18;

    /// <summary>IPS_OFFLOAD and IPS_HW_OFFLOAD (linux/netfilter/nf_conntrack_common.h).</summary>
    private const uint Offloaded = (1 << 14) | (1 << 15);

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answer = new byte[32 * 1024];
    private readonly TranslatedServers _translated = new();
    private readonly SearchPace _pace = new();

    private ConntrackTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>Milliseconds of a clock that never goes back, for <see cref="SearchPace"/>.</summary>
    public Func<long> Now { get; set; } = () => Environment.TickCount64;

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
    /// host is the one or the other, unless the gateway translated the destination. Then the table is searched once, and later
    /// connections to that server are found by the end that the LAN hosts know it by.
    /// </summary>
    /// <param name="flow">The connection, as it is at the forward hook.</param>
    /// <param name="entry">What the kernel knows of it.</param>
    /// <returns>
    /// None if it is found; <see cref="Errno.NoEntry"/> if there is none, which also holds for a connection whose first packet
    /// has not left yet, and for one that could only be searched for when <see cref="SearchPace"/> permits no search.
    /// </returns>
    public Errno TryFind(FlowKey flow, out ConntrackEntry entry)
    {
        Errno error = TryGet(flow, flow.Remote, out entry);
        return error == Errno.NoEntry ? TryFindTranslated(flow, out entry) : error;
    }

    /// <summary>
    /// Makes the kernel track a connection without its window (IP_CT_TCP_FLAG_BE_LIBERAL in both directions): a segment that our
    /// translation moves out of that would be invalid, and from then on both ends would be reset.
    /// </summary>
    /// <param name="flow">The connection, as it is at the forward hook.</param>
    /// <returns>Why it could not be done.</returns>
    public Errno TrySetLiberal(FlowKey flow)
    {
        Errno error = TryFind(flow, out ConntrackEntry entry);
        if (error != Errno.None)
        {
            return error;
        }

        Span<byte> request = stackalloc byte[192];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(Netfilter.Type(Netfilter.Conntrack, New), NetlinkFlags.Request | NetlinkFlags.Acknowledge, sequence);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);

        new ConntrackTuple(flow.Lan, entry.IsInbound ? flow.Remote : entry.KnownEnd).Write(ref writer, ConntrackTuple.Original);
        int protocol = writer.BeginNest(ProtocolInfo);
        int tcp = writer.BeginNest(ProtocolInfoTcp);
        writer.Bytes(FlagsOriginal, [BeLiberal, BeLiberal]);
        writer.Bytes(FlagsReply, [BeLiberal, BeLiberal]);
        writer.EndNest(tcp);
        writer.EndNest(protocol);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answer);
        return replies.Finish();
    }

    /// <summary>
    /// Reads an entry's attributes, and takes it if it is the flow's: opened by the LAN host, wherever to, and answered by the other
    /// side; or opened from outside.
    /// </summary>
    /// <param name="attributes">As they came.</param>
    /// <param name="flow">The connection that was asked for, as it is at the forward hook.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>False if they are not those of that connection.</returns>
    internal static bool TryRead(Span<byte> attributes, FlowKey flow, out ConntrackEntry entry)
    {
        entry = default;
        if (!ConntrackTuple.TryRead(attributes, ConntrackTuple.Original, out ConntrackTuple original)
            || !ConntrackTuple.TryRead(attributes, ConntrackTuple.Reply, out ConntrackTuple reply)
            || NetlinkAttribute.TryFind(attributes, Zone, out _))
        {
            return false;
        }

        bool isOutbound = original.Source == flow.Lan && reply.Source == flow.Remote;
        if (!isOutbound && reply != new ConntrackTuple(flow.Lan, flow.Remote))
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

        Ipv4Endpoint publicEnd = isOutbound ? reply.Destination : original.Destination;
        Ipv4Endpoint knownEnd = isOutbound ? original.Destination : reply.Destination;
        entry = new ConntrackEntry(publicEnd, knownEnd, !isOutbound, (status & Offloaded) != 0, mark)
        {
            Helper = ReadHelper(attributes),
        };
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static string? ReadHelper(Span<byte> attributes) =>
        NetlinkAttribute.TryFind(attributes, HelperAttribute, out NetlinkAttribute nest)
        && NetlinkAttribute.TryFind(nest.Value, HelperName, out NetlinkAttribute name)
        && !name.Value.TrimEnd((byte)0).IsEmpty
            ? Encoding.ASCII.GetString(name.Value.TrimEnd((byte)0))
            : null;

    private Errno TryFindTranslated(FlowKey flow, out ConntrackEntry entry)
    {
        foreach (Ipv4Endpoint known in _translated.KnownEnds(flow.Remote))
        {
            if (TryGet(flow, known, out entry) == Errno.None)
            {
                return Errno.None;
            }
        }

        // Asked once for a flow that both ends began as OSCAR, and with --public once for each of its mappings, never for a packet:
        // connections that nobody recognises search nothing, and recognised ones seldom, for a large table takes tens of milliseconds.
        entry = default;
        Errno error = _pace.TryTake(Now()) ? TrySearch(flow, out entry) : Errno.NoEntry;
        if (error == Errno.None)
        {
            _translated.Learn(flow.Remote, entry.KnownEnd);
        }

        return error;
    }

    private Errno TryGet(FlowKey flow, Ipv4Endpoint remote, out ConntrackEntry entry)
    {
        entry = default;
        Span<byte> request = stackalloc byte[128];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(Netfilter.Type(Netfilter.Conntrack, Get), NetlinkFlags.Request, sequence);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        new ConntrackTuple(flow.Lan, remote).Write(ref writer, ConntrackTuple.Original);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answer);
        bool isAnswered = replies.TryNext(out NetlinkMessage message);
        bool isRead = isAnswered && TryRead(message.AttributesAfter(Netfilter.HeaderLength), flow, out entry);
        Errno error = replies.Finish();
        return error != Errno.None || isRead ? error : Errno.BadMessage;
    }

    private Errno TrySearch(FlowKey flow, out ConntrackEntry entry)
    {
        entry = default;
        Span<byte> request = stackalloc byte[256];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(Netfilter.Type(Netfilter.Conntrack, Get), NetlinkFlags.Request | NetlinkFlags.Dump, sequence);
        writer.NetfilterHeader(Netfilter.Ipv4Family, resource: 0);
        ConntrackFilter.WriteSources(ref writer, flow.Lan, flow.Remote);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answer);
        bool isFound = false;

        // To the end also when it is found: as long as a dump is not read the kernel begins no other on this socket.
        while (replies.TryNext(out NetlinkMessage message))
        {
            isFound = isFound || TryRead(message.AttributesAfter(Netfilter.HeaderLength), flow, out entry);
        }

        return isFound ? Errno.None : replies.Error == Errno.None ? Errno.NoEntry : replies.Error;
    }
}
