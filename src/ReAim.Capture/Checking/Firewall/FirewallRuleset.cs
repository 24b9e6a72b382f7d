namespace ReAim.Capture.Checking.Firewall;

/// <summary>All rules of others that IPv4 packets meet here, whatever tool made them.</summary>
/// <param name="Chains">The chains of all tools.</param>
/// <param name="Flowtables">The names of the flowtables, each with its table.</param>
/// <param name="OffloadsToHardware">True if one of them asks a network card to forward.</param>
internal sealed record FirewallRuleset(
    IReadOnlyList<FirewallChain> Chains, IReadOnlyList<string> Flowtables, bool OffloadsToHardware)
{
    // Rulesets are the administrator's; a chain with many jumps to many chains could take for ever all the same.
    private const int MaxDepth = 16;
    private const int MaxRules = 200_000;

    /// <summary>The queues that programs read; null if that is not known.</summary>
    public IReadOnlySet<ushort>? Queues { get; init; }

    /// <summary>No rules at all.</summary>
    public static FirewallRuleset Empty { get; } = new([], [], false);

    /// <summary>The chains that packets meet at a hook, in order.</summary>
    public IEnumerable<FirewallChain> At(string hook) => Chains.Where(chain => chain.Hook == hook).OrderBy(chain => chain.Priority);

    /// <summary>The chain that a rule jumps to; null if it is not there.</summary>
    public FirewallChain? Target(FirewallChain from, FirewallRule rule) =>
        rule.Action is RuleAction.Jump or RuleAction.Goto
            ? Chains.FirstOrDefault(chain =>
                chain.Name == rule.Target && chain.Table == from.Table && chain.Family == from.Family && chain.Tool == from.Tool)
            : null;

    /// <summary>All rules that can be reached from a base chain, each with the conditions of the jumps that lead to it.</summary>
    public IEnumerable<ReachableRule> Reachable(FirewallChain chain) => Reachable(chain, [], 0).Take(MaxRules);

    /// <summary>All rules that can be reached from a hook.</summary>
    public IEnumerable<ReachableRule> Reachable(string hook) => At(hook).SelectMany(Reachable);

    private IEnumerable<ReachableRule> Reachable(FirewallChain chain, IReadOnlyList<Condition> way, int depth)
    {
        foreach (FirewallRule rule in chain.Rules)
        {
            IReadOnlyList<Condition> conditions = [.. way, .. rule.Conditions];
            yield return new ReachableRule(chain, rule, conditions);
            if (depth < MaxDepth && Target(chain, rule) is { } target)
            {
                foreach (ReachableRule reached in Reachable(target, conditions, depth + 1))
                {
                    yield return reached;
                }
            }
        }
    }
}

/// <summary>A rule where it can be reached.</summary>
/// <param name="Chain">The chain it stands in.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Conditions">Its conditions and those of the jumps to it.</param>
internal sealed record ReachableRule(FirewallChain Chain, FirewallRule Rule, IReadOnlyList<Condition> Conditions);
