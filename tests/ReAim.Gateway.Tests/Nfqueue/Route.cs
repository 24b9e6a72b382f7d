using System.Net;
using System.Net.Sockets;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nfqueue;

/// <summary>
/// A LAN host, a gateway that masquerades, and a host beyond it, on real kernels. Segmentation and checksums are offloaded
/// between them, as on hardware.
/// </summary>
internal sealed class Route : IDisposable
{
    public const string LanAddress = "192.168.7.10";
    public const string PublicAddress = "203.0.113.1";
    public const string RemoteAddress = "203.0.113.99";
    public const int Port = 5190;

    public Route()
    {
        Lan = new NetNamespace("lan");
        Gateway = new NetNamespace("gw");
        Remote = new NetNamespace("far");
        Join(Lan, "lan0", LanAddress, "192.168.7.1");
        Join(Remote, "wan0", RemoteAddress, PublicAddress);
        Lan.Ip("route", "add", "default", "via", "192.168.7.1");
        Gateway.Exec("sysctl", "-qw", "net.ipv4.ip_forward=1");
        Gateway.Exec("iptables", "-t", "nat", "-A", "POSTROUTING", "-o", "wan0", "-j", "MASQUERADE");
    }

    public NetNamespace Lan { get; }

    public NetNamespace Gateway { get; }

    public NetNamespace Remote { get; }

    /// <summary>Sends all forwarded TCP to the queue.</summary>
    public void Divert(ushort queue) => Gateway.Exec(
        "iptables", "-t", "mangle", "-A", "FORWARD", "-p", "tcp", "-j", "NFQUEUE", "--queue-num", $"{queue}", "--queue-bypass");

    /// <summary>A server beyond the gateway.</summary>
    public static Socket Listen(NetNamespace host, string address, int port = Port) => host.Inside(() =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        socket.Listen();
        return socket;
    });

    /// <summary>A client's socket that is not connected yet.</summary>
    public static Socket Client(NetNamespace host) => host.Inside(
        () => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });

    /// <summary>A connection from the LAN host to the remote one.</summary>
    public (Socket Client, Socket Server) Connect()
    {
        using Socket listener = Listen(Remote, RemoteAddress);
        Socket client = Client(Lan);
        Assert.That(client.ConnectAsync(RemoteAddress, Port).Wait(5_000), "no connection within 5 s");
        return (client, listener.Accept());
    }

    public void Dispose()
    {
        Lan.Dispose();
        Remote.Dispose();
        Gateway.Dispose();
    }

    private void Join(NetNamespace host, string device, string address, string gatewayAddress)
    {
        Gateway.Ip("link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", host.Name);
        Gateway.Ip("addr", "add", $"{gatewayAddress}/24", "dev", device);
        Gateway.Ip("link", "set", device, "up");
        host.Ip("addr", "add", $"{address}/24", "dev", "eth0");
        host.Ip("link", "set", "eth0", "up");
    }
}
