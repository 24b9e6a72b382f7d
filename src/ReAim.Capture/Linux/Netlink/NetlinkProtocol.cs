namespace ReAim.Capture.Linux.Netlink;

/// <summary>The parts of the kernel that speak netlink and that we talk to (linux/netlink.h).</summary>
internal enum NetlinkProtocol
{
    /// <summary>NETLINK_SOCK_DIAG: sockets.</summary>
    SocketDiagnosis = 4,

    /// <summary>NETLINK_NETFILTER: queues, conntrack, nftables.</summary>
    Netfilter = 12,
}
