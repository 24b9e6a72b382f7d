using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Who sends or receives a netlink message: struct sockaddr_nl (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    /// <summary>AF_NETLINK.</summary>
    public const ushort NetlinkFamily = 16;

    /// <summary>Always <see cref="NetlinkFamily"/>.</summary>
    public ushort Family;

    /// <summary>Zero.</summary>
    public ushort Padding;

    /// <summary>The socket's number, which the kernel chooses; the kernel's own is 0.</summary>
    public uint Port;

    /// <summary>The first 32 multicast groups, one bit each.</summary>
    public uint Groups;
}
