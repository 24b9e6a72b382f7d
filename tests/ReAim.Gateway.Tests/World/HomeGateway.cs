using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReAim.Gateway.Tests.World;

/// <summary>
/// A gateway in a namespace: a bridge <c>lan</c> with the hosts on it, an interface <c>wan</c>, and its administrator's rules.
/// </summary>
internal sealed partial class HomeGateway
{
    private readonly Internet _internet;
    private int _hosts;

    public HomeGateway(Internet internet, NetNamespace place, GatewaySettings settings)
    {
        (_internet, Namespace, Settings) = (internet, place, settings);
        Internet.MakeRouter(Namespace);
        if (File.Exists("/proc/sys/net/bridge/bridge-nf-call-iptables"))
        {
            Namespace.Sysctl(("bridge/bridge-nf-call-iptables", settings.BridgeNetfilter ? "1" : "0"));
        }

        Namespace.IpBatch("link add lan type bridge", "link set lan up", $"addr add {LanAddress}/24 dev lan");
        internet.Attach(Namespace, "wan", settings.WanMtu, [settings.PublicAddress, .. settings.MoreAddresses]);
        AddRules(AdministratorRules.Text(settings));
        if (settings.Clamp == Clamp.Iptables)
        {
            ClampTo(GatewaySettings.ClampedMss);
        }
    }

    public GatewaySettings Settings { get; }

    public NetNamespace Namespace { get; }

    public string PublicAddress => Settings.PublicAddress;

    public string LanAddress => $"{Settings.Network}.1";

    /// <summary>A host on the LAN.</summary>
    /// <param name="host">Its namespace.</param>
    /// <param name="address">Of the LAN, or a public one of <see cref="GatewaySettings.PublicHosts"/>.</param>
    /// <param name="mtu">The link's.</param>
    public void Join(NetNamespace host, string address, int mtu = 1_500)
    {
        string port = $"lan{_hosts++}";
        Cable.Lay(Namespace, port, host, "eth0", mtu, Settings.Offloads);
        Namespace.Ip("link", "set", port, "master", "lan");
        if (address.StartsWith(Settings.Network, StringComparison.Ordinal))
        {
            host.IpBatch($"addr add {address}/24 dev eth0", $"route add default via {LanAddress}");
        }
        else
        {
            host.IpBatch(
                $"addr add {address}/32 dev eth0",
                $"route add {LanAddress} dev eth0",
                $"route add default via {LanAddress} dev eth0 src {address}");
            Namespace.Ip("route", "add", $"{address}/32", "dev", "lan");
            _internet.RouteVia(address, PublicAddress);
        }
    }

    /// <summary>Adds rules in nft's language.</summary>
    public void AddRules(string text) => Namespace.ExecWithInput("nft", text, "-f", "-");

    /// <summary>Appends a clamp to iptables' mangle/FORWARD, as administrators do.</summary>
    public void ClampTo(int mss) => Namespace.Exec(
        "iptables", ["-t", "mangle", "-A", "FORWARD", "-p", "tcp", "--tcp-flags", "SYN,RST", "SYN", "-j", "TCPMSS", "--set-mss", $"{mss}"]);

    /// <summary>Packets that a named counter of the administrator has seen.</summary>
    public long Count(string counter)
    {
        using JsonDocument answer = JsonDocument.Parse(Namespace.Exec("nft", "-j", "list", "counter", "ip", "admin", counter));
        return answer.RootElement.GetProperty("nftables").EnumerateArray()
            .Where(item => item.TryGetProperty("counter", out _))
            .Sum(item => item.GetProperty("counter").GetProperty("packets").GetInt64());
    }

    /// <summary>Packets that the clamp has changed.</summary>
    public long ClampCount() => Settings.Clamp == Clamp.Nft
        ? Count("clamped")
        : long.Parse(ClampLine().Match(Namespace.Exec("iptables", "-t", "mangle", "-nvxL", "FORWARD")).Groups[1].Value, null);

    /// <summary>Packets that the kernel has handed to any netfilter queue so far, whatever flavour of rule sent them.</summary>
    public long QueuedCount() => Queues().Sum(queue => queue[7]);

    /// <summary>Packets that wait for a verdict now.</summary>
    public long WaitingCount() => Queues().Sum(queue => queue[2]);

    /// <summary>Mappings installed: elements of our map. No table, no mappings.</summary>
    public int MappingCount() => Mappings().Count;

    /// <summary>Sockets that listen at an address others can reach.</summary>
    public int ListenerCount() =>
        Namespace.Exec("ss", "-Htln").Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(line => !line.Contains(" 127.0.0.1:", StringComparison.Ordinal));

    /// <summary>The public ends of the mappings installed.</summary>
    public IReadOnlyList<string> Mappings()
    {
        (int code, string output, _) = Namespace.TryExec("nft", "-j", "list", "map", "ip", "reaim", "mappings");
        if (code != 0)
        {
            return [];
        }

        using JsonDocument answer = JsonDocument.Parse(output);
        return
        [
            .. answer.RootElement.GetProperty("nftables").EnumerateArray()
                .Where(item => item.TryGetProperty("map", out JsonElement map) && map.TryGetProperty("elem", out _))
                .SelectMany(item => item.GetProperty("map").GetProperty("elem").EnumerateArray())
                .Select(element => element[0].ToString()),
        ];
    }

    /// <summary>All rules of the kernel but the administrator's own, as nft prints them; empty once nothing of ours is left.</summary>
    public string ForeignRules()
    {
        IEnumerable<string> tables = Namespace.Exec("nft", "list", "tables").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line is not ("table ip admin" or "table ip forwarded" or "table ip mangle"));
        IEnumerable<string> chains = Namespace.Exec("iptables", "-t", "mangle", "-S").Split('\n')
            .Where(line => line.Contains("reaim", StringComparison.OrdinalIgnoreCase));
        return string.Join('\n', tables.Concat(chains));
    }

    /// <summary>The lines of nfnetlink_queue: number, port, waiting, mode, range, dropped, dropped for the user, sequence, 1.</summary>
    private IEnumerable<long[]> Queues() => Namespace.Exec("cat", "/proc/net/netfilter/nfnetlink_queue")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(field => long.Parse(field, null)).ToArray());

    [GeneratedRegex(@"^\s*(\d+).* TCPMSS ", RegexOptions.Multiline)]
    private static partial Regex ClampLine();
}
