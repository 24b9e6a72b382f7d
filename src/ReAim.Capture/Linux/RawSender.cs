using System.Net;
using System.Net.Sockets;

namespace ReAim.Capture.Linux;

/// <summary>Sends IPv4 datagrams as they are, whoever their source is (raw(7)). Takes CAP_NET_RAW.</summary>
internal sealed class RawSender : IDisposable
{
    private readonly Socket _socket;

    private RawSender(Socket socket) => _socket = socket;

    /// <summary>Opens a way out; null if this process may not.</summary>
    public static RawSender? TryOpen()
    {
        try
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw) { Blocking = false };
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
            return new RawSender(socket);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Sends a datagram.</summary>
    /// <returns>False if it did not leave.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram)
    {
        var destination = new IPEndPoint(new IPAddress(datagram.Slice(16, 4)), 0);
        try
        {
            return _socket.SendTo(datagram, SocketFlags.None, destination) == datagram.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
