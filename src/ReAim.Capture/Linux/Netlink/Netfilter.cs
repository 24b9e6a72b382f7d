using System.Buffers.Binary;

namespace ReAim.Capture.Linux.Netlink;

/// <summary>What netfilter's families of messages have in common (linux/netfilter/nfnetlink.h).</summary>
internal static class Netfilter
{
    /// <summary>Length of the header that follows netlink's own.</summary>
    public const int HeaderLength = 4;

    /// <summary>NFPROTO_UNSPEC.</summary>
    public const byte AnyFamily = 0;

    /// <summary>NFPROTO_IPV4.</summary>
    public const byte Ipv4Family = 2;

    /// <summary>NFNL_SUBSYS_CTNETLINK: conntrack.</summary>
    public const byte Conntrack = 1;

    /// <summary>NFNL_SUBSYS_QUEUE: packets for user space.</summary>
    public const byte Queue = 3;

    /// <summary>NFNL_SUBSYS_NFTABLES.</summary>
    public const byte Tables = 10;

    /// <summary>NFNL_MSG_BATCH_BEGIN: what follows is one transaction.</summary>
    public const ushort BatchBegin = 0x10;

    /// <summary>NFNL_MSG_BATCH_END.</summary>
    public const ushort BatchEnd = 0x11;

    /// <summary>What a message is about, such as a queue's number: the second half of the header that follows netlink's own.</summary>
    public static ushort Resource(NetlinkMessage message) =>
        message.Body.Length < HeaderLength ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(message.Body[2..]);

    /// <summary>The message type of a subsystem's message.</summary>
    public static ushort Type(byte subsystem, byte message) => (ushort)((subsystem << 8) | message);
}
