using System.Runtime.InteropServices;
using System.Text;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Interfaces;

/// <summary>This machine's interfaces and their IPv4 addresses (rtnetlink(7), linux/rtnetlink.h, linux/if_addr.h).</summary>
internal sealed class InterfaceTable : IDisposable
{
    /// <summary>RTM_NEWLINK: an interface.</summary>
    internal const ushort LinkMessage = 16;

    /// <summary>RTM_NEWADDR: an address.</summary>
    internal const ushort AddressMessage = 20;

    private const ushort GetLink = 18;
    private const ushort GetAddress = 22;
    private const int LinkHeaderLength = 16;
    private const int AddressHeaderLength = 8;
    private const ushort InterfaceName = 3;
    private const ushort PeerAddress = 1;
    private const ushort LocalAddress = 2;
    private const byte Ipv4Family = 2;
    private const byte SecondaryFlag = 1;
    private const int Attempts = 3;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _answers = new byte[32 * 1024];

    private InterfaceTable(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens the way to it.</summary>
    /// <returns>Why it cannot be opened.</returns>
    public static Errno TryOpen(out InterfaceTable? table)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Route, groups: 0, out NetlinkSocket? socket);
        table = socket is null ? null : new InterfaceTable(socket);
        return error;
    }

    /// <summary>Finds an interface by its name.</summary>
    /// <returns><see cref="Errno.NoDevice"/> if there is none of this name.</returns>
    public Errno TryFind(string name, out NetworkInterface found)
    {
        found = default;
        if (name.Length is 0 or > 15 || !Ascii.IsValid(name))
        {
            // What the kernel says to a name that is too long for any interface differs.
            return Errno.NoDevice;
        }

        Span<byte> request = stackalloc byte[64];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(GetLink, NetlinkFlags.Request, sequence);
        writer.Raw(stackalloc byte[LinkHeaderLength]);
        writer.Text(InterfaceName, name);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answers);
        bool isRead = replies.TryNext(out NetlinkMessage message) && TryReadInterface(message, out found);
        Errno error = replies.Finish();
        return error != Errno.None || isRead ? error : Errno.BadMessage;
    }

    /// <summary>Lists the IPv4 addresses of an interface, in the kernel's order: the first one is used by default.</summary>
    /// <param name="index">The interface; 0 for all there are.</param>
    /// <param name="addresses">Where they are put; what was there is removed.</param>
    public Errno ReadAddresses(int index, List<InterfaceAddress> addresses)
    {
        Errno error = Errno.Interrupted;
        for (int i = 0; i < Attempts && error == Errno.Interrupted; i++)
        {
            error = DumpAddresses(index, addresses);
        }

        return error;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Reads an interface; false if the message is no such.</summary>
    internal static bool TryReadInterface(NetlinkMessage message, out NetworkInterface found)
    {
        found = default;
        if (message.Type != LinkMessage
            || message.Body.Length < LinkHeaderLength
            || !NetlinkAttribute.TryFind(message.AttributesAfter(LinkHeaderLength), InterfaceName, out NetlinkAttribute name))
        {
            return false;
        }

        found = new NetworkInterface(
            MemoryMarshal.Read<int>(message.Body[4..]),
            Encoding.ASCII.GetString(name.Text),
            MemoryMarshal.Read<uint>(message.Body[8..]));
        return true;
    }

    /// <summary>Reads an address; false if the message is no such.</summary>
    internal static bool TryReadAddress(NetlinkMessage message, out InterfaceAddress found)
    {
        found = default;
        if (message.Type != AddressMessage || message.Body.Length < AddressHeaderLength || message.Body[0] != Ipv4Family)
        {
            return false;
        }

        Span<byte> attributes = message.AttributesAfter(AddressHeaderLength);
        if ((!NetlinkAttribute.TryFind(attributes, LocalAddress, out NetlinkAttribute attribute)
                && !NetlinkAttribute.TryFind(attributes, PeerAddress, out attribute))
            || !attribute.TryGetBigEndian(out uint address))
        {
            return false;
        }

        found = new InterfaceAddress(
            MemoryMarshal.Read<int>(message.Body[4..]),
            new Ipv4Address(address),
            message.Body[1],
            (message.Body[2] & SecondaryFlag) != 0);
        return true;
    }

    private Errno DumpAddresses(int index, List<InterfaceAddress> addresses)
    {
        addresses.Clear();
        Span<byte> request = stackalloc byte[32];
        uint sequence = _socket.NextSequence();
        var writer = new NetlinkWriter(request);
        writer.BeginMessage(GetAddress, NetlinkFlags.Request | NetlinkFlags.Dump, sequence);
        writer.Raw([Ipv4Family, 0, 0, 0, 0, 0, 0, 0]);
        writer.EndMessage();
        NetlinkReplies replies = _socket.Ask(writer.Written, sequence, _answers);
        while (replies.TryNext(out NetlinkMessage message))
        {
            if (TryReadAddress(message, out InterfaceAddress address) && (index == 0 || address.Interface == index))
            {
                addresses.Add(address);
            }
        }

        return replies.Error;
    }
}
