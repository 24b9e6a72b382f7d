using ReAim.Capture;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

[RequiresRoot]
internal sealed class GatewayRulesTests
{
    private const string Administrator =
        """
        *mangle
        -A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu
        -A FORWARD -j CONNMARK --set-xmark 0x23/0xff
        COMMIT
        *filter
        -P FORWARD DROP
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT

        """;

    private SmallGateway _gateway = null!;

    [SetUp]
    public void Make()
    {
        _gateway = new SmallGateway();
        _gateway.Box.ExecWithInput("iptables-restore", Administrator);
    }

    [TearDown]
    public void Remove() => _gateway.Dispose();

    [Test]
    public void What_was_there_before_is_all_that_is_there_after()
    {
        string before = _gateway.Ruleset;
        GatewayRules rules = Installed();
        Assert.That(_gateway.Ruleset, Does.Contain("table ip reaim").And.Contain("REAIM"));
        In(rules.Remove);
        Assert.That(_gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void The_next_start_finds_the_same_place_after_a_crash_and_leaves_one_jump()
    {
        string before = _gateway.Ruleset;
        Installed();
        string once = _gateway.Ruleset;
        GatewayRules second = Installed();
        Assert.That(_gateway.Ruleset, Is.EqualTo(once));
        In(second.Remove);
        Assert.That(_gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void Leftovers_in_the_other_kind_of_iptables_go_too()
    {
        _gateway.Box.ExecWithInput("iptables-legacy-restore", IptablesChain.Installation(MarkLayout.Default, 5190, IptablesMangle.Parse("")), "--noflush");
        GatewayRules rules = Installed();
        Assert.That(_gateway.Box.Exec("iptables-legacy-save"), Does.Not.Contain("REAIM"));
        In(rules.Remove);
    }

    [Test]
    public void Rules_of_legacy_iptables_alone_bring_ours_there()
    {
        _gateway.Nft("flush ruleset");
        _gateway.Box.ExecWithInput("iptables-legacy-restore", Administrator);
        string before = _gateway.Box.Exec("iptables-legacy-save", "-t", "mangle");
        GatewayRules rules = Installed();
        string during = _gateway.Box.Exec("iptables-legacy-save", "-t", "mangle");
        Assert.That(during, Does.Contain($"-A FORWARD {IptablesChain.Jump}"));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        _gateway.Box.Exec("iptables-legacy", "-t", "mangle", "-F", "FORWARD");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Chain));
        _gateway.Box.ExecWithInput("iptables-legacy-restore", Administrator);
        In(() => rules.Restore(RulesLoss.Chain));
        In(rules.Remove);
        Assert.That(WithoutDates(_gateway.Box.Exec("iptables-legacy-save", "-t", "mangle")), Is.EqualTo(WithoutDates(before)));
    }

    [Test]
    public void A_flushed_ruleset_is_noticed_and_restored()
    {
        GatewayRules rules = Installed();
        string whole = _gateway.Ruleset;
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        _gateway.Nft("flush ruleset");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Table | RulesLoss.Chain));
        _gateway.Box.ExecWithInput("iptables-restore", Administrator);
        In(() => rules.Restore(RulesLoss.Table | RulesLoss.Chain));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        Assert.That(Sorted(_gateway.Ruleset), Is.EqualTo(Sorted(whole)));
    }

