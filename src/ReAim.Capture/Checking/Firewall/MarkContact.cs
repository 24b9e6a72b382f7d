using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Which rules of others may meet a connection that ReAim has marked or will mark.</summary>
internal sealed class MarkContact
{
    // Where our rules give marks (ReaimTable): peers' connects behind the administrator's DNAT, the rest in the forward hook.
    private const int OursInPrerouting = -99;
    private const int OursInForward = -151;

    private readonly HashSet<FirewallRule> _before = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<FirewallRule> _marked = new(ReferenceEqualityComparer.Instance);

    /// <summary>Finds out.</summary>
    public MarkContact(GatewaySituation situation)
    {
        PacketProfile[] arriving = [.. WatchedPackets.Arriving(situation)], crossing = [.. WatchedPackets.Crossing(situation)];
        foreach (FirewallChain chain in situation.Firewall.Chains)
        {
            PacketProfile[] packets = chain.Hook switch
            {
                "prerouting" => arriving,
                "forward" or "postrouting" => crossing,

                // This machine's own connections get no mark of ours.
                _ => [],
            };
            bool isBefore = (chain.Hook == "prerouting" && chain.Priority < OursInPrerouting) || (chain.Hook == "forward" && chain.Priority < OursInForward);
            foreach (ReachableRule reached in packets.Length == 0 ? [] : situation.Firewall.Reachable(chain))
            {
                if (reached.Rule.Marks.Count > 0 && packets.Any(packet => packet.Meets(reached.Conditions) != Answer.No))
                {
                    // Only the first packet meets the chains of NAT at all.
                    bool isFirst = chain.Type == "nat" || reached.Conditions.Any(IsNew);
                    (isBefore && isFirst ? _before : _marked).Add(reached.Rule);
                }
            }
        }
    }

    /// <summary>
    /// True if the rule overwrites, copies or compares bits of ours: it meets connections that have them; or gives them itself to
    /// connections that have none yet.
    /// </summary>
    /// <param name="rule">The rule.</param>
    /// <param name="use">Its use of a mark.</param>
    /// <param name="ours">Our bits.</param>
    public bool Disturbs(FirewallRule rule, in MarkUse use, uint ours) =>
        _marked.Contains(rule) || (_before.Contains(rule) && (use.Value & ours) != 0);

    private static bool IsNew(Condition condition) =>
        condition is { Field: PacketField.ConnectionState, IsNegated: false, Values.Count: > 0 } && condition.Values.All(value => value == "new");
}
