using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

[RequiresRoot]
internal sealed class InputPolicyCheckTests : SmallGatewayTests
{
    private const string Passes = "Ok: peers' connects to this machine pass the input rules.";

    private static readonly GatewayOptions s_relaying = SmallGateway.Options with { Translator = TranslatorKind.Relay };

    [Test]
    public void A_policy_of_drop_is_named_for_both_kinds_of_ports_with_a_line_that_helps()
    {
        Gateway.Nft("table inet fw { chain input { type filter hook input priority filter; policy drop; ct state established,related accept; iifname \"lan0\" accept; }; }");
        Assert.That(Said().Single(), Is.EqualTo(
            "Warning: peers' connects to this machine's ports 5190 and 61000 are dropped by the policy of the chain inet fw input: nft insert rule inet fw input iifname "
            + "'\"wan0\"' tcp dport '{ 5190, 61000-61999 }' accept; and name the ports that your clients listen on, if they are others."));
        Gateway.Box.Exec("sh", "-c", "nft insert rule inet fw input iifname \"wan0\" tcp dport '{ 5190, 61000-61999 }' accept");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Iptables_gets_a_line_of_its_own_and_the_line_helps()
    {
        Gateway.Box.Exec("iptables", "-P", "INPUT", "DROP");
        Assert.That(Said()[0], Does.Contain("iptables -I INPUT -i wan0 -p tcp -m multiport --dports 5190,61000:61999 -j ACCEPT"));
        Gateway.Box.Exec("iptables", "-I", "INPUT", "-i", "wan0", "-p", "tcp", "-m", "multiport", "--dports", "5190,61000:61999", "-j", "ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [Test]
    public void Where_firewalld_or_ufw_keep_the_chain_the_line_is_one_of_theirs()
    {
        Gateway.Nft("table inet firewalld { chain filter_INPUT { type filter hook input priority filter + 10; policy drop; }; }");
        Assert.That(Said().Single(), Does.Contain(
            ": firewall-cmd --zone=$(firewall-cmd --get-zone-of-interface=wan0 || firewall-cmd --get-default-zone) --add-port=5190/tcp --add-port=61000-61999/tcp, and the same with --permanent; and name"));
        Gateway.Nft("delete table inet firewalld");
        Ufw();
        Assert.That(Said().Single(), Does.Contain(": ufw allow in on wan0 proto tcp to any port 5190,61000:61999; and name"));
    }

    [Test]
    public void What_ufw_is_told_comes_before_what_it_was_told_to_deny()
    {
        Ufw("-A ufw-user-input -i wan0 -p tcp -j DROP");
        Assert.That(Said().Single(), Does.Contain("by the rule '-A ufw-user-input -i wan0 -p tcp -j DROP' of the chain iptables filter/ufw-user-input: ufw prepend allow in on wan0"));
        Gateway.Box.Exec("iptables", "-I", "ufw-user-input", "-i", "wan0", "-p", "tcp", "-m", "multiport", "--dports", "5190,61000:61999", "-j", "ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    /// <summary>As ufw lets connects in: what is not for this machine is dropped, and says so by the type of the address.</summary>
    [Test]
    public void What_ufw_is_told_helps()
    {
        Ufw("-A ufw-user-input -i wan0 -p tcp -m multiport --dports 5190,61000:61999 -j ACCEPT");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    private void Ufw(params string[] user) => Gateway.Box.ExecWithInput(
        "iptables-restore",
        $"""
        *filter
        :INPUT DROP [0:0]
        :ufw-before-input - [0:0]
        :ufw-not-local - [0:0]
        :ufw-user-input - [0:0]
        -A INPUT -j ufw-before-input
        -A ufw-before-input -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A ufw-before-input -j ufw-not-local
        -A ufw-before-input -j ufw-user-input
        -A ufw-not-local -m addrtype --dst-type LOCAL -j RETURN
        -A ufw-not-local -m addrtype --dst-type MULTICAST -j RETURN
        -A ufw-not-local -j DROP
        {string.Join('\n', user)}
        COMMIT

        """);

    [Test]
    public void A_pool_that_begins_with_the_usual_port_is_said_once()
    {
        Gateway.Box.Exec("iptables", "-P", "INPUT", "DROP");
        Assert.That(Gateway.Say(InputPolicyCheck.Look, s_relaying with { Pool = (5190, 5289) }).Single(), Does.StartWith("Warning: peers' connects to this machine's port 5190 are dropped"));
    }

    [Test]
    public void Only_a_relay_asks_for_it_and_a_relay_asks_nothing_of_the_forward_rules()
    {
        Gateway.Box.Exec("iptables", "-P", "INPUT", "DROP");
        Gateway.Box.Exec("iptables", "-P", "FORWARD", "DROP");
        Assert.That(Gateway.Say(InputPolicyCheck.Look), Is.Empty);
        Assert.That(Gateway.Say(ForwardPolicyCheck.Look, s_relaying), Is.Empty);
        Assert.That(Gateway.Say(ForwardPolicyCheck.Look), Is.Not.Empty);
    }

    [TestCase("iptables", "iptables -I OUTPUT -o lan0 -p tcp -j ACCEPT")]
    [TestCase("nft", "nft insert rule inet fw output oifname '\"lan0\"' meta l4proto tcp accept")]
    public void Output_rules_that_drop_what_a_relay_sends_are_named_with_a_line_that_helps(string program, string line)
    {
        if (program == "nft")
        {
            Gateway.Nft("table inet fw { chain output { type filter hook output priority filter; policy drop; }; }");
        }
        else
        {
            Gateway.Box.Exec("iptables", "-P", "OUTPUT", "DROP");
        }

        Assert.That(Gateway.Say(OutputPolicyCheck.Look, s_relaying).Single(), Does.StartWith("Warning: the relay's connects to clients behind lan0 are dropped by the policy").And.EndsWith($"{line}."));
        Assert.That(Gateway.Say(OutputPolicyCheck.Look), Is.Empty);
        Gateway.Box.Exec("sh", "-c", line);
        Assert.That(Gateway.Say(OutputPolicyCheck.Look, s_relaying), Is.Empty);
    }

    [TestCase("chain input { type filter hook input priority 0; iifname \"wan0\" ip saddr != 198.51.100.0/24 ct state new drop; }", "Note: a rule of the chain inet fw input may drop connects of some peers: ")]
    [TestCase("chain c { type filter hook prerouting priority raw; iifname \"wan0\" tcp dport != { 22, 443 } drop; }", "Warning: peers' connects to this machine's ports 5190 and 61000 are dropped by the rule ")]
    [TestCase("chain output { type filter hook output priority 0; policy drop; oifname { \"lo\", \"lan0\" } accept; oifname \"wan0\" tcp dport { 53, 443 } accept; }", "Warning: the relay's answers to peers are dropped by the policy of the chain inet fw output: nft insert rule inet fw output ct state established accept.")]
    [TestCase("chain input { type filter hook input priority 0; jump common; }; chain common { ct state established accept; iifname \"wan0\" oifname != \"lan0\" drop; }", "Warning: peers' connects to this machine's ports 5190 and 61000 are dropped by the rule ")]
    public void The_whole_way_to_a_relay_and_back_is_walked(string chains, string start)
    {
        Gateway.Nft($"table inet fw {{ {chains}; }}");
        Assert.That(Said().Single(), Does.StartWith(start));
    }

    [TestCase("chain output { type filter hook output priority 0; oifname \"lan0\" ip daddr 192.168.7.10 ct state new drop; }", "Note: a rule of the chain inet fw output may drop the relay's connects to some clients: ")]
    [TestCase("chain output { type filter hook output priority 0; iifname != { \"lan0\", \"wan0\" } tcp dport 5190 drop; }", "Warning: the relay's connects to clients behind lan0 are dropped by the rule ")]
    [TestCase("chain input { type filter hook input priority 0; policy drop; iifname \"wan0\" accept; }", "Warning: the answers of clients behind lan0 to the relay are dropped by the policy of the chain inet fw input: nft insert rule inet fw input ct state established accept.")]
    public void A_relays_way_to_clients_and_back_is_walked(string chains, string start)
    {
        Gateway.Nft($"table inet fw {{ {chains}; }}");
        Assert.That(Gateway.Say(OutputPolicyCheck.Look, s_relaying).Single(), Does.StartWith(start));
    }

    [Test]
    public void Of_several_addresses_the_Internets_counts()
    {
        Gateway.Box.Exec("sh", "-c", "ip addr flush dev wan0 && ip addr add 192.168.100.2/24 dev wan0 && ip addr add 203.0.113.1/24 dev wan0");
        Gateway.Nft("table inet fw { chain input { type filter hook input priority 0; policy drop; iifname \"lan0\" accept; iifname \"wan0\" ip daddr 203.0.113.1 tcp dport { 5190, 61000-61999 } accept; }; }");
        Assert.That(Said(), Is.EqualTo(new[] { Passes }));
    }

    [TestCase("jump filter_IN_external_deny", false)]
    [TestCase("", true)]
    public void Where_firewalld_denies_before_it_allows_no_port_is_advised(string deny, bool isAdvised)
    {
        Gateway.Nft(
            $$"""
            table inet firewalld {
              chain filter_IN_external_deny { tcp dport 1024-65535 drop; }
              chain filter_IN_external_allow { tcp dport 22 accept; }
              chain filter_IN_external { {{deny}}
                jump filter_IN_external_allow; }
              chain filter_INPUT { type filter hook input priority filter + 10; jump filter_IN_external; reject; }
            }

            """);
        Assert.That(Said().Single(), isAdvised ? Does.Contain("--add-port=5190/tcp") : Does.Contain("let the rich rule or the policy of firewalld go"));
    }

    [TestCase(false, false, "forward")]
    [TestCase(true, false, "forward")]
    [TestCase(false, true, "input")]
    [TestCase(true, true, "input")]
    public void For_each_mode_and_translator_the_rules_that_decide_are_named(bool listens, bool relays, string hook)
    {
        Gateway.Nft("table inet fw { chain input { type filter hook input priority filter; policy drop; }; chain forward { type filter hook forward priority filter; policy drop; }; }");
        GatewayOptions options = SmallGateway.Options with { ListensOnly = listens, Translator = relays ? TranslatorKind.Relay : TranslatorKind.Auto };
        string[] said = [.. Gateway.Say(ForwardPolicyCheck.Look, options), .. Gateway.Say(InputPolicyCheck.Look, options)];
        Assert.That(said, Is.Not.Empty.And.All.StartsWith("Warning: peers' connects ").And.All.Contains($"of the chain inet fw {hook}"));
    }

    [Test]
    public void A_relay_that_listens_needs_no_program_for_rules() => Assert.That(
        Gateway.Say(QueueCheck.Look, s_relaying with { ListensOnly = true }), Is.EqualTo(new[] { "Ok: no rules are needed: mappings are listeners here, and no packet is touched." }));

    private string[] Said() => Gateway.Say(InputPolicyCheck.Look, s_relaying);
}
