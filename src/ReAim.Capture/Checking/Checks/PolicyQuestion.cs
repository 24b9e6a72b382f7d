using ReAim.Capture.Checking.Firewall;

namespace ReAim.Capture.Checking.Checks;

/// <summary>What is asked of the administrator's rules at one hook: do these packets pass?</summary>
/// <param name="Hook">The hook, such as "forward".</param>
/// <param name="Packets">The packets.</param>
/// <param name="Subject">What some of them are, as the subject of a sentence.</param>
/// <param name="Line">What lets them pass.</param>
internal sealed record PolicyQuestion(
    string Hook, IReadOnlyList<PacketProfile> Packets, Func<IReadOnlyList<PacketProfile>, string> Subject, Func<AcceptLine, string> Line)
{
    /// <summary>Which chains of the hook they meet.</summary>
    public Func<FirewallChain, bool> Meets { get; init; } = _ => true;

    /// <summary>The chains that decide: those that translate drop nothing.</summary>
    public IEnumerable<FirewallChain> Chains(FirewallRuleset ruleset) => ruleset.At(Hook).Where(chain => chain.Type != "nat" && Meets(chain));

    /// <summary>Walks the packets through them: a warning for what drops them, a note for what may.</summary>
    public IEnumerable<Finding> Ask(FirewallRuleset ruleset) => Chains(ruleset).SelectMany(chain => Ask(ruleset, chain));

    /// <summary>True if some of the packets meet a chain and are dropped there.</summary>
    public bool IsNoIn(FirewallRuleset ruleset, FirewallChain chain) =>
        Meets(chain) && Packets.Any(packet => ChainWalk.Through(ruleset, chain, packet).IsDropped);

    private IEnumerable<Finding> Ask(FirewallRuleset ruleset, FirewallChain chain)
    {
        ChainWalk[] walks = [.. Packets.Select(packet => ChainWalk.Through(ruleset, chain, packet))];
        PacketProfile[] dropped = [.. Packets.Where((_, index) => walks[index].IsDropped)];
        foreach (string cause in walks.Where(walk => walk.IsDropped).Select(walk => walk.Cause).Distinct())
        {
            PacketProfile[] its = [.. Packets.Where((_, index) => walks[index].IsDropped && walks[index].Cause == cause)];
            yield return Finding.Warning($"{Subject(its)} are dropped by {cause}", Line(new AcceptLine(chain, ruleset, dropped)));
        }

        foreach ((FirewallChain where, FirewallRule rule) in walks.Where(walk => !walk.IsDropped).SelectMany(walk => walk.Drops))
        {
            yield return Finding.Note($"a rule of the chain {where.Title} may drop {May}: {rule.Text}");
        }
    }

    /// <summary>What a rule may drop some of.</summary>
    public string May { get; init; } = "connects of some peers";
}
