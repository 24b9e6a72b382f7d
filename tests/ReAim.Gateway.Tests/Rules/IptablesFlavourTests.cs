using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>The iptables flavour's own: a chain and a jump in a table of the administrator's.</summary>
[RequiresRoot]
internal sealed class IptablesFlavourTests : SmallGatewayTests
{
    private static readonly GatewayOptions s_options = SmallGateway.Options with { Flavour = QueueFlavour.Iptables };

    [SetUp]
    public void Make()
    {
        Flavours.Require(QueueFlavour.Iptables, Gateway.Box);
        Gateway.Box.ExecWithInput("iptables-restore", SmallGateway.Administrator);
    }

    [Test]
    public void Rules_of_legacy_iptables_alone_bring_ours_there()
    {
        Flavours.RequireLegacy(Gateway.Box);
        Gateway.Nft("flush ruleset");
        Gateway.Box.ExecWithInput("iptables-legacy-restore", SmallGateway.Administrator);
        string before = Gateway.Box.Exec("iptables-legacy-save", "-t", "mangle");
        GatewayRules rules = Installed();
        string during = Gateway.Box.Exec("iptables-legacy-save", "-t", "mangle");
        Assert.That(during, Does.Contain($"-A FORWARD {IptablesChain.Jump}"));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        Gateway.Box.Exec("iptables-legacy", "-t", "mangle", "-F", "FORWARD");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Chain));
        Gateway.Box.ExecWithInput("iptables-legacy-restore", SmallGateway.Administrator);
        In(() => rules.Restore(RulesLoss.Chain));
        In(rules.Remove);
        Assert.That(WithoutDates(Gateway.Box.Exec("iptables-legacy-save", "-t", "mangle")), Is.EqualTo(WithoutDates(before)));
    }

    [Test]
    public void A_rule_that_is_appended_behind_the_jump_is_noticed_and_the_jump_is_last_again()
    {
        GatewayRules rules = Installed();
        Gateway.Box.Exec("iptables", "-t", "mangle", "-A", "FORWARD", "-j", "TTL", "--ttl-inc", "1");
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.Chain));
        In(() => rules.Restore(RulesLoss.Chain));
        Assert.That(In(rules.Verify), Is.EqualTo(RulesLoss.None));
        string[] forward = [.. Gateway.Box.Exec("iptables", "-t", "mangle", "-S", "FORWARD").Split('\n', StringSplitOptions.RemoveEmptyEntries)];
        Assert.That(forward[^2..], Is.EqualTo(new[] { "-A FORWARD -j TTL --ttl-inc 1", $"-A FORWARD {IptablesChain.Jump}" }));
    }

    [Test]
    public void When_the_second_half_is_refused_the_first_does_not_stay()
    {
        // iptables cannot work on a table that has a chain of nftables under a name of its own.
        GatewayRules rules = In(() => GatewayRules.Prepare(s_options));
        Gateway.Nft("delete table ip mangle\ntable ip mangle { chain FORWARD { type filter hook prerouting priority 7; }; }");
        string before = Gateway.Ruleset;
        Assert.That(() => In(rules.Install), Throws.InvalidOperationException.With.InnerException.TypeOf<IOException>());
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    private static string WithoutDates(string saved) =>
        string.Join('\n', saved.Split('\n').Where(line => !line.StartsWith('#')).Select(line => line.Split(" [")[0]));

    private GatewayRules Installed() => In(() =>
    {
        GatewayRules rules = GatewayRules.Prepare(s_options);
        rules.Install();
        return rules;
    });

    private T In<T>(Func<T> action) => Gateway.In(action);

    private void In(Action action) => Gateway.In(action);
}
