using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>What both flavours have in common.</summary>
[RequiresRoot]
[TestFixture(QueueFlavour.Nft)]
[TestFixture(QueueFlavour.Iptables)]
internal sealed class GatewayRulesTests(QueueFlavour flavour) : SmallGatewayTests
{
    [SetUp]
    public void Make()
    {
        Flavours.Require(flavour, Gateway.Box);
        Gateway.Box.ExecWithInput("iptables-restore", SmallGateway.Administrator);
    }

    [Test]
    public void What_was_there_before_is_all_that_is_there_after()
    {
        string before = Gateway.Ruleset;
        GatewayRules rules = Installed();
        Assert.That(Gateway.Ruleset, Does.Contain("table ip reaim").And.Contain(flavour == QueueFlavour.Nft ? "queue flags bypass to 5190" : "jump REAIM"));
        In(rules.Remove);
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void The_next_start_finds_the_same_place_after_a_crash_and_leaves_one_jump()
    {
        string before = Gateway.Ruleset;
        Installed();
        string once = Gateway.Ruleset;
        GatewayRules second = Installed();
        Assert.That(Gateway.Ruleset, Is.EqualTo(once));
        In(second.Remove);
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void A_gateway_without_any_rules_has_none_afterwards()
    {
        Gateway.Nft("flush ruleset");
        GatewayRules rules = Installed();
        In(rules.StopQueueing);
        In(rules.Remove);
        Assert.That(Gateway.Ruleset, Is.Empty);
    }

    [Test]
    public void What_a_crash_left_does_not_count_as_having_been_there()
    {
        Gateway.Nft("flush ruleset");
        Installed();
        In(Installed().Remove);
        Assert.That(Gateway.Ruleset, Is.Empty);
    }

    [Test]
    public void An_empty_table_of_the_administrators_stays()
    {
        Gateway.Nft("flush ruleset\ntable ip mangle { chain FORWARD { type filter hook forward priority mangle; }; }");
        string before = Gateway.Ruleset;
        In(Installed().Remove);
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void Leftovers_in_the_other_kind_of_iptables_go_too()
    {
        Flavours.RequireLegacy(Gateway.Box);
        Gateway.Box.ExecWithInput("iptables-legacy-restore", IptablesChain.Installation(MarkLayout.Default, 5190, IptablesMangle.Parse("")), "--noflush");
        GatewayRules rules = Installed();
        Assert.That(Gateway.Box.Exec("iptables-legacy-save"), Does.Not.Contain("REAIM"));
        In(rules.Remove);
    }

    [Test]
    public void A_flushed_ruleset_is_noticed_and_restored()
    {
        GatewayRules rules = Installed();
        string whole = Gateway.Ruleset;
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        Gateway.Nft("flush ruleset");
        Assert.That(In(rules.Verify), Is.EqualTo(Everything));
        Gateway.Box.ExecWithInput("iptables-restore", SmallGateway.Administrator);
        In(() => rules.Restore(Everything));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        Assert.That(Sorted(Gateway.Ruleset), Is.EqualTo(Sorted(whole)));
    }

    [TestCase("flush", "chain", "ip", "reaim", "mapped")]
    [TestCase("delete", "chain", "ip", "reaim", "save")]
    [TestCase("flush", "table", "ip", "reaim")]
    [TestCase("insert", "rule", "ip", "reaim", "select", "return")]
    public void Anything_that_is_not_as_it_was_in_the_table_is_noticed(params string[] command)
    {
        GatewayRules rules = Installed();
        Gateway.Box.Exec("nft", command);
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Table));
    }

    [Test]
    public void Elements_and_counters_are_no_change()
    {
        GatewayRules rules = Installed();
        Gateway.Box.Exec("nft", "add", "element", "ip", "reaim", "servers", "{ 198.51.100.1 . 5190 timeout 30s }");
        Gateway.Box.Exec("nft", "add", "element", "ip", "reaim", "mappings", "{ 203.0.113.1 . 5190 timeout 30s : 192.168.7.10 . 5190 }");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
    }

    [Test]
    public void While_nothing_changes_no_program_is_run()
    {
        uint generation = 7;
        GatewayRules rules = Installed(() => generation);
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        Gateway.Nft("flush ruleset");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None), "the number says that nothing changed");
        generation++;
        Assert.That(In(rules.Verify), Is.EqualTo(Everything));
        Assert.That(In(rules.Verify), Is.EqualTo(Everything), "until it is restored");
    }

    [Test]
    public void After_the_queue_is_stopped_mappings_stay_and_nothing_is_missed()
    {
        GatewayRules rules = Installed();
        In(rules.StopQueueing);
        Assert.Multiple(() =>
        {
            Assert.That(Gateway.Box.Exec("iptables", "-t", "mangle", "-S", "FORWARD"), Does.Not.Contain("REAIM"));
            Assert.That(Gateway.Ruleset, Does.Contain("map @mappings").And.Not.Contain("goto watch"));
            Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        });
        In(rules.Remove);
    }

    [Test]
    public void Rules_that_were_flushed_before_are_no_obstacle_to_stopping()
    {
        GatewayRules rules = Installed();
        Gateway.Nft("flush ruleset");
        Assert.DoesNotThrow(() => In(rules.StopQueueing));
        Assert.DoesNotThrow(() => In(rules.Remove));
    }

    /// <summary>What a ruleset that somebody flushed has lost of ours.</summary>
    private RulesLoss Everything => flavour == QueueFlavour.Nft ? RulesLoss.Table : RulesLoss.Table | RulesLoss.Chain;

    private static string Sorted(string text) => string.Join('\n', text.Split('\n').Order());

    private GatewayRules Installed(Func<uint?>? generation = null) => In(() =>
    {
        GatewayRules rules = GatewayRules.Prepare(SmallGateway.Options with { Flavour = flavour }, generation);
        rules.Install();
        return rules;
    });

    private T In<T>(Func<T> action) => Gateway.In(action);

    private void In(Action action) => Gateway.In(action);
}
