using ReAim.Alg.Wire;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>What the kernel knows of a connection through the gateway.</summary>
/// <param name="PublicEnd">The LAN host's end as the other side sees it; the host's own where nothing is translated.</param>
/// <param name="KnownEnd">The other side's end as the LAN host knows it: not the server's own where the gateway translates that.</param>
/// <param name="IsInbound">True if the other side opened it.</param>
/// <param name="IsOffloaded">True if a flowtable or the hardware forwards it: its packets do not come to any rule.</param>
/// <param name="Mark">The connection mark.</param>
internal readonly record struct ConntrackEntry(Ipv4Endpoint PublicEnd, Ipv4Endpoint KnownEnd, bool IsInbound, bool IsOffloaded, uint Mark)
{
    /// <summary>The kernel's helper that reads it, such as irc; null if it has none.</summary>
    public string? Helper { get; init; }
}
