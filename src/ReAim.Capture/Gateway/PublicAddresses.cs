using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Which address a flow's offers get, and by which address connects to it reach this gateway. Both are what the kernel made
/// of the flow's own source, so that several uplinks, translation to a second address and hosts without translation come out
/// right; only a person can know of another NAT in front.
/// </summary>
internal sealed class PublicAddresses(Ipv4Address? configured, IConnectionTable connections, EventLog log)
{
    private const int MaxWarned = 64;

    private readonly HashSet<Ipv4Address> _warned = [];

    /// <summary>The addresses that offers got, in the order in which they were found.</summary>
    public List<Ipv4Address> Found { get; } = [];

    /// <summary>Finds the LAN host whose connection a flow is.</summary>
    public bool TryFindHost(FlowKey flow, out Ipv4Address host) => connections.TryFindHost(flow, out host);

    /// <summary>The kernel's helper that rewrites a flow's offers already; null if there is none.</summary>
    public string? FindHelper(FlowKey flow, ProtocolDescriptor protocol) => connections.FindHelper(flow, protocol);

    /// <summary>What a flow's offers are to say; 0.0.0.0 if that is not known.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="host">Whose connection it is.</param>
    public Ipv4Address Advertised(FlowKey flow, Ipv4Address host)
    {
        if (!connections.TryFindPublicAddress(flow, out Ipv4Address own))
        {
            log.Say($"what the connection {flow} becomes beyond this gateway cannot be found out, so its offers are not helped.");
            return default;
        }

        if (own == host)
        {
            return own;
        }

        if (configured is null && _warned.Count < MaxWarned && NatInFront.Of(own) is { } front && _warned.Add(own))
        {
            log.Say($"WARNING: there is another NAT in front, and nobody outside can connect to this gateway by its own address: {host} leaves it as "
                + $"{own}, {front.What}. What helps: {front.Remedy}.");
        }

        Ipv4Address advertised = configured ?? own;
        if (Found.Count < MaxWarned && !Found.Contains(advertised))
        {
            Found.Add(advertised);
        }

        return advertised;
    }

    /// <summary>Tells the kernel that a flow's sequence numbers will be translated before it sees them, or behind it.</summary>
    /// <returns>False if it cannot be told: then its lengths must stay as they are.</returns>
    public bool TryAllowTranslation(FlowKey flow)
    {
        bool isAllowed = connections.TryAllowTranslation(flow);
        if (!isAllowed)
        {
            log.Say($"the kernel cannot be told that lengths of {flow} will change: its offers stay as they are.");
        }

        return isAllowed;
    }

    /// <summary>The address by which connects to a flow's host reach this gateway; 0.0.0.0 if that is not known.</summary>
    public Ipv4Address Local(FlowKey flow, Ipv4Address advertised) =>
        configured is null ? advertised
        : connections.TryFindPublicAddress(flow, out Ipv4Address own) ? own
        : default;
}
