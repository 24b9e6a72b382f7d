using System.Net.Sockets;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>A stranger who tries what is open.</summary>
internal sealed class Knocking
{
    private readonly Person _mallory;

    public Knocking(Lab lab)
    {
        _mallory = lab.AddPublic("mallory", "198.51.100.66");
        Lab = lab;
    }

    public Lab Lab { get; }

    /// <summary>True if the stranger gets a connection to a port of the gateway, and keeps it.</summary>
    public bool GetsIn(int port) => _mallory.CanStayConnected(Lab.PublicAddress, port, TimeSpan.FromSeconds(1.5));

    /// <summary>
    /// Begins a connection whose handshake the stranger does not complete: its own end takes it for open, and has sent bytes, but none of
    /// its segments with an acknowledgement has left.
    /// </summary>
    public IDisposable Begin(int port)
    {
        _mallory.Namespace.ExecWithInput("nft", "table ip mute { chain mouth { type filter hook output priority 0; policy accept; tcp flags & (syn | ack) == ack drop; }; }", "-f", "-");
        Socket socket = _mallory.Namespace.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Connect(Lab.PublicAddress, port);
        socket.Send("GET / HTTP/1.0\r\n\r\n"u8);
        return socket;
    }

    /// <summary>What <see cref="Begin"/> has sent leaves from now on, when it is sent again.</summary>
    public void GoOn() => _mallory.Namespace.Exec("nft", "delete", "table", "ip", "mute");

    /// <summary>SYNs to a range of ports whose answers the stranger never hears.</summary>
    public void Scan(int first, int last)
    {
        const string Deaf = "table ip deaf { chain ear { type filter hook input priority 0; policy accept; ip protocol tcp drop; }; }";
        _mallory.Namespace.ExecWithInput("nft", Deaf, "-f", "-");
        Parallel.For(first, last + 1, port => _mallory.CanConnect(Lab.PublicAddress, port, TimeSpan.FromMilliseconds(200)));
        _mallory.Namespace.Exec("nft", "delete", "table", "ip", "deaf");
    }
}
