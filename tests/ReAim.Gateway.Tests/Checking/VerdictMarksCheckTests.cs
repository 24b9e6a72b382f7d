using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>Rules that take our bits off packets are named where that does harm.</summary>
internal sealed class VerdictMarksCheckTests
{
    private const string Twice = "this rule clears ReAim's bits of packet marks, so that packets are queued twice and skip rules behind ReAim's: ";
    private const string Between = "this rule may clear ReAim's bits of packet marks before they are kept, so that its connections are not known again: ";

    private const string Behind = "this rule may clear ReAim's bits of packet marks behind the queue, so that connections that cannot go on without a worker that ended are not reset: ";

    [TestCase("-A FORWARD -o wan0 -j MARK --set-xmark 0x1/0xffffffff", "--set-xmark VALUE/0xf0ffffff")]
    [TestCase("-A FORWARD -j MARK --set-xmark 0x0/0xffffff00", "--set-xmark VALUE/0xf0ffffff")]
    [TestCase("-A FORWARD -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff", "--restore-mark --nfmask 0xf0ffffff --ctmask 0xf0ffffff")]
    [TestCase("-A FORWARD -o wan0 -j mwan\n-A mwan -p tcp -j MARK --set-xmark 0x1/0x3f00", null)]
    [TestCase("-A FORWARD -o wan0 -j mwan\n-A mwan -p tcp -j MARK --set-xmark 0x100/0xff000f00", "--set-xmark VALUE/0xf0ffffff")]
    [TestCase("-A FORWARD -p udp -j MARK --set-xmark 0x1/0xffffffff", null)]
    [TestCase("-A FORWARD -i docker0 -j MARK --set-xmark 0x1/0xffffffff", null)]
    [TestCase("-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff", null)]
    [TestCase("-A POSTROUTING -j MARK --set-xmark 0x1/0xffffffff", null)]
    public void In_the_iptables_flavour_those_of_mangle_FORWARD(string rules, string? advice)
    {
        string saved = $"*mangle\n:PREROUTING ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n:mwan - [0:0]\n{rules}\nCOMMIT\n";
        var firewall = FirewallRuleset.Empty with { Chains = IptablesRuleset.Read("iptables", saved) };
        Finding[] findings = Ask(QueueFlavour.Iptables, firewall);
        Assert.That(findings.Select(finding => (finding.Severity, finding.What, finding.Do)), Is.EqualTo(advice is null
            ? []
            : new[] { (Severity.Warning, Twice + rules.Split('\n')[^1], $"let it leave ReAim's bits: {advice}") }));
        Assert.That(Ask(QueueFlavour.Nft, firewall), Is.Empty, "nftables' own queue lies behind them");
    }

    [RequiresRoot]
    [TestCase("mangle", QueueFlavour.Iptables, true)]
    [TestCase("mangle", QueueFlavour.Nft, false)]
    [TestCase("mangle + 1", QueueFlavour.Nft, true)]
    [TestCase("mangle + 2", QueueFlavour.Nft, true)]
    [TestCase("mangle + 3", QueueFlavour.Nft, true)]
    [TestCase("mangle + 4", QueueFlavour.Nft, false)]
    [TestCase("mangle - 1", QueueFlavour.Iptables, false)]
    [TestCase("filter", QueueFlavour.Iptables, false)]
    public void Between_the_queue_and_what_keeps_verdicts_those_of_nftables(string priority, object flavour, bool isNamed)
    {
        using var gateway = new SmallGateway();
        gateway.Nft($$"""table inet mine { chain c { type filter hook forward priority {{priority}}; oifname "wan0" meta mark set 0x00000001; meta mark set meta mark | 0x10; }; }""" + "\n");
        string[] expected = isNamed ? [$"{(flavour.Equals(QueueFlavour.Iptables) ? Behind : Between)}oifname \"wan0\" meta mark set 0x00000001"] : [];
        IEnumerable<Finding> findings = gateway.Ask(VerdictMarksCheck.Look, SmallGateway.Options with { Flavour = (QueueFlavour)flavour });
        Assert.That(findings.Select(finding => finding.What), Is.EqualTo(expected));
    }

    [Test]
    public void Who_only_listens_needs_no_marks()
    {
        var firewall = FirewallRuleset.Empty with { Chains = IptablesRuleset.Read("iptables", "*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j MARK --set-xmark 0x1/0xffffffff\nCOMMIT\n") };
        var situation = new GatewaySituation(SmallGateway.Options with { ListensOnly = true }) { Firewall = firewall };
        Assert.That(VerdictMarksCheck.Look(situation), Is.Empty);
    }

    private static Finding[] Ask(QueueFlavour flavour, FirewallRuleset firewall) =>
        [.. VerdictMarksCheck.Look(new GatewaySituation(SmallGateway.Options with { Flavour = flavour }) { Firewall = firewall })];
}
