using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a diverter needs to know of what was asked for.</summary>
internal sealed record DivertOptions
{
    /// <summary>Server ports; none for all.</summary>
    public required IReadOnlyList<ushort> Ports { get; init; }

    /// <summary>Servers; none for all.</summary>
    public required IReadOnlyList<Ipv4Network> Servers { get; init; }

    /// <summary>The interfaces to the Internet, by index.</summary>
    public required IReadOnlyList<uint> Wan { get; init; }

    /// <summary>The LAN's networks.</summary>
    public required LanNetworks Lan { get; init; }

    /// <summary>The gateway's own address towards the Internet, if mappings are at another one that leads to it; null if they are at its own.</summary>
    public Ipv4Address? Local { get; init; }

    /// <summary>The address at which mappings are, if that is not <see cref="Local"/>'s own.</summary>
    public Ipv4Address? Advertised { get; init; }

    /// <summary>Nanoseconds of the gateway's clock.</summary>
    public required Func<long> Clock { get; init; }

    /// <summary>Where among other programs' handles ours are: the middle, so that a firewall can be before or behind.</summary>
    public short Priority { get; init; }

    /// <summary>True if only copies are taken and nothing is sent.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>True if peers come by Windows' NAT, where they have to be watched; false if they come to a relay, which tells of them.</summary>
    public bool WatchesPeers { get; init; }
}
