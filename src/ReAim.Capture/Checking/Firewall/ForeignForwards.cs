using ReAim.Alg.Wire;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>What the administrator's own DNAT and REDIRECT rules take of the ports at our public addresses.</summary>
internal sealed class ForeignForwards
{
    private readonly HashSet<ushort> _ports = [];
    private readonly List<FirewallRule> _everything = [];

    private ForeignForwards()
    {
    }

    /// <summary>The TCP ports that lead elsewhere already.</summary>
    public IReadOnlySet<ushort> Ports => _ports;

    /// <summary>Rules that take every port: our mappings come behind them and are never met.</summary>
    public IReadOnlyList<FirewallRule> Everything => _everything;

    /// <summary>Finds them.</summary>
    /// <param name="ruleset">All rules of others.</param>
    /// <param name="wan">The interfaces to the Internet.</param>
    /// <param name="addresses">Their addresses; empty if they are not known.</param>
    public static ForeignForwards Find(FirewallRuleset ruleset, IReadOnlyList<string> wan, IReadOnlyList<Ipv4Address> addresses)
    {
        var forwards = new ForeignForwards();
        PacketProfile[] packets =
        [
            .. wan.SelectMany(name => addresses.Count == 0
                ? [new PacketProfile { InInterface = name }]
                : addresses.Select(address => new PacketProfile { InInterface = name, Destination = AddressRange.Of(address) })),
        ];
        foreach (ReachableRule reached in ruleset.Reachable("prerouting"))
        {
            if (reached.Rule.Action is RuleAction.DestinationNat or RuleAction.Redirect or RuleAction.TransparentProxy
                && packets.Any(packet => packet.Meets(reached.Conditions) != Answer.No))
            {
                forwards.Add(reached);
            }
        }

        return forwards;
    }

    private void Add(ReachableRule reached)
    {
        Condition[] ports =
        [
            .. reached.Conditions.Where(condition => condition is { Field: PacketField.DestinationPort, IsNegated: false }),
        ];
        if (ports.Length == 0)
        {
            // Something else that cannot be judged may narrow it: then it is for the administrator to know.
            if (!reached.Conditions.Any(condition => condition.Field == PacketField.Other))
            {
                _everything.Add(reached.Rule);
            }

            return;
        }

        foreach (string value in ports.SelectMany(condition => condition.Values))
        {
            if (PortRange.TryParse(value, out PortRange range))
            {
                for (int port = range.First; port <= range.Last; port++)
                {
                    _ports.Add((ushort)port);
                }
            }
        }
    }
}
