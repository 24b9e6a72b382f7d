using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Firewall;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>What nft prints of real rules is read as what they do.</summary>
[RequiresRoot]
internal sealed class NftRulesetTests
{
    private static readonly PacketProfile s_peer = new()
    {
        InInterface = "wan0",
        OutInterface = "lan0",
        DestinationPort = 5190,
        Destination = AddressRange.Of(new Ipv4Address(0xC0A8070A)),
        Connection = ["new", "dnat"],
        SourceType = "unicast",
        DestinationType = "unicast",
    };

    private NetNamespace _box = null!;

    [SetUp]
    public void Make() => _box = new NetNamespace("nft");

    [TearDown]
    public void Remove() => _box.Dispose();

    [TestCase("drop", Answer.Yes)]
    [TestCase("iifname \"wan0\" drop", Answer.Yes)]
    [TestCase("iifname \"wan*\" oifname { \"lan0\", \"lan1\" } drop", Answer.Yes)]
    [TestCase("iifname != \"wan0\" drop", Answer.No)]
    [TestCase("iifname { \"lan0\", \"lan1\" } drop", Answer.No)]
    [TestCase("iifname . oifname { \"wan0\" . \"lan0\" } drop", Answer.Yes)]
    [TestCase("iifname . oifname { \"lan0\" . \"wan0\" } drop", Answer.No)]
    [TestCase("tcp dport 5190 drop", Answer.Yes)]
    [TestCase("tcp dport { 80, 5000-6000 } drop", Answer.Yes)]
    [TestCase("tcp dport != 443 drop", Answer.Yes)]
    [TestCase("tcp dport @services drop", Answer.No)]
    [TestCase("udp dport 5190 drop", Answer.No)]
    [TestCase("meta l4proto { tcp, udp } th dport 5190 drop", Answer.Yes)]
    [TestCase("ip protocol icmp drop", Answer.No)]
    [TestCase("meta nfproto ipv6 drop", Answer.No)]
    [TestCase("ip6 daddr ::1 drop", Answer.No)]
    [TestCase("ct state new drop", Answer.Yes)]
    [TestCase("ct state { established, related } drop", Answer.No)]
    [TestCase("ct state established,related drop", Answer.No)]
    [TestCase("ct status dnat drop", Answer.Yes)]
    [TestCase("ip daddr 192.168.7.0/24 drop", Answer.Yes)]
    [TestCase("ip daddr 192.168.8.0/24 drop", Answer.No)]
    [TestCase("ip daddr 192.168.7.5-192.168.7.20 drop", Answer.Yes)]
    [TestCase("ip saddr 198.51.100.0/24 drop", Answer.Maybe)]
    [TestCase("ip saddr @blocked drop", Answer.Maybe)]
    [TestCase("limit rate 5/second drop", Answer.Yes)]
    [TestCase("limit rate over 5/second drop", Answer.Maybe)]
    [TestCase("ct state new ct count 50 drop", Answer.Yes)]
    [TestCase("meter m { ip saddr limit rate 5/second } drop", Answer.Yes)]
    [TestCase("meter m { ip saddr limit rate over 5/second } drop", Answer.Maybe)]
    [TestCase("add @seen { ip saddr } drop", Answer.Yes)]
    [TestCase("add @seen { ip saddr timeout 1h counter } drop", Answer.Yes)]
    [TestCase("delete @seen { ip saddr } drop", Answer.Maybe)]
    [TestCase("update @rated { ip saddr limit rate over 5/second } drop", Answer.Maybe)]
    [TestCase("update @rated { ip saddr limit rate 5/second } drop", Answer.Yes)]
    [TestCase("quota over 5 mbytes drop", Answer.Maybe)]
    [TestCase("iifname . oifname { \"wan0\" . \"wan1\", \"lan1\" . \"lan0\" } drop", Answer.No)]
    [TestCase("iifname . tcp dport { \"wan0\" . 80, \"lan0\" . 5190, \"wan0\" . 5000-6000 } drop", Answer.Yes)]
    [TestCase("iifname . tcp dport != { \"wan0\" . 80 } drop", Answer.Maybe)]
    [TestCase("iifname . oifname { \"wan0\" . \"lan1\", \"lan1\" . \"lan0\" } tcp dport . ct state { 80 . new, 5190 . new } drop", Answer.No)]
    [TestCase("tcp dport >= 1024 drop", Answer.Yes)]
    [TestCase("tcp dport > 5190 drop", Answer.No)]
    [TestCase("tcp dport > 65535 drop", Answer.No)]
    [TestCase("tcp dport <= 5190 drop", Answer.Yes)]
    [TestCase("tcp dport < 5190 drop", Answer.No)]
    [TestCase("tcp sport >= 1024 drop", Answer.Maybe)]
    [TestCase("tcp flags syn drop", Answer.Yes)]
    [TestCase("tcp flags & (fin|syn|rst|ack) == syn drop", Answer.Yes)]
    [TestCase("tcp flags & (fin|syn|rst|ack) != syn drop", Answer.No)]
    [TestCase("tcp flags & (syn|ack) == syn|ack drop", Answer.No)]
    [TestCase("tcp flags & (syn|ack) == 0 drop", Answer.No)]
    [TestCase("tcp flags & ack != 0 drop", Answer.No)]
    [TestCase("tcp flags == syn drop", Answer.Yes)]
    [TestCase("tcp flags != syn drop", Answer.No)]
    [TestCase("tcp flags { syn, syn|ack } drop", Answer.Yes)]
    [TestCase("tcp flags rst,fin drop", Answer.No)]
    [TestCase("ct mark 0x23 drop", Answer.Maybe)]
    [TestCase("fib daddr type local drop", Answer.No)]
    [TestCase("fib daddr type != local drop", Answer.Yes)]
    [TestCase("fib daddr . iif type { local, multicast } drop", Answer.No)]
    [TestCase("fib saddr type { local, broadcast, multicast } drop", Answer.No)]
    [TestCase("fib saddr . iif oif 0 drop", Answer.Maybe)]
    [TestCase("ct status == dnat drop", Answer.No)]
    [TestCase("ct status != dnat drop", Answer.Yes)]
    [TestCase("ct status { snat, dnat } drop", Answer.No)]
    [TestCase("ct status ! dnat drop", Answer.No)]
    [TestCase("ct status snat,dnat drop", Answer.Yes)]
    [TestCase("ct status & dnat == dnat drop", Answer.Yes)]
    [TestCase("ct status & dnat != dnat drop", Answer.No)]
    [TestCase("ct status & dnat == 0 drop", Answer.No)]
    [TestCase("ct status & (dnat|snat) != 0 drop", Answer.Yes)]
    [TestCase("ct status & (dnat|snat) == dnat drop", Answer.Yes)]
    [TestCase("ct status & (dnat|snat) == dnat|snat drop", Answer.No)]
    [TestCase("ct state ! new drop", Answer.No)]
    [TestCase("ct state != new drop", Answer.No)]
    [TestCase("ct state & (new|related) == new drop", Answer.Yes)]
    [TestCase("ct state . ct status { new . dnat } drop", Answer.No)]
    [TestCase("iifname . udp dport { \"wan0\" . 5190 } drop", Answer.No)]
    [TestCase("ip daddr @anything drop", Answer.Yes)]
    [TestCase("ip daddr != @anything drop", Answer.No)]
    [TestCase("ct state new ct count over 50 drop", Answer.Maybe)]
    public void A_rule_says_which_packets_it_means(string rule, Answer answer)
    {
        List<FirewallRule> read = Rules(rule);
        Assert.That(read.Select(one => one.Action), Is.All.EqualTo(RuleAction.Drop));
        Assert.That(read.Max(one => s_peer.Meets(one.Conditions)), Is.EqualTo(answer));
    }

