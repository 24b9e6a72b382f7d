using ReAim.Alg;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>Helpers of the kernel's are found, whoever gives them to connections.</summary>
internal sealed class HelpersCheckTests
{
    private static readonly GatewayOptions s_all = SmallGateway.Options with { Protocols = ProtocolTable.All };

    [TestCase("-p tcp -m tcp --dport 6667 -j CT --helper irc", true)]
    [TestCase("-p tcp -m tcp --dport 6668 -j CT --helper irc-6668", true)]
    [TestCase("-p tcp -m tcp --dport 21 -j CT --helper ftp", false)]
    [TestCase("-m helper --helper irc -j ACCEPT", false)]
    public void Iptables_gives_one_by_CT(string words, bool isNamed)
    {
        FirewallRule rule = IptablesRule.Read(words, words);
        string[] expected = isNamed ? [$"this rule gives IRC connections to the kernel's own helper, and ReAim leaves them to that: {words}"] : [];
        Assert.That(Say(s_all, rule), Is.EqualTo(expected));
    }

    [RequiresRoot]
    [TestCase("tcp dport 6667 ct helper set \"chat\"")]
    [TestCase("ct helper set tcp dport map { 21 : \"files\", 6667 : \"chat\" }")]
    public void Nftables_gives_one_by_a_name_of_its_own(string rule)
    {
        using var gateway = new SmallGateway();
        string text = $$"""
            table inet fw4 {
              ct helper chat { type "irc" protocol tcp; }
              ct helper files { type "ftp" protocol tcp; }
              chain helpers { {{rule}}; }
              chain pre { type filter hook prerouting priority filter; iifname "lan0" jump helpers; tcp dport 21 ct helper set "files"; }
            }

            """;
        if (gateway.Box.TryExec("sh", "-c", $"printf '%s' '{text}' | nft -c -f -").Code != 0)
        {
            Assert.Ignore("NOT TESTED: this kernel has no helpers, or cannot give them by nftables.");
        }

        gateway.Nft(text);
        Finding finding = gateway.Ask(HelpersCheck.Look, s_all).Single();
        Assert.That(finding.What, Does.EndWith($"ReAim leaves them to that: {rule}"));
        Assert.That(gateway.Ask(HelpersCheck.Look), Is.Empty, "without irc in --protocol it is no matter");
    }

    [TestCase("1", true, true)]
    [TestCase("1", false, false)]
    [TestCase("0", true, false)]
    [TestCase(null, true, false)]
    public void An_old_kernel_may_give_them_by_the_port(string? setting, bool hasModule, bool isNamed)
    {
        var situation = new GatewaySituation(s_all)
        {
            Firewall = FirewallRuleset.Empty,
            Setting = path => path == "net/netfilter/nf_conntrack_helper" ? setting : null,
            HasModule = name => hasModule && name == "nf_conntrack_irc",
        };
        string[] expected = isNamed ? ["the kernel gives IRC connections to port 6667 to its own helper, and ReAim leaves them to that"] : [];
        Assert.That(HelpersCheck.Look(situation).Select(finding => finding.What), Is.EqualTo(expected));
    }

    private static IEnumerable<string> Say(GatewayOptions options, FirewallRule rule)
    {
        var chain = new FirewallChain { Tool = "iptables", Family = "ip", Table = "raw", Name = "PREROUTING", Hook = "prerouting" };
        chain.Rules.Add(rule);
        var situation = new GatewaySituation(options) { Firewall = FirewallRuleset.Empty with { Chains = [chain] }, Setting = _ => null };
        return HelpersCheck.Look(situation).Select(finding => finding.What);
    }
}
