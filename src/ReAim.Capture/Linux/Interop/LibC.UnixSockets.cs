using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ReAim.Capture.Linux.Interop;

/// <summary>Unix sockets: unix(7). A name that begins with @ is abstract: it is no file, and belongs to the network namespace.</summary>
internal static partial class LibC
{
    private const int FamilyUnix = 1;
    private const int SocketStream = 1;
    private const int SocketDatagram = 2;
    private const int SocketSequencedPackets = 5;
    private const int OptionPeerCredentials = 17;
    private const int OptionSendBufferForce = 32;
    private const int MessageNoSignal = 0x4000;
    private const int LongestUnixName = 107;

    /// <summary>A stream socket that never waits.</summary>
    public static SafeFileHandle UnixStream() => UnixSocket(SocketStream | NonBlocking);

    /// <summary>A stream socket whose reads wait for so long at most.</summary>
    public static SafeFileHandle UnixStream(TimeSpan patience)
    {
        SafeFileHandle socket = UnixSocket(SocketStream);
        SetReceiveTimeout(socket, patience);
        return socket;
    }

    /// <summary>A datagram socket that never waits.</summary>
    public static SafeFileHandle UnixDatagram() => UnixSocket(SocketDatagram | NonBlocking);

    /// <summary>Binds and listens.</summary>
    /// <returns>False with the last error set.</returns>
    public static bool ListenUnix(SafeFileHandle socket, string name, int backlog)
    {
        byte[] address = UnixAddress(name);
        return BindUnix(socket, address, (uint)address.Length) == 0 && ListenSocket(socket, backlog) == 0;
    }

    /// <summary>Connects.</summary>
    /// <returns>False with the last error set.</returns>
    public static bool ConnectUnix(SafeFileHandle socket, string name)
    {
        byte[] address = UnixAddress(name);
        return ConnectSocket(socket, address, (uint)address.Length) == 0;
    }

    /// <summary>Takes the next connection, which never waits either; null if there is none, or none can be taken.</summary>
    /// <param name="listener">A listening socket.</param>
    /// <param name="error">Why there is none; <see cref="Errno.Again"/> if nobody asks.</param>
    public static SafeFileHandle? AcceptUnix(SafeFileHandle listener, out Errno error)
    {
        int descriptor = AcceptSocket(listener, 0, 0, NonBlocking | CloseOnExec);
        error = descriptor < 0 ? LastError : Errno.None;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Who connected, or who listens: <c>SO_PEERCRED</c>.</summary>
    /// <returns>False if the socket is not connected.</returns>
    public static bool TryPeer(SafeFileHandle socket, out PeerCredentials peer)
    {
        uint length = 12;
        return GetPeer(socket, SocketLevel, OptionPeerCredentials, out peer, ref length) == 0;
    }

    /// <summary>Makes room for that many bytes which the peer has not read yet; needs CAP_NET_ADMIN beyond the usual.</summary>
    public static void SetUnixSendBuffer(SafeFileHandle socket, int bytes) =>
        SetUnixOption(socket, SocketLevel, OptionSendBufferForce, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in bytes)), sizeof(int));

    /// <summary>Sends what there is room for, without waiting and without SIGPIPE.</summary>
    /// <returns>How many bytes; -1 with the last error set.</returns>
    public static nint SendUnix(SafeFileHandle socket, ReadOnlySpan<byte> bytes) =>
        Send(socket, bytes, (nuint)bytes.Length, MessageNoSignal | DoNotWait);

    /// <summary>Two sockets that are each other's peer, for whole messages in order: socketpair(2), SOCK_SEQPACKET.</summary>
    public static (SafeFileHandle First, SafeFileHandle Second) MessagePair()
    {
        Span<int> ends = stackalloc int[2];
        return SocketPair(FamilyUnix, SocketSequencedPackets | CloseOnExec, 0, ends) == 0
            ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true))
            : throw Failure("opening a pair of unix sockets");
    }

    private static SafeFileHandle UnixSocket(int type)
    {
        int descriptor = Socket(FamilyUnix, type | CloseOnExec, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure("opening a unix socket");
    }

    private static byte[] UnixAddress(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        if (text.Length is 0 or > LongestUnixName)
        {
            throw new IOException($"'{name}' is not the name of a unix socket.");
        }

        bool isAbstract = text[0] == '@';
        byte[] address = new byte[sizeof(ushort) + text.Length + (isAbstract ? 0 : 1)];
        ushort family = FamilyUnix;
        MemoryMarshal.Write(address, in family);
        text.CopyTo(address, sizeof(ushort));
        if (isAbstract)
        {
            address[sizeof(ushort)] = 0;
        }

        return address;
    }

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int BindUnix(SafeFileHandle socket, byte[] address, uint length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenSocket(SafeFileHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int ConnectSocket(SafeFileHandle socket, byte[] address, uint length);

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int family, int type, int protocol, Span<int> ends);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int AcceptSocket(SafeFileHandle socket, nint address, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetPeer(SafeFileHandle socket, int level, int option, out PeerCredentials value, ref uint length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetUnixOption(SafeFileHandle socket, int level, int option, ReadOnlySpan<byte> value, uint length);

    /// <summary><c>struct ucred</c>.</summary>
    public struct PeerCredentials
    {
        /// <summary>The process id, as this process's namespace has it.</summary>
        public int Process;

        /// <summary>The user id.</summary>
        public uint User;

        /// <summary>The group id.</summary>
        public uint Group;
    }
}
