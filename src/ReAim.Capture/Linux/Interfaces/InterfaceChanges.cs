using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Netlink;

namespace ReAim.Capture.Linux.Interfaces;

/// <summary>
/// Says that interfaces or IPv4 addresses changed. It does not say how: who is told reads anew what he needs, so that changes
/// that found no room in the socket are no loss.
/// </summary>
internal sealed class InterfaceChanges : IDisposable
{
    /// <summary>RTMGRP_LINK.</summary>
    private const uint Links = 0x1;

    /// <summary>RTMGRP_IPV4_IFADDR.</summary>
    private const uint Ipv4Addresses = 0x10;

    private readonly NetlinkSocket _socket;
    private readonly byte[] _buffer = new byte[32 * 1024];

    private InterfaceChanges(NetlinkSocket socket) => _socket = socket;

    /// <summary>For <see cref="LibC.Poll"/>: readable after a change.</summary>
    public int Descriptor => _socket.Descriptor;

    /// <summary>Begins to listen.</summary>
    /// <returns>Why it cannot.</returns>
    public static Errno TryOpen(out InterfaceChanges? changes)
    {
        Errno error = NetlinkSocket.TryOpen(NetlinkProtocol.Route, Links | Ipv4Addresses, out NetlinkSocket? socket);
        changes = socket is null ? null : new InterfaceChanges(socket);
        return error;
    }

    /// <summary>Takes all news there are.</summary>
    /// <returns>True if something changed since the last time.</returns>
    public bool Take()
    {
        bool changed = false;
        while (true)
        {
            switch (_socket.Receive(_buffer, out _))
            {
                case Errno.None or Errno.NoBuffers or Errno.MessageSize:
                    changed = true;
                    break;
                case Errno.Interrupted:
                    break;
                default:
                    return changed;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
