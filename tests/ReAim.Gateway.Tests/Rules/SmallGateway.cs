using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>A host of each side with a gateway between them: lan0 192.168.7.1/24 and wan0 203.0.113.1/24.</summary>
internal sealed class SmallGateway : IDisposable
{
    /// <summary>Rules of an administrator who works with iptables.</summary>
    public const string Administrator =
        """
        *mangle
        -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        -A FORWARD -j CONNMARK --set-xmark 0x23/0xff
        COMMIT
        *filter
        -P FORWARD DROP
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT

        """;

    public SmallGateway()
    {
        Connect(Lan, "192.168.7.10", "lan0", "192.168.7.1");
        Connect(Wan, "203.0.113.99", "wan0", "203.0.113.1");
        Box.Exec("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.lan0.rp_filter=1");
    }

    public NetNamespace Box { get; } = new("gw");

    public NetNamespace Lan { get; } = new("lan");

    public NetNamespace Wan { get; } = new("wan");

    public static GatewayOptions Options => new() { Lan = ["lan0"], Wan = ["wan0"] };

    /// <summary>All rules of the gateway as nft sees them.</summary>
    public string Ruleset => Box.Exec("nft", "-s", "list", "ruleset");

    /// <summary>Runs something of ours on it, as if the program ran there.</summary>
    public T In<T>(Func<T> action) => Box.Inside(action);

    /// <summary>Runs something of ours on it, as if the program ran there.</summary>
    public void In(Action action) => Box.Inside(() =>
    {
        action();
        return 0;
    });

    public void Nft(string text) => Box.ExecWithInput("nft", text, "-f", "-");

    public void Dispose()
    {
        Box.Dispose();
        Lan.Dispose();
        Wan.Dispose();
    }

    private void Connect(NetNamespace host, string address, string port, string gateway)
    {
        Box.Ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", host.Name);
        Box.Ip("addr", "add", $"{gateway}/24", "dev", port);
        Box.Ip("link", "set", port, "up");
        host.Ip("addr", "add", $"{address}/24", "dev", "eth0");
        host.Ip("link", "set", "eth0", "up");
        host.Ip("route", "add", "default", "via", gateway);
    }
}
