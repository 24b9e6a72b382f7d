using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>
/// Which entries a dump is to give (linux/netfilter/nfnetlink_conntrack.h, enum ctattr_filter; Linux 5.8). An older kernel passes
/// it over and gives all, so whoever reads them judges each for himself.
/// </summary>
internal static class ConntrackFilter
{
    private const ushort Filter = 25;
    private const ushort OriginalFlags = 1;
    private const ushort ReplyFlags = 2;

    /// <summary>CTA_FILTER_F_CTA_IP_SRC, _PROTO_NUM and _PROTO_SRC_PORT (net/netfilter/nf_internals.h).</summary>
    private const uint Source = (1 << 0) | (1 << 3) | (1 << 4);

    /// <summary>Appends: only TCP connections that one end opened and the other one answers, wherever either sends to.</summary>
    /// <param name="writer">Within a message.</param>
    /// <param name="opener">Source of what goes, before any translation.</param>
    /// <param name="answerer">Source of what comes back, before any translation.</param>
    public static void WriteSources(ref NetlinkWriter writer, Ipv4Endpoint opener, Ipv4Endpoint answerer)
    {
        new ConntrackTuple(opener, default).Write(ref writer, ConntrackTuple.Original);
        new ConntrackTuple(answerer, default).Write(ref writer, ConntrackTuple.Reply);
        int filter = writer.BeginNest(Filter);
        writer.Native(OriginalFlags, Source);
        writer.Native(ReplyFlags, Source);
        writer.EndNest(filter);
    }
}
