using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Translators.Relay;

/// <summary>The engine's ends as the system's sockets name them, and back.</summary>
internal static class SocketAddresses
{
    /// <summary>An end for a socket.</summary>
    public static IPEndPoint EndPoint(Ipv4Endpoint end)
    {
        Span<byte> bytes = stackalloc byte[4];
        end.Address.Write(bytes);
        return new IPEndPoint(new IPAddress(bytes), end.Port);
    }

    /// <summary>The other end of a connected IPv4 socket; 0.0.0.0:0 if it has none any more.</summary>
    public static Ipv4Endpoint Remote(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint end
                ? new Ipv4Endpoint(Ipv4Address.Read(end.Address.GetAddressBytes()), (ushort)end.Port)
                : default;
        }
        catch (SocketException)
        {
            return default;
        }
    }
}
