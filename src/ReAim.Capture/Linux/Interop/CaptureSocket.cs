using System.Runtime.InteropServices;

namespace ReAim.Capture.Linux.Interop;

/// <summary>A packet socket that a library captures by (packet(7)), for what that library does not do.</summary>
internal static partial class CaptureSocket
{
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int PacketLevel = 263;
    private const int PacketStatistics = 6;

    /// <summary>
    /// Puts a filter in the place of the one that a socket has (socket(7): SO_ATTACH_FILTER). The kernel exchanges them in one step;
    /// pcap_setfilter attaches one that rejects everything first, and loses what arrives meanwhile.
    /// </summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="program">What libpcap compiled: struct bpf_program, which is laid out as linux/filter.h's struct sock_fprog but for a wider length.</param>
    /// <returns>False if the kernel does not take it: it has then the filter that it had.</returns>
    public static unsafe bool TryReplaceFilter(int descriptor, nint program)
    {
        var compiled = (Compiled*)program;
        if (compiled->Length > ushort.MaxValue)
        {
            return false;
        }

        var attached = new Attached { Length = (ushort)compiled->Length, First = compiled->First };
        return SetSocketOption(descriptor, SocketLevel, AttachFilter, in attached, sizeof(Attached)) == 0;
    }

    /// <summary>How many packets found no room in the socket's buffer since this was asked last; the kernel counts from 0 again.</summary>
    public static unsafe uint TakeDropped(int descriptor)
    {
        int length = sizeof(Statistics);
        return GetSocketOption(descriptor, PacketLevel, PacketStatistics, out Statistics statistics, ref length) == 0 ? statistics.Drops : 0;
    }

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOption(int socket, int level, int option, in Attached value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSocketOption(int socket, int level, int option, out Statistics value, ref int length);

    /// <summary>struct bpf_program (pcap/bpf.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Compiled
    {
        public uint Length;
        public nint First;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Attached
    {
        public ushort Length;
        public nint First;
    }

    /// <summary>struct tpacket_stats (linux/if_packet.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Statistics
    {
        public uint Packets;
        public uint Drops;
    }
}
