using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>The addresses that may be those of LAN hosts. A mapping leads to a packet's source address, so that must be believed.</summary>
internal static class LanSources
{
    /// <summary>Those that nobody has on the Internet (RFC 1918, RFC 6598, RFC 2544).</summary>
    private static readonly Ipv4Network[] s_private =
    [
        Ipv4Network.Parse("10.0.0.0/8"),
        Ipv4Network.Parse("100.64.0.0/10"),
        Ipv4Network.Parse("172.16.0.0/12"),
        Ipv4Network.Parse("192.168.0.0/16"),
        Ipv4Network.Parse("198.18.0.0/15"),
    ];

    /// <summary>The private networks and those that are named.</summary>
    /// <param name="named">Networks of the LAN, wherever they are.</param>
    public static IReadOnlyList<Ipv4Network> With(IReadOnlyList<Ipv4Network> named) => [.. s_private.Concat(named).Distinct()];
}
