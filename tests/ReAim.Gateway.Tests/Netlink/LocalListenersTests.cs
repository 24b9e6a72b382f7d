using System.Net;
using System.Net.Sockets;
using ReAim.Capture.Linux;
using ReAim.Capture.Linux.Interop;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Netlink;

/// <summary>Which ports of this machine belong to its own programs.</summary>
[RequiresRoot]
internal sealed class LocalListenersTests
{
    private readonly List<Socket> _sockets = [];
    private NetNamespace _box = null!;

    [SetUp]
    public void Make()
    {
        _box = new NetNamespace("listeners");
        _box.Ip("link", "set", "lo", "up");
        _box.Ip("address", "add", "203.0.113.1/24", "dev", "lo");
    }

    [TearDown]
    public void Remove()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _sockets.Clear();
        _box.Dispose();
    }

    [Test]
    public void The_ports_that_others_can_reach_are_found_and_no_others([Values] bool byTable)
    {
        Listen(1_001, IPAddress.Any);
        Listen(1_002, IPAddress.Parse("203.0.113.1"));
        Listen(1_003, IPAddress.Loopback);
        Listen(1_004, IPAddress.Parse("127.9.9.9"));
        Listen(1_005, IPAddress.IPv6Any, isDual: true);
        Listen(1_006, IPAddress.IPv6Loopback);
        Listen(1_007, IPAddress.Parse("::ffff:203.0.113.1"), isDual: true);
        Listen(1_008, IPAddress.Parse("::ffff:127.0.0.1"), isDual: true);
        Assert.That(Find(byTable).Order(), Is.EqualTo(new ushort[] { 1_001, 1_002, 1_005, 1_007 }));
    }

    [Test]
    public void A_listener_for_IPv6_alone_takes_no_port_of_IPv4()
    {
        Listen(1_001, IPAddress.IPv6Any);
        Assert.That(Find(byTable: false), Is.Empty);
    }

    [Test]
    public void Connections_are_no_listeners_and_hundreds_of_listeners_are_all_found()
    {
        Socket one = Listen(1_001, IPAddress.Parse("203.0.113.1"));
        Socket client = _box.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Add(client);
        client.Connect((IPEndPoint)one.LocalEndPoint!);
        for (int port = 2_000; port < 2_600; port++)
        {
            Listen(port, IPAddress.Any);
        }

        Assert.That(Find(byTable: false), Is.EquivalentTo(Enumerable.Range(2_000, 600).Append(1_001)));
    }

    private HashSet<ushort> Find(bool byTable) => _box.Inside(() =>
    {
        HashSet<ushort> ports = [];
        if (byTable)
        {
            return LocalListeners.ReadTable();
        }

        Assert.That(SocketDiagnosis.TryFindListeners(ports), Is.EqualTo(Errno.None), "this kernel says so itself");
        return ports;
    });

    private Socket Listen(int port, IPAddress address, bool isDual = false)
    {
        Socket socket = _box.Inside(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        _sockets.Add(socket);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = isDual;
        }

        socket.Bind(new IPEndPoint(address, port));
        socket.Listen();
        return socket;
    }
}
