using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>What keeps packets from the jump that stands last in mangle/FORWARD.</summary>
[RequiresRoot]
internal sealed class MangleForwardCheckTests : SmallGatewayTests
{
    private static readonly GatewayOptions s_queuedByIptables = SmallGateway.Options with { Flavour = QueueFlavour.Iptables };

    [TestCase("-A FORWARD -j ACCEPT")]
    [TestCase("-A FORWARD -i lan0 -o wan0 -j ACCEPT")]
    [TestCase("-A FORWARD -p tcp -m conntrack --ctstate ESTABLISHED -j ACCEPT")]
    [TestCase("-A FORWARD -p tcp -m multiport --sports 1000:6000 -j ACCEPT")]
    [TestCase("-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT")]
    [TestCase("-A FORWARD -d 192.168.0.0/16 -j RETURN")]
    [TestCase(":user - [0:0]\n-A FORWARD -i lan0 -j user\n-A user -p tcp -j ACCEPT")]
    [TestCase(":user - [0:0]\n-A FORWARD -i lan0 -g user\n-A user -p udp -j ACCEPT")]
    [TestCase("-A FORWARD -p tcp --dport 5190 -j NFQUEUE --queue-num 7")]
    public void A_rule_that_ends_the_way_to_it_is_a_warning_with_what_helps(string rules)
    {
        Restore(rules);
        string[] said = Said();
        Assert.That(said, Has.Length.EqualTo(1).And.All.StartsWith(
            "Warning: this rule ends the way of packets that ReAim is to see before they reach ReAim's jump, which stands last in iptables mangle/FORWARD: -A "));
        Assert.That(said[0], Does.EndWith("put '-m connmark ! --mark 0x4000000/0x4000000' before its -j or -g."));
    }

    [TestCase("-A FORWARD -p udp -j ACCEPT")]
    [TestCase("-A FORWARD -i ppp7 -j ACCEPT")]
    [TestCase("-A FORWARD -p tcp --dport 80 -j ACCEPT")]
    [TestCase("-A FORWARD -s 10.0.0.0/8 -i lan0 -j ACCEPT")]
    [TestCase(":user - [0:0]\n-A FORWARD -j user\n-A user -j RETURN")]
    [TestCase(":user - [0:0]\n:deep - [0:0]\n-A FORWARD -j user\n-A user -g deep\n-A deep -p udp -j ACCEPT")]
    [TestCase("-A POSTROUTING -j ACCEPT")]
    [TestCase("-A FORWARD -p tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu")]
    [TestCase("-A FORWARD -j DROP\n-A FORWARD -j ACCEPT")]
    public void What_does_not_end_it_is_not_named(string rules)
    {
        Restore(rules);
        Assert.That(Said(), Is.Empty);
    }

    [Test]
    public void What_may_end_it_is_a_note()
    {
        Restore("-A FORWARD -m mark ! --mark 0x0 -j ACCEPT");
        Assert.That(Said().Single(), Does.StartWith("Note: this rule may end the way of packets"));
    }

    [Test]
    public void The_exception_that_is_advised_quiets_it()
    {
        Restore("-A FORWARD -m connmark ! --mark 0x4000000/0x4000000 -j ACCEPT");
        Assert.That(Said(), Is.Empty);
    }

    [Test]
    public void Only_the_kind_of_iptables_that_takes_the_jump_matters_and_only_where_it_takes_one()
    {
        Gateway.Box.ExecWithInput("iptables-legacy-restore", "*mangle\n-A FORWARD -j ACCEPT\nCOMMIT\n");
        Gateway.Box.ExecWithInput("iptables-restore", "*filter\n-A FORWARD -j ACCEPT\nCOMMIT\n");
        Assert.That(Said(), Is.Empty);
        Restore("-A FORWARD -j ACCEPT");
        Assert.That(Gateway.Say(MangleForwardCheck.Look, s_queuedByIptables with { ListensOnly = true }), Is.Empty);
    }

    private void Restore(string rules) => Gateway.Box.ExecWithInput("iptables-restore", $"*mangle\n{rules}\nCOMMIT\n");

    private string[] Said() => Gateway.Say(MangleForwardCheck.Look, s_queuedByIptables);
}