    [TestCase("ct mark 0x2300 accept", MarkUseKind.CompareConnection, 0xFFFFFFFFu, 0x2300u)]
    [TestCase("ct mark & 0xff == 0x23 accept", MarkUseKind.CompareConnection, 0xFFu, 0x23u)]
    [TestCase("meta mark & 0xff00 == 0x2300 accept", MarkUseKind.ComparePacket, 0xFF00u, 0x2300u)]
    [TestCase("meta mark set 0x1", MarkUseKind.SetPacket, 0xFFFFFFFFu, 1u)]
    [TestCase("ct mark set ct mark & 0xffffff00 | 0x23", MarkUseKind.SetConnection, 0xFFu, 0x23u)]
    [TestCase("ct mark set meta mark", MarkUseKind.SetConnection, 0xFFFFFFFFu, 0u)]
    [TestCase("meta mark set ct mark", MarkUseKind.Restore, 0xFFFFFFFFu, 0u)]
    [TestCase("meta mark set ct mark & 0xff", MarkUseKind.Restore, 0xFFu, 0u)]
    public void A_rule_says_which_mark_bits_it_uses(string rule, MarkUseKind kind, uint mask, uint value) =>
        Assert.That(Rule(rule).Marks, Does.Contain(new MarkUse(kind, mask, value)));