    [TestCase("flush", "chain", "ip", "reaim", "mapped")]
    [TestCase("delete", "chain", "ip", "reaim", "save")]
    [TestCase("flush", "table", "ip", "reaim")]
    [TestCase("insert", "rule", "ip", "reaim", "select", "return")]
    public void Anything_that_is_not_as_it_was_in_the_table_is_noticed(params string[] command)
    {
        GatewayRules rules = Installed();
        _gateway.Box.Exec("nft", command);
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Table));
    }

    [Test]
    public void Elements_and_counters_are_no_change()
    {
        GatewayRules rules = Installed();
        _gateway.Box.Exec("nft", "add", "element", "ip", "reaim", "servers", "{ 198.51.100.1 . 5190 timeout 30s }");
        _gateway.Box.Exec("nft", "add", "element", "ip", "reaim", "mappings", "{ 203.0.113.1 . 5190 timeout 30s : 192.168.7.10 . 5190 }");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
    }

    [Test]
    public void A_rule_that_is_appended_behind_the_jump_is_noticed_and_the_jump_is_last_again()
    {
        GatewayRules rules = Installed();
        _gateway.Box.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-j", "TTL", "--ttl-inc", "1");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Chain));
        In(() => rules.Restore(RulesLoss.Chain));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        string[] forward = [.. _gateway.Box.Exec("iptables", "-t", "mangle", "-S", "FORWARD").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.That(forward[^2..], Is.EqualTo(new[] { "-A FORWARD -j TTL --ttl-inc 1", $"-A FORWARD {IptablesChain.Jump}" }));
    }

    [Test]
    public void While_nothing_changes_no_program_is_run()
    {
        uint generation = 7;
        GatewayRules rules = Installed(() => generation);
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        _gateway.Nft("flush ruleset");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None), "the number says that nothing changed");
        generation++;
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Table | RulesLoss.Chain));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Table | RulesLoss.Chain), "until it is restored");
    }

    [Test]
    public void After_the_queue_is_stopped_mappings_stay_and_nothing_is_missed()
    {
        GatewayRules rules = Installed();
        In(rules.StopQueueing);
        Assert.Multiple(() =>
        {
            Assert.That(_gateway.Box.Exec("iptables", "-t", "mangle", "-S", "FORWARD"), Does.Not.Contain("REAIM"));
            Assert.That(_gateway.Ruleset, Does.Contain("map @mappings").And.Not.Contain("counter name \"watched\""));
            Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        });
        In(rules.Remove);
    }

    [Test]
    public void Rules_that_were_flushed_before_are_no_obstacle_to_stopping()
    {
        GatewayRules rules = Installed();
        _gateway.Nft("flush ruleset");
        Assert.DoesNotThrow(() => In(rules.StopQueueing));
        Assert.DoesNotThrow(() => In(rules.Remove));
    }

    [Test]
    public void When_the_second_half_is_refused_the_first_does_not_stay()
    {
        // iptables cannot work on a table that has a chain of nftables under a name of its own.
        GatewayRules rules = In(() => GatewayRules.Prepare(SmallGateway.Options));
        _gateway.Nft("delete table ip mangle\ntable ip mangle { chain FORWARD { type filter hook prerouting priority 7; }; }");
        string before = _gateway.Ruleset;
        Assert.That(() => In(rules.Install), Throws.InvalidOperationException.With.InnerException.TypeOf<IOException>());
        Assert.That(_gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void A_kernel_without_the_queue_statement_gets_the_iptables_flavour_and_says_so_if_that_is_not_allowed()
    {
        if (_gateway.Box.TryExec("nft", "-c", "add table ip t { chain c { queue to 1; }; }").Code == 0)
        {
            Assert.Ignore("NOT TESTED: this kernel has nft's queue statement.");
        }

        Assert.That(In(() => GatewayRules.Prepare(SmallGateway.Options)).Options.Flavour, Is.EqualTo(QueueFlavour.Iptables));
        Assert.That(
            () => In(() => GatewayRules.Prepare(SmallGateway.Options with { Flavour = QueueFlavour.Nft })),
            Throws.InvalidOperationException.With.InnerException.TypeOf<BadInputException>().And.Message.Contains("no queue statement"));
    }

    [Test]
    public void Finding_a_way_into_the_queue_installs_nothing()
    {
        string before = _gateway.Ruleset;
        In(() => GatewayRules.Prepare(SmallGateway.Options));
        Assert.That(_gateway.Ruleset, Is.EqualTo(before));
        Assert.That(_gateway.Box.Exec("cat", "/proc/net/ip_tables_names"), Is.Empty);
    }

    [Test]
    public void A_listener_needs_no_chain()
    {
        GatewayRules rules = In(() => GatewayRules.Prepare(SmallGateway.Options with { ListensOnly = true }));
        In(rules.Install);
        Assert.That(_gateway.Ruleset, Does.Contain("table ip reaim").And.Not.Contain("REAIM"));
        In(rules.StopQueueing);
        In(rules.Remove);
        Assert.That(_gateway.Ruleset, Does.Not.Contain("reaim"));
    }

    private static string Sorted(string text) => string.Join('\n', text.Split('\n').Order());

    private static string WithoutDates(string saved) =>
        string.Join('\n', saved.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split(" [")[0]));

    private GatewayRules Installed(Func<uint?>? generation = null) => In(() =>
    {
        GatewayRules rules = GatewayRules.Prepare(SmallGateway.Options, generation);
        rules.Install();
        return rules;
    });

    private T In<T>(Func<T> action) => _gateway.In(action);

    private void In(Action action) => _gateway.In(action);
}
