using ReAim.Capture.Checking.Firewall;

namespace ReAim.Gateway.Tests.Checking;

internal sealed class ChainWalkTests
{
    private static readonly PacketProfile s_packet = new() { InInterface = "wan0", OutInterface = "lan0", Connection = ["new", "dnat"] };

    [Test]
    [MaxTime(10_000)]
    public void A_thousand_million_ways_through_chains_take_no_time()
    {
        const int Levels = 15, Jumps = 4;
        FirewallChain[] chains =
        [
            .. Enumerable.Range(0, Levels + 1).Select(level => Chain(level, level < Levels
                ? [.. Enumerable.Repeat(new FirewallRule { Text = "jump", Conditions = [], Action = RuleAction.Jump, Target = $"{level + 1}" }, Jumps)]
                : [])),
        ];
        Assert.That(ChainWalk.Through(new FirewallRuleset(chains, [], false), chains[0], s_packet).IsDropped, Is.False);
    }

    [Test]
    public void A_drop_behind_a_jump_that_may_be_taken_is_only_possible()
    {
        FirewallChain start = Chain(0, [new FirewallRule { Text = "jump", Conditions = [Condition.Unknown], Action = RuleAction.Jump, Target = "1" }]);
        var drop = new FirewallRule { Text = "drop", Conditions = [], Action = RuleAction.Drop };
        var walk = ChainWalk.Through(new FirewallRuleset([start, Chain(1, [drop])], [], false), start, s_packet);
        Assert.That((walk.IsDropped, walk.DroppedBy), Is.EqualTo((false, (FirewallRule?)null)));
        Assert.That(walk.Drops, Is.EqualTo(new[] { drop }));
    }

    [Test]
    public void What_a_goto_leads_to_does_not_come_back()
    {
        FirewallChain start = Chain(0,
        [
            new FirewallRule { Text = "goto", Conditions = [], Action = RuleAction.Goto, Target = "1" },
            new FirewallRule { Text = "drop", Conditions = [], Action = RuleAction.Drop },
        ]);
        Assert.That(ChainWalk.Through(new FirewallRuleset([start, Chain(1, [])], [], false), start, s_packet).IsDropped, Is.False);
    }

    private static FirewallChain Chain(int number, IEnumerable<FirewallRule> rules)
    {
        var chain = new FirewallChain { Tool = "nft", Family = "ip", Table = "t", Name = $"{number}", Hook = number == 0 ? "forward" : null };
        chain.Rules.AddRange(rules);
        return chain;
    }
}
