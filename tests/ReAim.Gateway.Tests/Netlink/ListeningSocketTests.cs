using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Linux.Sockets;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Netlink;

[RequiresRoot]
internal sealed class ListeningSocketTests
{
    private static readonly Ipv4Address s_public = new(0xCB007101);

    [Test]
    public void Ports_at_which_an_IPv4_connection_would_be_answered_are_covered()
    {
        using var here = new NetNamespace("gw");
        here.Ip("addr", "add", "203.0.113.1/24", "dev", "lo");
        using Socket any = Listen(here, "0.0.0.0", 6000);
        using Socket loopback = Listen(here, "127.0.0.1", 6001);
        using Socket one = Listen(here, "203.0.113.1", 6002);
        using Socket dual = Listen(here, "::", 6003, dual: true);
        using Socket ipv6 = Listen(here, "::", 6004);
        using Socket mapped = Listen(here, "::ffff:203.0.113.1", 6005, dual: true);
        using Socket ipv6Loopback = Listen(here, "::1", 6006);
        using ListeningSockets sockets = Open(here);
        Assert.That(sockets.Refresh(), Is.EqualTo(Errno.None));
        Assert.That(
            Enumerable.Range(6_000, 8).Where(port => sockets.Cover(new Ipv4Endpoint(s_public, (ushort)port))),
            Is.EqualTo(new[] { 6000, 6002, 6003, 6005 }));
        Assert.That(sockets.Ends, Has.Count.EqualTo(5), "that of the loopback address too");
    }

    [Test]
    public void Connections_are_no_listeners_and_a_closed_one_is_free()
    {
        using var here = new NetNamespace("gw");
        using ListeningSockets sockets = Open(here);
        using (Socket listener = Listen(here, "127.0.0.1", 6000))
        {
            using Socket client = here.Inside(() =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Connect("127.0.0.1", 6000);
                return socket;
            });
            sockets.Refresh();
            Assert.That(sockets.Ends, Is.EqualTo(new[] { new Ipv4Endpoint(new Ipv4Address(0x7F000001), 6000) }));
        }

        sockets.Refresh();
        Assert.That(sockets.Ends, Is.Empty);
    }

    [Test]
    public void More_listeners_than_fit_into_one_message_are_all_read()
    {
        using var here = new NetNamespace("gw");
        Socket[] listeners = here.Inside(
            () => Enumerable.Range(10_000, 800).Select(port => Bound("0.0.0.0", port, false)).ToArray());
        using ListeningSockets sockets = Open(here);
        Assert.That(sockets.Refresh(), Is.EqualTo(Errno.None));
        Assert.That(sockets.Ends.Distinct().Count(), Is.EqualTo(800));
        foreach (Socket listener in listeners)
        {
            listener.Dispose();
        }
    }

    private static ListeningSockets Open(NetNamespace host) => host.Inside(() =>
    {
        Assert.That(ListeningSockets.TryOpen(out ListeningSockets? sockets), Is.EqualTo(Errno.None));
        return sockets!;
    });

    private static Socket Listen(NetNamespace host, string address, int port, bool dual = false) =>
        host.Inside(() => Bound(address, port, dual));

    private static Socket Bound(string address, int port, bool dual)
    {
        IPAddress ip = IPAddress.Parse(address);
        var socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (ip.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = dual;
        }

        socket.Bind(new IPEndPoint(ip, port));
        socket.Listen();
        return socket;
    }
}
