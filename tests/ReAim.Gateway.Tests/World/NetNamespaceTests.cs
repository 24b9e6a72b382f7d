using System.Net;
using System.Net.Sockets;

namespace ReAim.Gateway.Tests.World;

[RequiresRoot]
internal sealed class NetNamespaceTests
{
    [Test]
    public void A_socket_made_inside_a_namespace_stays_there()
    {
        using var here = new NetNamespace("here");
        using TcpListener listener = here.Inside(() =>
        {
            var inside = new TcpListener(IPAddress.Loopback, 5190);
            inside.Start();
            return inside;
        });
        Assert.That(here.Exec("cat", "/proc/net/tcp"), Does.Contain("0100007F:1446"));
    }
}
