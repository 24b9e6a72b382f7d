using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>Rules that keep connections from connection tracking, or where ReAim does not find them.</summary>
[RequiresRoot]
internal sealed class TrackingCheckTests : SmallGatewayTests
{
    [TestCase("nft", "tcp dport 5190 notrack")]
    [TestCase("nft", "iifname \"wan0\" tcp sport 5190 notrack")]
    [TestCase("nft", "iifname { \"lan0\", \"lan1\" } notrack")]
    [TestCase("nft", "ip daddr 203.0.113.1 tcp dport 61000-61999 notrack")]
    [TestCase("iptables", "-p tcp --dport 5190 -j NOTRACK")]
    [TestCase("iptables", "-i lan0 -j CT --notrack")]
    [TestCase("iptables-legacy", "-i wan0 -p tcp -j CT --notrack")]
    public void What_is_not_tracked_is_a_warning_that_names_the_rule(string program, string rule)
    {
        Add(program, rule);
        Assert.That(Gateway.Say(TrackingCheck.Look).Single(), Does.StartWith(
            "Warning: this rule keeps packets that ReAim is to see from connection tracking, and what is not tracked is neither watched nor translated: "));
    }

    [TestCase("nft", "iifname \"lan0\" ct zone set 5")]
    [TestCase("nft", "ct original zone set 7")]
    [TestCase("iptables", "-i lan0 -j CT --zone 3")]
    [TestCase("iptables", "-i lan0 -j CT --zone-orig mark")]
    [TestCase("iptables-legacy", "-i wan0 -j CT --zone 3")]
    public void A_zone_is_a_warning_that_names_the_rule(string program, string rule)
    {
        Add(program, rule);
        Assert.That(Gateway.Say(TrackingCheck.Look).Single(), Does.StartWith("Warning: this rule puts connections that ReAim is to help into a zone of connection tracking, "));
    }

    [TestCase("nft", "udp dport 53 notrack")]
    [TestCase("nft", "tcp dport 80 notrack")]
    [TestCase("nft", "iifname \"eth7\" ct zone set 5")]
    [TestCase("iptables", "-p tcp --dport 80 -j CT --notrack")]
    [TestCase("iptables", "-i eth7 -j CT --zone 3")]
    [TestCase("iptables", "-i lan0 -p tcp --dport 21 -j CT --helper ftp")]
    public void What_concerns_others_is_not_named(string program, string rule)
    {
        Add(program, rule);
        Assert.That(Gateway.Say(TrackingCheck.Look), Is.Empty);
    }

    [Test]
    public void What_depends_on_what_is_not_known_is_a_note()
    {
        Add("nft", "tcp dport 5190 ip daddr 198.51.100.0/24 notrack");
        Assert.That(Gateway.Say(TrackingCheck.Look).Single(), Does.StartWith("Note: this rule may keep packets"));
    }

    [Test]
    public void Who_asks_connection_tracking_for_nothing_hears_of_nothing()
    {
        Add("nft", "notrack");
        GatewayOptions options = SmallGateway.Options with { ListensOnly = true, Translator = TranslatorKind.Relay, Public = new Ipv4Address(0xCB007107) };
        Assert.That(Gateway.Say(TrackingCheck.Look, options), Is.Empty);
    }

    private void Add(string program, string rule)
    {
        if (program == "nft")
        {
            Gateway.Nft($"table ip n {{\n chain p {{\n type filter hook prerouting priority raw\n {rule}\n }}\n}}\n");
        }
        else
        {
            Gateway.Box.ExecWithInput($"{program}-restore", $"*raw\n-A PREROUTING {rule}\nCOMMIT\n");
        }
    }
}
