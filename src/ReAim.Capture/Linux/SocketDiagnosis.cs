using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux;

/// <summary>The sockets of this machine that listen, by netlink's sock_diag(7): the kernel passes over all others itself.</summary>
internal static class SocketDiagnosis
{
    // linux/sock_diag.h, linux/inet_diag.h
    private const ushort ByFamily = 20;
    private const byte Ipv4 = 2, Ipv6 = 10, Tcp = 6;
    private const uint ListenState = 1u << 10;
    private const ushort Ipv6Only = 11;
    private const int RequestLength = 56;
    private const int AnswerLength = 72;
    private const int PortOffset = 4;
    private const int AddressOffset = 8;
    private const int AnswerRoom = 32 << 10;

    // A worker looks every second: that must not fill its heap.
    [ThreadStatic]
    private static byte[]? t_answers;

    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Finds the TCP ports on which something listens that others can reach by IPv4.</summary>
    /// <param name="ports">Are added to it.</param>
    /// <returns>Why not all were found: <see cref="Errno.NoEntry"/> or <see cref="Errno.NoProtocol"/> from a kernel without this.</returns>
    public static Errno TryFindListeners(HashSet<ushort> ports)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.SocketDiagnosis, groups: 0, out NetlinkSocket? socket);
        if (error != Errno.None)
        {
            return error;
        }

        using (socket)
        {
            error = Ask(socket!, Ipv4, ports);

            // Where there is no IPv6, nobody listens by it.
            return error != Errno.None ? error : Ask(socket!, Ipv6, ports) is var six and not Errno.NoEntry ? six : Errno.None;
        }
    }

    private static Errno Ask(NetlinkSocket socket, byte family, HashSet<ushort> ports)
    {
        Span<byte> buffer = t_answers ??= new byte[AnswerRoom];
        Span<byte> request = stackalloc byte[NetlinkMessage.HeaderLength + RequestLength];
        Span<byte> wanted = stackalloc byte[RequestLength];
        wanted.Clear();
        (wanted[0], wanted[1]) = (family, Tcp);
        MemoryMarshal.Write(wanted[4..], ListenState);
        uint sequence = socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(ByFamily, NetlinkFlags.Request | NetlinkFlags.Dump, sequence);
        writer.Raw(wanted);
        writer.EndMessage();
        NetlinkReplies replies = socket.Ask(writer.Written, sequence, buffer);
        while (replies.TryNext(out NetlinkMessage message))
        {
            if (TryRead(message, out ushort port))
            {
                ports.Add(port);
            }
        }

        return replies.Error;
    }

    private static bool TryRead(NetlinkMessage message, out ushort port)
    {
        port = 0;
        ReadOnlySpan<byte> body = message.Body;
        if (body.Length < AnswerLength)
        {
            return false;
        }

        port = BinaryPrimitives.ReadUInt16BigEndian(body[PortOffset..]);
        ReadOnlySpan<byte> address = body.Slice(AddressOffset, 16);
        if (body[0] == Ipv4)
        {
            return address[0] != 127;
        }

        if (address.StartsWith(MappedPrefix))
        {
            return address[12] != 127;
        }

        // Without addresses of its own, an IPv6 listener takes IPv4 as well, unless it said that it does not.
        bool isIpv6Only = NetlinkAttribute.TryFind(message.AttributesAfter(AnswerLength), Ipv6Only, out NetlinkAttribute only) && only.Value is [not 0];
        return !address.ContainsAnyExcept((byte)0) && !isIpv6Only;
    }
}
