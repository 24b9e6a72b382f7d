using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// Whether the administrator's own forward rules let a peer's connect through that a mapping leads to the LAN. They are not
/// overridden unless that is asked for.
/// </summary>
internal static class ForwardPolicyCheck
{
    // Behind NF_IP_PRI_MANGLE: what comes before, or there, may be met before ours, and no verdict of ours skips it.
    private const int OurPriority = -149;

    // Clients listen where they like: both are tried.
    private static readonly ushort[] s_ports = [ClientPorts.Usual, ClientPorts.Chosen];

    /// <summary>Looks. What a relay takes is not forwarded.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.Relays)
        {
            return [];
        }

        IEnumerable<Finding> all =
            from wan in situation.Wan
            from lan in situation.Lan
            from chain in situation.Firewall.At("forward")
            where chain.Type == "filter"
            from finding in Look(situation, chain, wan, lan)
            select finding;
        Finding[] findings = [.. all.Distinct()];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to mappings pass the forward rules")];
    }

    private static IEnumerable<Finding> Look(GatewaySituation situation, FirewallChain chain, NetworkLink wan, NetworkLink lan)
    {
        PacketProfile[] connects = [.. s_ports.Select(port => Connect(wan, lan, port))];
        ChainWalk[] walks = [.. connects.Select(connect => ChainWalk.Through(situation.Firewall, chain, connect))];
        return situation.Options.Pinhole && chain.Priority >= OurPriority ? Skipped(chain, walks) : Kept(situation, connects, walks);
    }

    private static PacketProfile Connect(NetworkLink wan, NetworkLink lan, ushort port) => new()
    {
        InInterface = wan.Name,
        OutInterface = lan.Name,
        DestinationPort = port,
        Destination = lan.Networks.Count > 0 ? AddressRange.Of(lan.Networks[0]) : null,
        Connection = ["new", "dnat"],
        SourceType = "unicast",
        DestinationType = "unicast",
    };

    private static IEnumerable<Finding> Kept(GatewaySituation situation, PacketProfile[] connects, ChainWalk[] walks)
    {
        string alternative = situation.Options.ListensOnly || situation.Options.Pinhole ? "" : "; or let --pinhole pass it by";
        foreach (string cause in walks.Where(walk => walk.IsDropped).Select(walk => walk.Cause).Distinct())
        {
            string which = walks.All(walk => walk.IsDropped && walk.Cause == cause) ? ""
                : walks[0].IsDropped && walks[0].Cause == cause ? $" to port {ClientPorts.Usual}"
                : $" to other ports than {ClientPorts.Usual}, such as {ClientPorts.Chosen},";
            PacketProfile[] dropped = [.. connects.Where((_, index) => walks[index].IsDropped)];
            string line = new AcceptLine(walks[0].Chain, situation.Firewall, dropped).ForTranslated();
            yield return Finding.Warning($"peers' connects{which} are dropped by {cause}", $"{line}{alternative}");
        }

        foreach ((FirewallChain chain, FirewallRule rule) in walks.Where(walk => !walk.IsDropped).SelectMany(walk => walk.Drops))
        {
            yield return Finding.Note($"a rule of the chain {chain.Title} may drop connects of some peers: {rule.Text}");
        }
    }

    private static IEnumerable<Finding> Skipped(FirewallChain chain, ChainWalk[] walks)
    {
        if (walks.Any(walk => walk is { IsDropped: true, DroppedBy: null }))
        {
            yield return Finding.Note($"--pinhole lets peers in although the policy of the chain {chain.Title} is drop");
        }

        foreach ((FirewallChain where, FirewallRule rule) in walks.SelectMany(walk => walk.Drops))
        {
            yield return Finding.Note($"--pinhole lets peers in past this rule of the chain {where.Title}: {rule.Text}");
        }
    }
}
