using ReAim.Capture.Checking.Firewall;

namespace ReAim.Gateway.Tests.Checking;

internal sealed class IptablesRuleTests
{
    private static readonly PacketProfile s_peer = new()
    {
        InInterface = "wan0",
        OutInterface = "lan0",
        DestinationPort = 5190,
        Connection = ["new", "dnat"],
        SourceType = "unicast",
        DestinationType = "local",
    };

    [TestCase("-j DROP", Answer.Yes)]
    [TestCase("-i wan0 -j DROP", Answer.Yes)]
    [TestCase("-i wan+ -o lan+ -p tcp -j DROP", Answer.Yes)]
    [TestCase("! -i wan0 -j DROP", Answer.No)]
    [TestCase("-i lan0 -j DROP", Answer.No)]
    [TestCase("-p udp -m udp --dport 5190 -j DROP", Answer.No)]
    [TestCase("-p tcp -m tcp --dport 5190 -j DROP", Answer.Yes)]
    [TestCase("-p tcp -m multiport --dports 80,5000:6000 -j DROP", Answer.Yes)]
    [TestCase("-p tcp -m multiport ! --dports 80,443 -j DROP", Answer.Yes)]
    [TestCase("-p tcp -m tcp --dport 80 -j DROP", Answer.No)]
    [TestCase("-m conntrack --ctstate RELATED,ESTABLISHED,DNAT -j DROP", Answer.Yes)]
    [TestCase("-m conntrack --ctstate RELATED,ESTABLISHED -j DROP", Answer.No)]
    [TestCase("-m conntrack ! --ctstate DNAT -j DROP", Answer.No)]
    [TestCase("-m state --state NEW -m comment --comment \"a --dport \\\"b\\\" -j X\" -j DROP", Answer.Yes)]
    [TestCase("-s 198.51.100.0/24 -j DROP", Answer.Maybe)]
    [TestCase("-m limit --limit 5/sec --limit-burst 7 -j DROP", Answer.Yes)]
    [TestCase("-m hashlimit --hashlimit-upto 5/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name peers -j DROP", Answer.Yes)]
    [TestCase("-m hashlimit --hashlimit-above 5/sec --hashlimit-burst 5 --hashlimit-name peers -j DROP", Answer.Maybe)]
    [TestCase("-m connlimit --connlimit-upto 20 --connlimit-mask 32 --connlimit-saddr -j DROP", Answer.Yes)]
    [TestCase("-m connlimit --connlimit-above 20 --connlimit-mask 32 --connlimit-saddr -j DROP", Answer.Maybe)]
    [TestCase("-m mark --mark 0x1 -j DROP", Answer.Maybe)]
    [TestCase("-p tcp -m tcp --dport 5190 --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j DROP", Answer.Yes)]
    [TestCase("-p tcp -m tcp ! --tcp-flags FIN,SYN,RST,ACK SYN -m conntrack --ctstate NEW -j DROP", Answer.No)]
    [TestCase("-p tcp -m tcp --tcp-flags FIN,SYN FIN,SYN -j DROP", Answer.No)]
    [TestCase("-p tcp -m tcp --tcp-flags ALL NONE -j DROP", Answer.No)]
    [TestCase("-p tcp -m tcp --tcp-flags RST RST -j DROP", Answer.No)]
    [TestCase("-i WAN -j DROP", Answer.No)]
    [TestCase("-m addrtype --dst-type LOCAL -j DROP", Answer.Yes)]
    [TestCase("-m addrtype ! --dst-type LOCAL -j DROP", Answer.No)]
    [TestCase("-m addrtype --dst-type LOCAL --limit-iface-in -j DROP", Answer.Yes)]
    [TestCase("-m addrtype --dst-type BROADCAST,MULTICAST -j DROP", Answer.No)]
    [TestCase("-m addrtype --src-type LOCAL -j DROP", Answer.No)]
    [TestCase("-m comment --comment --dport -j DROP", Answer.Yes)]
    [TestCase("-m comment --comment \"--dport 80\" -j DROP", Answer.Yes)]
    [TestCase("-m comment --comment \"-x is why\" -j DROP", Answer.Yes)]
    [TestCase("-m comment --comment \"!\" -p tcp -j DROP", Answer.Yes)]
    [TestCase("-m comment --comment ! -p tcp -j DROP", Answer.Yes)]
    [TestCase("-m string --string \"--syn\" --algo bm -j DROP", Answer.Maybe)]
    [TestCase("-m conntrack --ctstatus DNAT -j DROP", Answer.Yes)]
    [TestCase("-m conntrack --ctstatus ASSURED -j DROP", Answer.No)]
    [TestCase("-m conntrack ! --ctstatus DNAT,SNAT -j DROP", Answer.No)]
    public void A_rule_says_which_packets_it_means(string words, Answer answer)
    {
        FirewallRule rule = IptablesRule.Read(words, words);
        Assert.That(rule.Action, Is.EqualTo(RuleAction.Drop));
        Assert.That(s_peer.Meets(rule.Conditions), Is.EqualTo(answer));
    }