    [Test]
    public void A_verdict_map_is_a_rule_for_each_of_its_values()
    {
        IReadOnlyList<FirewallRule> rules = Rules("iifname vmap { \"lan0\" : accept, \"wan0\" : jump sub }");
        Assert.That(
            rules.Where(rule => s_peer.Meets(rule.Conditions) == Answer.Yes).Select(rule => (rule.Action, rule.Target)),
            Is.EqualTo(new[] { (RuleAction.Jump, "sub") }));
    }

    [TestCase("ct state vmap { * : drop, established : accept }", RuleAction.Drop)]
    [TestCase("ct state vmap { * : drop, new : accept }", RuleAction.Accept, RuleAction.Drop)]
    [TestCase("meta l4proto vmap { udp : accept, * : drop }", RuleAction.Drop)]
    [TestCase("tcp dport vmap @verdicts", RuleAction.Drop)]
    [TestCase("udp dport vmap { 5190 : accept, * : drop }")]
    [TestCase("icmp type vmap { echo-request : accept }")]
    [TestCase("iifname . udp dport vmap { \"wan0\" . 5190 : accept }")]
    [TestCase("ct status vmap { dnat : accept }")]
    [TestCase("fib daddr type vmap { local : drop, * : accept }", RuleAction.Accept)]
    public void A_verdict_map_says_what_it_does_with_a_connect(string rule, params RuleAction[] actions) => Assert.That(
        Rules(rule).Where(one => s_peer.Meets(one.Conditions) == Answer.Yes && one.Action != RuleAction.Continue).Select(one => one.Action), Is.EqualTo(actions));

    [Test]
    public void A_rule_keeps_its_own_words() =>
        Assert.That(Rule("iifname \"wan0\" tcp dport 5190 drop comment \"no # handle 7\"").Text, Is.EqualTo("iifname \"wan0\" tcp dport 5190 drop comment \"no # handle 7\""));

    [Test]
    public void Rules_that_iptables_made_are_read_from_iptables_and_ours_are_left_out()
    {
        _box.Exec("iptables", "-A", "FORWARD", "-i", "wan0", "-m", "state", "--state", "INVALID", "-j", "DROP");
        _box.ExecWithInput("nft", "table ip reaim { chain select { type filter hook forward priority 0; policy drop; }; }", "-f", "-");
        FirewallRuleset ruleset = _box.Inside(FirewallReader.Read);
        FirewallChain chain = ruleset.At("forward").Single();
        Assert.That((chain.Tool, chain.Rules.Single().Text), Is.EqualTo(("iptables", "-A FORWARD -i wan0 -m state --state INVALID -j DROP")));
    }

    [TestCase("not json")]
    [TestCase("{\"nftables\": 7}")]
    [TestCase("{\"nftables\": [{\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"expr\": 1}}]}")]
    [TestCase("{\"nftables\": [{\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"c\"}}, {\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"handle\": \"x\", \"expr\": []}}]}")]
    [TestCase("{\"nftables\": [{\"chain\": {\"family\": \"ip\", \"table\": \"t\", \"name\": \"c\"}}, {\"rule\": {\"family\": \"ip\", \"table\": \"t\", \"chain\": \"c\", \"handle\": 3000000000, \"expr\": []}}]}")]
    public void What_is_no_ruleset_is_a_failure_with_a_sentence_or_nothing(string json)
    {
        try
        {
            NftRuleset.Read(json, "", new HashSet<(string, string)>());
        }
        catch (IOException failure)
        {
            Assert.That(failure.Message, Does.StartWith("nft printed a ruleset that is not understood"));
        }
    }

    private FirewallRule Rule(string rule) => Rules(rule)[^1];

    private List<FirewallRule> Rules(string rule)
    {
        _box.ExecWithInput(
            "nft",
            $$"""
            table inet t {
              set blocked { type ipv4_addr; flags interval; elements = { 192.0.2.0/24 }; }
              set services { type inet_service; elements = { 80, 443 }; }
              set anything { type ipv4_addr; flags interval; elements = { 192.0.2.1, * }; }
              map verdicts { type inet_service : verdict; elements = { * : drop, 22 : accept }; }
              set seen { type ipv4_addr; size 1000; flags dynamic,timeout; }
              set rated { type ipv4_addr; size 1000; flags dynamic; }
              chain sub { accept; }
              chain forward { type filter hook forward priority filter
                {{rule}}
              }
            }

            """,
            "-f",
            "-");
        return _box.Inside(FirewallReader.Read).At("forward").Single().Rules;
    }
}
