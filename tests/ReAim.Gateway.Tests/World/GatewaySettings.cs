namespace ReAim.Gateway.Tests.World;

/// <summary>Where the administrator lowers the MSS of connections.</summary>
internal enum Clamp
{
    None,

    /// <summary>In iptables' mangle/FORWARD.</summary>
    Iptables,

    /// <summary>In a chain of nftables.</summary>
    Nft,
}

/// <summary>How the administrator set a gateway up.</summary>
internal sealed record GatewaySettings
{
    /// <summary>The MSS that the clamp sets.</summary>
    public const int ClampedMss = 1_360;

    /// <summary>The administrator's own mark, on every connection of the LAN.</summary>
    public const uint ForeignMark = 0x2300;

    public required string PublicAddress { get; init; }

    /// <summary>The first three bytes of the LAN's addresses.</summary>
    public required string Network { get; init; }

    /// <summary>More public addresses.</summary>
    public IReadOnlyList<string> MoreAddresses { get; init; } = [];

    /// <summary>LAN hosts that leave with one of these instead of the first: host and public address.</summary>
    public IReadOnlyList<(string Host, string Public)> Snat { get; init; } = [];

    /// <summary>Public addresses of hosts on the LAN, which are not translated.</summary>
    public IReadOnlyList<string> PublicHosts { get; init; } = [];

    /// <summary>The line that lets translated connections in: <c>ct status dnat accept</c>.</summary>
    public bool AcceptsTranslated { get; init; } = true;

    public Clamp Clamp { get; init; } = Clamp.Iptables;

    /// <summary>Whether bridged packets cross the rules for routed ones, as br_netfilter has it unless told otherwise.</summary>
    public bool BridgeNetfilter { get; init; }

    public int WanMtu { get; init; } = 1_500;

    public bool Offloads { get; init; } = true;

    /// <summary>With another public address, for one LAN host.</summary>
    public GatewaySettings WithSecondAddressFor(string host, string address) =>
        this with { MoreAddresses = [address], Snat = [(host, address)] };
}
