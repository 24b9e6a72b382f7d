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
        Assert.That((walk.IsDropped, walk.DroppedBy), Is.EqualTo((false, (PlacedRule?)null)));
        Assert.That(walk.Drops.Single().Rule, Is.SameAs(drop));
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

    /// <summary>What follows a return that may be, beside a drop that follows it in its own chain.</summary>
    [TestCase(RuleAction.Accept, true)]
    [TestCase(RuleAction.Return, true)]
    [TestCase(RuleAction.Continue, true)]
    [TestCase(RuleAction.Drop, false)]
    public void A_return_that_may_be_saves_a_packet_only_if_what_follows_does(RuleAction after, bool isSaved)
    {
        var back = new FirewallRule { Text = "return", Conditions = [Condition.Unknown], Action = RuleAction.Return };
        FirewallChain start = Chain(0, [Always(RuleAction.Jump, "1"), Always(after)]);
        FirewallChain inner = Chain(1, [back, Always(RuleAction.Drop)]);
        var walk = ChainWalk.Through(new FirewallRuleset([start, inner], [], false), start, s_packet);
        Assert.That((walk.IsDropped, walk.DroppedBy!.Chain.Name, walk.Exception), Is.EqualTo((true, "1", isSaved ? back : null)));
    }

    [Test]
    public void A_return_that_may_be_and_a_policy_of_drop_save_nobody()
    {
        FirewallChain start = Chain(0, [new FirewallRule { Text = "return", Conditions = [Condition.Unknown], Action = RuleAction.Return }]) with { DropsByDefault = true };
        var walk = ChainWalk.Through(new FirewallRuleset([start], [], false), start, s_packet);
        Assert.That((walk.IsDropped, walk.Exception), Is.EqualTo((true, (FirewallRule?)null)));
    }

    [Test]
    public void A_jump_that_comes_back_saves_nobody()
    {
        var jump = new FirewallRule { Text = "jump", Conditions = [Condition.Unknown], Action = RuleAction.Jump, Target = "1" };
        var accept = new FirewallRule { Text = "accept", Conditions = [Condition.Unknown], Action = RuleAction.Accept };
        FirewallChain start = Chain(0, [jump, accept, Always(RuleAction.Drop)]);
        var walk = ChainWalk.Through(new FirewallRuleset([start, Chain(1, [Always(RuleAction.Continue)])], [], false), start, s_packet);
        Assert.That((walk.IsDropped, walk.Exception), Is.EqualTo((true, accept)));
    }

    [Test]
    public void What_a_program_decides_about_is_not_dropped_by_the_policy_and_may_be_dropped()
    {
        FirewallChain start = Chain(0, [Always(RuleAction.Queue)]) with { DropsByDefault = true };
        var walk = ChainWalk.Through(new FirewallRuleset([start], [], false), start, s_packet);
        Assert.That((walk.IsDropped, walk.Drops.Count), Is.EqualTo((false, 1)));
    }

    private static FirewallRule Always(RuleAction action, string target = "") => new() { Text = "always", Conditions = [], Action = action, Target = target };

    private static FirewallChain Chain(int number, IEnumerable<FirewallRule> rules)
    {
        var chain = new FirewallChain { Tool = "nft", Family = "ip", Table = "t", Name = $"{number}", Hook = number == 0 ? "forward" : null };
        chain.Rules.AddRange(rules);
        return chain;
    }
}
