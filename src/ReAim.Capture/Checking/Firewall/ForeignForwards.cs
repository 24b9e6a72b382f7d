using ReAim.Alg.Wire;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>What the administrator's own DNAT and REDIRECT rules take of the ports at our public addresses.</summary>
internal sealed class ForeignForwards
{
    private readonly HashSet<ushort> _ports = [];
    private readonly List<FirewallRule> _everything = [];
    private readonly List<(FirewallRule Rule, PortRange Range)> _named = [];

    private ForeignForwards()
    {
    }

    /// <summary>The TCP ports that lead elsewhere already.</summary>
    public IReadOnlySet<ushort> Ports => _ports;

    /// <summary>Rules that name no ports and take those for offers too: our mappings come behind them and are never met.</summary>
    public IReadOnlyList<FirewallRule> Everything => _everything;

    /// <summary>The rules that lead one of some ports elsewhere by its number.</summary>
    /// <param name="ports">The ports.</param>
    public IEnumerable<FirewallRule> Of(PortRange ports) =>
        _named.Where(named => named.Range.First <= ports.Last && ports.First <= named.Range.Last)
            .Select(named => named.Rule).Distinct((IEqualityComparer<FirewallRule>)ReferenceEqualityComparer.Instance);

    /// <summary>Finds them.</summary>
    /// <param name="ruleset">All rules of others.</param>
    /// <param name="wan">The interfaces to the Internet.</param>
    /// <param name="addresses">Their addresses; empty if they are not known.</param>
    /// <param name="pool">The ports for offers, both ends included.</param>
    public static ForeignForwards Find(
        FirewallRuleset ruleset, IReadOnlyList<string> wan, IReadOnlyList<Ipv4Address> addresses, (ushort First, ushort Last) pool)
    {
        var forwards = new ForeignForwards();
        PacketProfile[] packets =
        [
            .. from name in wan
               from address in addresses.Select(address => (AddressRange?)AddressRange.Of(address)).DefaultIfEmpty()
               select new PacketProfile { InInterface = name, Destination = address, SourceType = "unicast", DestinationType = "local" },
        ];
        ReachableRule[] translations =
        [
            .. ruleset.Reachable("prerouting").Where(reached =>
                reached.Rule.Action is RuleAction.DestinationNat or RuleAction.NetworkMap or RuleAction.Redirect or RuleAction.TransparentProxy
                && packets.Any(packet => packet.Meets(reached.Conditions) != Answer.No)),
        ];
        foreach (ReachableRule reached in translations)
        {
            forwards.Add(reached.Rule, reached.Conditions.Where(NamesPorts));
        }

        var all = new HashSet<FirewallRule>(translations.Where(TakesAll).Select(reached => reached.Rule), ReferenceEqualityComparer.Instance);
        foreach ((FirewallRule rule, HashSet<ushort> ports) in all.Count > 0 ? forwards.Taken(ruleset, packets, all) : [])
        {
            // A rule that leaves out some ports for offers was made by somebody who knows: there our mappings are met.
            if (Enumerable.Range(pool.First, pool.Last - pool.First + 1).All(port => ports.Contains((ushort)port) || forwards._ports.Contains((ushort)port)))
            {
                forwards._everything.Add(rule);
            }
            else
            {
                forwards._ports.UnionWith(ports);
            }
        }

        return forwards;
    }

    private static bool NamesPorts(Condition condition) => condition is { Field: PacketField.DestinationPort, IsNegated: false };

    // Something else that cannot be judged may narrow it: then it is for the administrator to know.
    private static bool TakesAll(ReachableRule reached) => !reached.Conditions.Any(condition =>
        NamesPorts(condition) || condition.Field == PacketField.Other || condition is { Field: PacketField.SourceAddress, IsNegated: false });

    /// <summary>The ports that rules take which name none, behind what other rules let pass before.</summary>
    private Dictionary<FirewallRule, HashSet<ushort>> Taken(FirewallRuleset ruleset, PacketProfile[] packets, HashSet<FirewallRule> all)
    {
        var taken = new Dictionary<FirewallRule, HashSet<ushort>>(ReferenceEqualityComparer.Instance);
        IEnumerable<string> named = ruleset.Reachable("prerouting").SelectMany(reached => reached.Rule.Conditions)
            .Where(condition => condition.Field == PacketField.DestinationPort).SelectMany(condition => condition.Values);
        foreach (PortRange range in PortRange.Cut(named).Where(range => !_ports.Contains(range.First)))
        {
            foreach (PacketProfile packet in packets)
            {
                foreach (FirewallRule rule in Translations(ruleset, packet with { DestinationPort = range.First }).Where(all.Contains))
                {
                    HashSet<ushort> ports = taken.TryGetValue(rule, out HashSet<ushort>? before) ? before : taken[rule] = [];
                    ports.UnionWith(range.All);
                }
            }
        }

        return taken;
    }

    private static IEnumerable<FirewallRule> Translations(FirewallRuleset ruleset, PacketProfile packet)
    {
        foreach (FirewallChain chain in ruleset.At("prerouting"))
        {
            var walk = ChainWalk.Through(ruleset, chain, packet);
            foreach (FirewallRule rule in walk.Translations)
            {
                yield return rule;
            }

            if (walk.IsDropped || walk.IsTranslated)
            {
                yield break;
            }
        }
    }

    private void Add(FirewallRule rule, IEnumerable<Condition> named)
    {
        foreach (string value in named.SelectMany(condition => condition.Values))
        {
            if (PortRange.TryParse(value, out PortRange range))
            {
                _ports.UnionWith(range.All);
                _named.Add((rule, range));
            }
        }
    }
}
