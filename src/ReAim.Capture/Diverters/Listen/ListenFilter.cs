using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>Which packets to listen to, as libpcap's filters say it (pcap-filter(7)).</summary>
internal static class ListenFilter
{
    /// <summary>
    /// Mapped ends beyond that are not listened to: only that a peer has connected is not noticed then. A filter that is longer the
    /// kernel refuses.
    /// </summary>
    public const int MaxMapped = 64;

    /// <summary>The filter.</summary>
    /// <param name="ports">Ports of servers; empty for any.</param>
    /// <param name="trusted">The servers that are trusted; empty for all.</param>
    /// <param name="learnt">Servers that clients were told of.</param>
    /// <param name="mapped">LAN ends that peers connect to.</param>
    /// <param name="hosts">LAN hosts of which everything is listened to.</param>
    public static string Text(
        IReadOnlyList<ushort> ports, IReadOnlyList<Ipv4Network> trusted, IReadOnlyList<Ipv4Endpoint> learnt, IEnumerable<Ipv4Endpoint> mapped, IEnumerable<Ipv4Address> hosts)
    {
        string? ofServers = (ports.Count, trusted.Count) switch
        {
            (0, 0) => null,
            (0, _) => Networks(trusted),
            (_, 0) => Ports(ports),
            _ => $"(({Ports(ports)}) and ({Networks(trusted)}))",
        };
        if (ofServers is null)
        {
            return "ip and tcp";
        }

        // A peer's connect that goes to a watched port is listened to already.
        Ipv4Endpoint[] more =
        [
            .. learnt,
            .. mapped.Where(end => trusted.Count > 0 || !ports.Contains(end.Port)).Distinct().Take(MaxMapped),
        ];
        return $"ip and tcp and ({string.Join(" or ", [ofServers, .. more.Select(end => $"(host {end.Address} and port {end.Port})"), .. hosts.Select(host => $"host {host}")])})";
    }

    private static string Ports(IReadOnlyList<ushort> ports) => string.Join(" or ", ports.Select(port => $"port {port}"));

    private static string Networks(IReadOnlyList<Ipv4Network> networks) =>
        string.Join(" or ", networks.Select(network => network.Length == 32 ? $"host {network.Address}" : $"net {network}"));
}
