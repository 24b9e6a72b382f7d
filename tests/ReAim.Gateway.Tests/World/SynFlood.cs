using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Gateway.Tests.World;

/// <summary>SYNs that nobody means: from a host, as fast as its kernel takes them, each from another port.</summary>
internal static class SynFlood
{
    private const int FirstPort = 10_000;

    /// <summary>Sends them.</summary>
    /// <param name="place">Where from.</param>
    /// <param name="source">The address that they have.</param>
    /// <param name="target">Where to.</param>
    /// <param name="count">How many.</param>
    public static void Send(NetNamespace place, string source, Ipv4Endpoint target, int count)
    {
        using Socket socket = place.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Raw));
        socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.HeaderIncluded, true);
        var end = new IPEndPoint(IPAddress.Parse(target.Address.ToString()), 0);
        for (int i = 0; i < count; i++)
        {
            var from = new Ipv4Endpoint(Addresses.Parse(source), (ushort)(FirstPort + (i % 50_000)));
            socket.SendTo(new TcpPacket(from, target, (uint)i * 65_536, 0, TcpFlags.Syn, []).Build(), end);
        }
    }
}