    [Test]
    public void Names_of_interfaces_keep_their_capitals() => Assert.That(
        (s_peer with { InInterface = "WAN" }).Meets(IptablesRule.Read("-i WAN -j DROP", "").Conditions), Is.EqualTo(Answer.Yes));

    [TestCase("-p tcp -m tcp --dport 80 -j DNAT --to-destination 192.168.7.9:80", RuleAction.DestinationNat, "192.168.7.9:80")]
    [TestCase("-j REDIRECT --to-ports 3128", RuleAction.Redirect, "REDIRECT")]
    [TestCase("-p tcp -j TPROXY --on-port 3129 --on-ip 0.0.0.0 --tproxy-mark 0x1/0x1", RuleAction.TransparentProxy, "TPROXY")]
    [TestCase("-o wan0 -j MASQUERADE --random", RuleAction.SourceNat, "MASQUERADE")]
    [TestCase("-j REJECT --reject-with icmp-port-unreachable", RuleAction.Reject, "REJECT")]
    [TestCase("-j DOCKER", RuleAction.Jump, "DOCKER")]
    [TestCase("-g zone", RuleAction.Goto, "zone")]
    [TestCase("-j LOG --log-prefix \"-j DROP\"", RuleAction.Continue, "LOG")]
    [TestCase("-j LOG --log-prefix \"drop: \"", RuleAction.Continue, "LOG")]
    public void A_rule_says_what_it_does(string words, RuleAction action, string target)
    {
        FirewallRule rule = IptablesRule.Read(words, words);
        Assert.That((rule.Action, rule.Target), Is.EqualTo((action, target)));
        Assert.That(rule.Conditions, Does.Not.Contain(Condition.Unknown), "options of a target narrow nothing");
    }

    [TestCase("-m connmark --mark 0x23/0xff -j ACCEPT", MarkUseKind.CompareConnection, 0xFFu, 0x23u)]
    [TestCase("-m mark --mark 0x23 -j ACCEPT", MarkUseKind.ComparePacket, 0xFFFFFFFFu, 0x23u)]
    [TestCase("-j MARK --set-xmark 0x100/0xff00", MarkUseKind.SetPacket, 0xFF00u, 0x100u)]
    [TestCase("-j CONNMARK --set-xmark 0x7/0xffffffff", MarkUseKind.SetConnection, 0xFFFFFFFFu, 7u)]
    [TestCase("-j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xff", MarkUseKind.SetConnection, 0xFFu, 0u)]
    [TestCase("-j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xf00", MarkUseKind.Restore, 0xF00u, 0u)]
    [TestCase("-j CONNMARK --restore-mark", MarkUseKind.Restore, 0xFFFFFFFFu, 0u)]
    public void A_rule_says_which_mark_bits_it_uses(string words, MarkUseKind kind, uint mask, uint value) =>
        Assert.That(IptablesRule.Read(words, words).Marks, Does.Contain(new MarkUse(kind, mask, value)));
}
