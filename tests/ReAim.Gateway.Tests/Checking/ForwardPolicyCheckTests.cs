using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

[RequiresRoot]
internal sealed class ForwardPolicyCheckTests : SmallGatewayTests
{
    private const string Passes = "Ok: peers' connects to mappings pass the forward rules.";

    [Test]
    public void Without_rules_everything_passes() => Assert.That(Said(), Is.EqualTo(new[] { Passes }));

    [Test]
    public void A_policy_of_drop_is_named_with_the_line_to_add_and_the_line_helps()
    {
        Forward("policy drop;", "ct state established,related accept", "iifname \"lan0\" accept");
        Assert.That(Said(), Is.EqualTo(new[]
        {
            "Warning: peers' connects are dropped by the policy of the chain inet fw forward: "
            + "nft insert rule inet fw forward ct status dnat accept; or let --pinhole pass it by.",
        }));
        Gateway.Box.Exec("nft", "insert", "rule", "inet", "fw", "forward", "ct", "status", "dnat", "accept");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void A_last_rule_that_rejects_is_named_too()
    {
        Forward("", "iifname \"lan0\" accept", "reject with icmp admin-prohibited");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects are dropped by the rule 'reject with icmp").And.Contain("nft insert rule inet fw forward"));
    }

    [Test]
    public void Chains_that_are_jumped_to_are_walked()
    {
        Gateway.Nft(
            """
            table inet fw {
              chain wan { ct status dnat accept; drop; }
              chain forward { type filter hook forward priority filter; policy drop; iifname vmap { "lan0" : accept, "wan0" : jump wan }; }
            }

            """);
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void A_rule_that_may_drop_some_is_a_note()
    {
        Forward("", "ip saddr 198.51.100.0/24 drop", "ct state invalid drop");
        Assert.That(Said(), Is.EqualTo(new[] { "Note: a rule of the chain inet fw forward may drop connects of some peers: ip saddr 198.51.100.0/24 drop." }));
    }

    [Test]
    public void A_rule_for_the_usual_port_alone_is_not_enough_for_clients_that_listen_elsewhere()
    {
        Forward("policy drop;", "iifname \"wan0\" tcp dport 5190 accept");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects to other ports than 5190, such as 49152, are dropped by the policy of the chain inet fw forward: "));
    }

    [Test]
    public void A_rule_against_the_usual_port_names_that_port()
    {
        Forward("", "iifname \"wan0\" tcp dport < 10000 drop");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects to port 5190 are dropped by the rule 'iifname \"wan0\" tcp dport < 10000 drop' of the chain inet fw forward: "));
    }

    [Test]
    public void Connects_that_stay_below_a_rate_pass()
    {
        Forward("policy drop;", "ct state established accept", "iifname \"wan0\" ct state new limit rate 20/second accept", "drop");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [TestCase("ip saddr 198.51.100.0/24 accept")]
    [TestCase("meta mark 0x1000 accept")]
    public void A_rule_that_may_save_some_before_they_are_dropped_is_named(string rule)
    {
        Forward("policy drop;", "ct state established accept", rule);
        Assert.That(Said().Single(), Does.Match($"are dropped by the policy of the chain inet fw forward, unless they meet '{rule.Replace("0x1000", "0x0*1000", StringComparison.Ordinal)}' before: "));
    }

    [Test]
    public void Where_firewalld_keeps_the_chain_no_rule_is_put_beside_its_own()
    {
        Gateway.Nft("table inet firewalld { chain filter_FORWARD { type filter hook forward priority filter + 10; policy drop; }; }");
        Assert.That(Said().Single(), Does.Contain("firewall-cmd --policy").And.Not.Contains("nft insert"));
    }

    [Test]
    public void With_pinhole_what_is_passed_by_is_named()
    {
        Forward("policy drop;", "ip saddr 198.51.100.0/24 drop", "tcp dport 5190 drop", "tcp dport 80 drop");
        Assert.That(Said(pinhole: true), Is.EqualTo(new[]
        {
            "Note: --pinhole lets peers in although the policy of the chain inet fw forward is drop.",
            "Note: --pinhole lets peers in past this rule of the chain inet fw forward: ip saddr 198.51.100.0/24 drop.",
            "Note: --pinhole lets peers in past this rule of the chain inet fw forward: tcp dport 5190 drop.",
            "Warning: the LAN's answers to peers are dropped by the policy of the chain inet fw forward: nft insert rule inet fw forward ct status dnat accept.",
        }));
    }

    [Test]
    public void Iptables_gets_a_line_of_its_own_and_the_line_helps()
    {
        Gateway.Box.Exec("iptables", "-P", "FORWARD", "DROP");
        Gateway.Box.Exec("iptables", "-A", "FORWARD", "-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT");
        Assert.That(Said().Single(), Does.EndWith(
            "the policy of the chain iptables filter/FORWARD: iptables -I FORWARD -m conntrack --ctstate DNAT -j ACCEPT; or let --pinhole pass it by."));
        Gateway.Box.Exec("iptables", "-I", "FORWARD", "-m", "conntrack", "--ctstate", "DNAT", "-j", "ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Where_Docker_or_ufw_keep_the_chain_the_line_goes_where_they_leave_it()
    {
        Filter(":FORWARD DROP [0:0]", ":ufw-before-forward - [0:0]", "-A FORWARD -j ufw-before-forward");
        Assert.That(Said().Single(), Does.Contain("put '-A ufw-before-forward -m conntrack --ctstate DNAT -j ACCEPT' into /etc/ufw/before.rules"));
        Filter(":FORWARD DROP [0:0]", ":DOCKER-USER - [0:0]", ":ufw-before-forward - [0:0]", "-A FORWARD -j DOCKER-USER", "-A FORWARD -j ufw-before-forward");
        Assert.That(Said().Single(), Does.Contain(": iptables -I DOCKER-USER -m conntrack --ctstate DNAT -j ACCEPT; or"));
    }

    [Test]
    public void Where_they_leave_no_place_before_the_drop_the_line_goes_before_that()
    {
        Filter(":DOCKER-USER - [0:0]", ":ufw-before-forward - [0:0]", "-A FORWARD -i wan0 -j DROP", "-A FORWARD -j DOCKER-USER", "-A FORWARD -j ufw-before-forward");
        Assert.That(Said().Single(), Does.Contain(": iptables -I FORWARD -m conntrack --ctstate DNAT -j ACCEPT; or"));
        Gateway.Box.Exec("iptables", "-I", "FORWARD", "-m", "conntrack", "--ctstate", "DNAT", "-j", "ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void A_rule_in_a_chain_that_is_jumped_to_is_named_with_that_chain()
    {
        Gateway.Nft(
            """
            table inet fw4 {
              chain handle_reject { meta l4proto tcp reject with tcp reset; reject; }
              chain some { ip saddr 198.51.100.0/24 drop; }
              chain forward { type filter hook forward priority filter; policy drop; ct state established accept; iifname "lan0" accept; jump some; jump handle_reject; }
            }

            """);
        Assert.That(Said().Single(), Is.EqualTo(
            "Warning: peers' connects are dropped by the rule 'meta l4proto tcp reject with tcp reset' of the chain inet fw4 handle_reject: "
            + "put 'ct status dnat accept' into /usr/share/nftables.d/chain-pre/forward/reaim.nft, then fw4 reload; or let --pinhole pass it by."));
        Assert.That(Said(pinhole: true), Is.EqualTo(new[]
        {
            "Note: --pinhole lets peers in past this rule of the chain inet fw4 some: ip saddr 198.51.100.0/24 drop.",
            "Note: --pinhole lets peers in past this rule of the chain inet fw4 handle_reject: meta l4proto tcp reject with tcp reset.",
        }));
        Gateway.Nft("insert rule inet fw4 forward ct status dnat accept");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void What_a_program_decides_about_may_be_dropped()
    {
        const string Established = "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT";
        Filter(":FORWARD DROP [0:0]", Established, "-A FORWARD -j NFQUEUE --queue-num 7 --queue-bypass");
        Assert.That(Said(), Is.EqualTo(new[]
        {
            "Note: a rule of the chain iptables filter/FORWARD may drop connects of some peers: -A FORWARD -j NFQUEUE --queue-num 7 --queue-bypass.",
        }));
        Filter(":FORWARD DROP [0:0]", Established, "-A FORWARD -m mark ! --mark 0x1/0x1 -j NFQUEUE --queue-num 7 --queue-bypass");
        Assert.That(Said().Single(), Does.Contain("unless they meet '-A FORWARD -m mark ! --mark 0x1/0x1 -j NFQUEUE --queue-num 7 --queue-bypass' before: "));
    }

    [Test]
    public void What_a_program_is_to_decide_about_that_is_not_there_is_dropped()
    {
        Filter("-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", "-A FORWARD -j NFQUEUE --queue-num 7");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects are dropped by the rule '-A FORWARD -j NFQUEUE --queue-num 7' of the chain "));
        using PacketQueue queue = Gateway.In(() => PacketQueue.TryOpen(new QueueOptions(7), out PacketQueue? opened, out _) == QueueOpening.Bound ? opened! : throw new InvalidOperationException());
        Assert.That(Said().Single(), Does.StartWith("Note: a rule of the chain iptables filter/FORWARD may drop connects of some peers: "));
    }

    /// <summary>Connects pass the forward rules, and are dropped before or behind them; or their answers are.</summary>
    [TestCase("chain c { type filter hook prerouting priority -150; iifname \"wan0\" ct state new tcp dport != { 22, 443 } drop; }", "peers' connects to this machine's ports 5190 and 61000", "iifname '\"wan0\"' tcp dport '{ 5190, 61000-61999 }' accept")]
    [TestCase("chain c { type filter hook prerouting priority -90; ct status dnat drop; }", "peers' connects", "ct status dnat accept")]
    [TestCase("chain c { type filter hook postrouting priority 0; oifname \"lan0\" ct state new drop; }", "peers' connects", "ct status dnat accept")]
    [TestCase("chain c { type filter hook forward priority 0; policy drop; iifname \"lan0\" tcp dport { 80, 5190 } accept; iifname \"wan0\" ct status dnat accept; }", "the LAN's answers to peers", "ct status dnat accept")]
    [TestCase("chain c { type filter hook postrouting priority 0; oifname \"wan0\" ct state established drop; }", "the LAN's answers to peers", "ct status dnat accept")]
    public void The_whole_way_there_and_back_is_walked_and_the_line_helps(string chain, string what, string line)
    {
        Gateway.Nft($"table inet fw {{ {chain}; }}");
        Assert.That(Said().Single(), Does.StartWith($"Warning: {what} are dropped by ").And.Contains($": nft insert rule inet fw c {line}"));
        Gateway.Box.Exec("sh", "-c", $"nft insert rule inet fw c {line}");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void What_is_dropped_where_it_comes_in_is_named()
    {
        Gateway.Nft("table netdev f { chain ingress { type filter hook ingress device \"wan0\" priority 0; tcp flags & (fin | syn) == syn tcp dport != { 22, 443 } drop; }; }");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects to this machine's ports 5190 and 61000 are dropped by the rule ").And.Contains(": nft insert rule netdev f ingress iifname "));
        Gateway.Nft("delete table netdev f");
        Gateway.Nft("table netdev f { chain ingress { type filter hook ingress device \"lan0\" priority 0; tcp dport != { 22, 443 } drop; }; }");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }), "another interface's");
    }

    [TestCase("iifname vmap { \"lan0\" : accept, \"wan0\" : jump wan, * : drop }; ct status dnat accept", true)]
    [TestCase("ct state vmap { established : accept, new : continue, * : drop }; ct status dnat accept", true)]
    [TestCase("iifname vmap { \"wan0\" : jump wan, * : accept }; drop", false)]
    public void After_one_element_of_a_map_no_other_is_met(string rules, bool passes)
    {
        Gateway.Nft($"table inet fw {{ chain wan {{ tcp dport 22 accept; }}; chain forward {{ type filter hook forward priority 0; ct state established accept; {rules}; }}; }}");
        Assert.That(Said().Single(), passes ? Is.EqualTo(Passes) : Does.StartWith("Warning: peers' connects are dropped by the rule 'drop'"));
    }

    [TestCase("tcp sport 1024-65535 tcp dport 1024-65535 accept")]
    [TestCase("ct direction original ct original ip daddr 203.0.113.1 meta pkttype host accept")]
    public void What_every_connect_of_a_peer_meets_is_known(string rule)
    {
        Forward("policy drop;", "ct state established accept", $"iifname \"wan0\" {rule}");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [TestCase("-p tcp -m tcp --sport 1024:65535 --dport 1024:65535 -m conntrack --ctstate NEW")]
    [TestCase("-p tcp -m conntrack --ctorigdst 203.0.113.1 --ctdir ORIGINAL")]
    [TestCase("-m recent --set --name seen --mask 255.255.255.255 --rsource")]
    [TestCase("-m pkttype --pkt-type unicast")]
    public void What_every_connect_of_a_peer_meets_is_known_of_iptables_too(string match)
    {
        Filter(":FORWARD DROP [0:0]", "-A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT", $"-A FORWARD {match} -j ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void All_networks_of_the_LAN_are_tried()
    {
        Gateway.Box.Ip("addr", "add", "10.0.0.1/24", "dev", "lan0");
        Forward("policy drop;", "ct state established accept", "ip daddr 10.0.0.0/24 accept");
        Assert.That(Said().Single(), Does.StartWith("Warning: peers' connects are dropped by the policy"));
    }

    [Test]
    public void A_table_that_sleeps_drops_nothing()
    {
        Gateway.Nft("table inet fw { flags dormant; chain forward { type filter hook forward priority 0; policy drop; }; }");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Of_a_chain_that_fw4_did_not_make_the_file_that_makes_it_is_named()
    {
        Gateway.Nft("table inet fw4 { chain user_pre_forward { type filter hook forward priority -1; iifname \"wan0\" ct state new drop; }; }");
        Assert.That(Said().Single(), Does.Contain("put 'ct status dnat accept' first into the chain user_pre_forward where your file in /etc/nftables.d makes it, then fw4 reload"));
    }

    [Test]
    public void A_return_that_leads_to_a_drop_is_no_exception()
    {
        Filter(":FORWARD DROP [0:0]", ":smurfs - [0:0]", "-A FORWARD -g smurfs", "-A smurfs -s 0.0.0.0/32 -j RETURN", "-A smurfs -j DROP");
        Assert.That(Said().Single(), Does.Contain("are dropped by the rule '-A smurfs -j DROP' of the chain iptables filter/smurfs: "));
    }

    [Test]
    public void Legacy_iptables_counts_too()
    {
        Gateway.Box.Exec("iptables-legacy", "-P", "FORWARD", "DROP");
        Assert.That(Said().Single(), Does.Contain("iptables-legacy -I FORWARD -m conntrack --ctstate DNAT -j ACCEPT"));
    }

    private string[] Said(bool pinhole = false) => Gateway.Say(ForwardPolicyCheck.Look, SmallGateway.Options with { Pinhole = pinhole });

    private void Filter(params string[] lines) =>
        Gateway.Box.ExecWithInput("iptables-restore", $"*filter\n{string.Join('\n', lines)}\nCOMMIT\n");

    private void Forward(string policy, params string[] rules) => Gateway.Nft(
        $"table inet fw {{\n  chain forward {{\n    type filter hook forward priority filter; {policy}\n{string.Join('\n', rules)}\n  }}\n}}\n");
}
