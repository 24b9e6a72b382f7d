namespace ReAim.Gateway.Tests.World;

/// <summary>The router between all public addresses: a link to each host, and a route through it to each of its addresses.</summary>
internal sealed class Internet : IDisposable
{
    /// <summary>The router's end of every link.</summary>
    public const string RouterAddress = "192.0.2.1";

    private readonly bool _offloads;
    private int _links;

    public Internet(bool offloads)
    {
        _offloads = offloads;
        Router = new NetNamespace("router");
        MakeRouter(Router);
    }

    public NetNamespace Router { get; }

    /// <summary>Lets a namespace forward, whichever way packets come, and send nobody another way.</summary>
    public static void MakeRouter(NetNamespace place) => place.Sysctl(
        ("ipv4/ip_forward", "1"),
        ("ipv4/conf/all/rp_filter", "0"),
        ("ipv4/conf/default/rp_filter", "0"),
        ("ipv4/conf/all/send_redirects", "0"),
        ("ipv4/conf/default/send_redirects", "0"));

    /// <summary>Connects a host; its first address is the one it speaks from.</summary>
    /// <param name="host">The host's namespace.</param>
    /// <param name="device">The interface's name there.</param>
    /// <param name="mtu">The link's.</param>
    /// <param name="addresses">At least one.</param>
    public void Attach(NetNamespace host, string device, int mtu, params string[] addresses)
    {
        string end = $"link{_links++}";
        Cable.Lay(Router, end, host, device, mtu, _offloads);
        host.IpBatch([
            .. addresses.Select(address => $"addr add {address}/32 dev {device}"),
            $"route add {RouterAddress} dev {device}",
            $"route add default via {RouterAddress} dev {device} src {addresses[0]}",
        ]);
        IEnumerable<string> routes = addresses.Select(address => $"route add {address}/32 dev {end}");
        Router.IpBatch([$"addr add {RouterAddress}/32 dev {end}", .. routes]);
    }

    /// <summary>A public address that is behind a host, not its own.</summary>
    public void RouteVia(string address, string next)
    {
        string device = Router.Ip("route", "get", next).Split(' ')[2];
        Router.Ip("route", "add", $"{address}/32", "via", next, "dev", device, "onlink");
    }

    public void Dispose() => Router.Dispose();
}
