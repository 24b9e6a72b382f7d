using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Sockets;

/// <summary>
/// Where programs on this machine listen for TCP connections: a mapping of such a port would take it away from them
/// (sock_diag(7), linux/inet_diag.h).
/// </summary>
internal sealed class ListeningSockets : IDisposable
{
    private const ushort ByFamily = 20;
    private const int RequestLength = 56;
    private const int MessageLength = 72;
    private const int PortOffset = 4;
    private const int AddressOffset = 8;
    private const uint Listening = 1 << 10;
    private const byte Ipv4Family = 2;
    private const byte Ipv6Family = 10;
    private const ushort Ipv6Only = 11;
    private const int Attempts = 3;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answers = new byte[32 * 1024];
    private readonly List<Ipv4Endpoint> _ends = [];

    private ListeningSockets(NetlinkSocket socket) => _socket = socket;

    /// <summary>What an IPv6 address that stands for an IPv4 one begins with (RFC 4291 2.5.5.2).</summary>
    private static ReadOnlySpan<byte> MappedPrefix => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

    /// <summary>Where somebody listened when they were last read; address 0.0.0.0 for all of this machine's.</summary>
    public IReadOnlyList<Ipv4Endpoint> Ends => _ends;

    /// <summary>Opens the way to them.</summary>
    /// <returns>Why it cannot be opened.</returns>
    public static Errno TryOpen(out ListeningSockets? sockets)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.SocketDiagnosis, groups: 0, out NetlinkSocket? socket);
        sockets = socket is null ? null : new ListeningSockets(socket);
        return error;
    }

    /// <summary>Reads them anew.</summary>
    /// <returns>Why not: <see cref="Errno.NoEntry"/> for a kernel without tcp_diag. Then those read before remain.</returns>
    public Errno Refresh()
    {
        var ends = new List<Ipv4Endpoint>();
        Errno error = Read(Ipv4Family, ends);
        error = error == Errno.None ? Read(Ipv6Family, ends) : error;
        if (error == Errno.None)
        {
            _ends.Clear();
            _ends.AddRange(ends);
        }

        return error;
    }

    /// <summary>True if somebody listened there when they were last read.</summary>
    public bool Cover(Ipv4Endpoint end)
    {
        foreach (Ipv4Endpoint listener in _ends)
        {
            if (listener.Port == end.Port && (listener.Address.IsZero || listener.Address == end.Address))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Reads a socket; false if the message is none, or one that no IPv4 connection reaches.</summary>
    internal static bool TryRead(NetlinkMessage message, out Ipv4Endpoint end)
    {
        end = default;
        if (message.Type != ByFamily || message.Body.Length < MessageLength)
        {
            return false;
        }

        ushort port = BinaryPrimitives.ReadUInt16BigEndian(message.Body[PortOffset..]);
        ReadOnlySpan<byte> address = message.Body.Slice(AddressOffset, 16);
        switch (message.Body[0])
        {
            case Ipv4Family:
                end = new Ipv4Endpoint(Ipv4Address.Read(address), port);
                return true;
            case Ipv6Family when address.IndexOfAnyExcept((byte)0) < 0 && !IsIpv6Only(message):
                end = new Ipv4Endpoint(default, port);
                return true;
            case Ipv6Family when address.StartsWith(MappedPrefix):
                end = new Ipv4Endpoint(Ipv4Address.Read(address[12..]), port);
                return true;
            default:
                return false;
        }
    }

    private static bool IsIpv6Only(NetlinkMessage message) =>
        NetlinkAttribute.TryFind(message.AttributesAfter(MessageLength), Ipv6Only, out NetlinkAttribute attribute)
        && attribute.Value.Length == 1
        && attribute.Value[0] != 0;

    private Errno Read(byte family, List<Ipv4Endpoint> ends)
    {
        int before = ends.Count;
        Errno error = Errno.Interrupted;
        for (int i = 0; i < Attempts && error == Errno.Interrupted; i++)
        {
            ends.RemoveRange(before, ends.Count - before);
            error = Dump(family, ends);
        }

        return error;
    }

    private Errno Dump(byte family, List<Ipv4Endpoint> ends)
    {
        // struct inet_diag_req_v2: family, protocol, extensions, padding, states, and a socket that no field names.
        Span<byte> body = stackalloc byte[RequestLength];
        body[0] = family;
        body[1] = Ipv4Packet.Tcp;
        MemoryMarshal.Write(body[4..], Listening);
        Span<byte> request = stackalloc byte[NetlinkMessage.HeaderLength + RequestLength];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(ByFamily, NetlinkFlags.Request | NetlinkFlags.Dump, sequence);
        writer.Raw(body);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answers);
        while (replies.TryNext(out NetlinkMessage message))
        {
            if (TryRead(message, out Ipv4Endpoint end))
            {
                ends.Add(end);
            }
        }

        return replies.Error;
    }
}
