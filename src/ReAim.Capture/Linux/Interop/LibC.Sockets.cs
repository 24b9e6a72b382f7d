using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>
/// The C library's functions, under their own names. Structures are passed by reference and buffers as spans, which are
/// pinned for the call and never kept by it.
/// </summary>
internal static partial class LibC
{
    /// <summary>SOCK_RAW.</summary>
    public const int RawSocket = 3;

    /// <summary>SOCK_CLOEXEC: a program that is started does not inherit it.</summary>
    public const int CloseOnExec = 0x80000;

    /// <summary>SOCK_NONBLOCK.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>MSG_TRUNC: the message is longer than its buffer; as a flag of recv, say its true length.</summary>
    public const int MessageTruncated = 0x20;

    /// <summary>MSG_DONTWAIT.</summary>
    public const int DoNotWait = 0x40;

    /// <summary>SOL_SOCKET.</summary>
    public const int SocketLevel = 1;

    /// <summary>SO_RCVBUF: reads as twice what is granted, because the kernel's own costs count too.</summary>
    public const int ReceiveBuffer = 8;

    /// <summary>SO_RCVBUFFORCE: not limited by net.core.rmem_max; takes CAP_NET_ADMIN.</summary>
    public const int ReceiveBufferForce = 33;

    /// <summary>SOL_NETLINK.</summary>
    public const int NetlinkLevel = 270;

    /// <summary>NETLINK_CAP_ACK: an error does not repeat the whole request.</summary>
    public const int CappedAcknowledgements = 10;

    /// <summary>NETLINK_EXT_ACK: an error says in words what is wrong.</summary>
    public const int ExtendedAcknowledgements = 11;

    /// <summary>The error of the last call on this thread.</summary>
    public static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>socket(2).</summary>
    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    /// <summary>bind(2).</summary>
    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(SafeFileHandle socket, in NetlinkAddress address, uint length);

    /// <summary>connect(2).</summary>
    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(SafeFileHandle socket, in NetlinkAddress address, uint length);

    /// <summary>getsockname(2).</summary>
    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSocketName(SafeFileHandle socket, ref NetlinkAddress address, ref uint length);

    /// <summary>SO_SNDBUFFORCE.</summary>
    public const int SendBufferForce = 32;

    /// <summary>MSG_WAITFORONE: waits for a first message, not for more.</summary>
    public const int WaitForOne = 0x1_0000;

    /// <summary>SO_RCVTIMEO: how long a read waits, a struct timeval.</summary>
    public const int ReceiveTimeout = 20;

    /// <summary>Bounds how long reads of a socket wait.</summary>
    public static void SetReceiveTimeout(SafeFileHandle socket, TimeSpan time)
    {
        Span<nint> value = [(nint)time.TotalSeconds, time.Milliseconds * 1_000];
        _ = SetSocketOptionBytes(socket, SocketLevel, ReceiveTimeout, MemoryMarshal.AsBytes(value), (uint)(value.Length * nint.Size));
    }

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSocketOptionBytes(SafeFileHandle socket, int level, int name, ReadOnlySpan<byte> value, uint length);

    /// <summary>setsockopt(2) with an int.</summary>
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSocketOption(SafeFileHandle socket, int level, int name, in int value, uint length);

    /// <summary>getsockopt(2) with an int.</summary>
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSocketOption(SafeFileHandle socket, int level, int name, ref int value, ref uint length);

    /// <summary>send(2).</summary>
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(SafeFileHandle socket, ReadOnlySpan<byte> bytes, nuint length, int flags);

    /// <summary>recv(2).</summary>
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(SafeFileHandle socket, Span<byte> bytes, nuint length, int flags);

    /// <summary>recvmmsg(2); <paramref name="timeout"/> is always zero, for none.</summary>
    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int ReceiveMany(SafeFileHandle socket, Span<MultipleMessageHeader> messages, uint count, int flags, nint timeout);
}
