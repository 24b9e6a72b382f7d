using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own input rules let a peer's connect through to a listener of the relay.</summary>
internal static class InputPolicyCheck
{
    // The port that most clients listen on.
    private const ushort UsualPort = 5190;

    /// <summary>Looks. The ports of offers are the clients' own, or from the pool: one of each is tried.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (!situation.Options.Relays)
        {
            return [];
        }

        Finding[] findings = [.. situation.Wan.SelectMany(wan => Look(situation, wan)).Distinct()];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to this machine pass the input rules")];
    }

    private static IEnumerable<Finding> Look(GatewaySituation situation, NetworkLink wan) =>
        from chain in situation.Firewall.At("input")
        where chain.Type == "filter"
        from port in (ushort[])[UsualPort, situation.Options.Pool.First]
        let walk = ForwardWalk.Through(situation.Firewall, chain, Connect(wan, port))
        where walk.IsDropped
        group port by (chain, Cause: walk.DroppedBy is { } rule ? $"the rule '{rule.Text}'" : "the policy") into dropped
        select Finding.Warning(
            $"peers' connects to this machine's {Ports([.. dropped])} are dropped by {dropped.Key.Cause} of the chain {dropped.Key.chain.Title}",
            $"{Line(situation, wan.Name, dropped.Key.chain)}; and name the ports that your clients listen on, if they are others");

    private static PacketProfile Connect(NetworkLink wan, ushort port) => new()
    {
        InInterface = wan.Name,
        DestinationPort = port,
        Destination = wan.Addresses.Count > 0 ? AddressRange.Of(wan.Addresses[0]) : null,
        Connection = ["new"],
    };

    private static string Ports(ushort[] ports) => ports.Length == 1 ? $"port {ports[0]}" : $"ports {string.Join(" and ", ports)}";

    /// <summary>The command that lets them in.</summary>
    private static string Line(GatewaySituation situation, string wan, FirewallChain chain)
    {
        (ushort first, ushort last) = situation.Options.Pool;
        if (chain.Tool == "nft")
        {
            return $"nft insert rule {chain.Family} {chain.Table} {chain.Name} iifname \"{wan}\" tcp dport '{{ {UsualPort}, {first}-{last} }}' accept";
        }

        string table = chain.Table == "filter" ? "" : $"-t {chain.Table} ";
        return $"{chain.Tool} {table}-I {chain.Name} -i {wan} -p tcp -m multiport --dports {UsualPort},{first}:{last} -j ACCEPT";
    }
}
