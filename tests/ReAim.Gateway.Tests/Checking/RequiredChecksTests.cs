using ReAim.Alg.Wire;
using ReAim.Capture;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>What must be so before run installs anything.</summary>
[RequiresRoot]
internal sealed class RequiredChecksTests : SmallGatewayTests
{
    [Test]
    public void A_gateway_as_it_should_be_passes_and_nothing_is_installed()
    {
        string before = Gateway.Ruleset;
        Assert.DoesNotThrow(() => Gateway.In(() =>
        {
            Preflight.Require(new GatewaySituation(SmallGateway.Options));
            GatewayRules.Prepare(SmallGateway.Options, generation: null);
        }));
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    [Test]
    public void Not_root() => Refuses(
        new GatewaySituation(SmallGateway.Options) { IsRoot = false },
        "reaim must run as root on a gateway: start it with sudo, or as a system service.");

    [Test]
    public void Root_without_the_capability() => Refuses(
        new GatewaySituation(SmallGateway.Options) { MayChangeNetwork = false },
        "root may not change the network here (CAP_NET_ADMIN is missing): give the container that capability and the host's network.");

    [Test]
    public void No_such_interface() => Refuses(
        SmallGateway.Options with { Lan = ["lan7"] }, "there is no network interface lan7 (--lan): there are lan0, wan0.");

    [Test]
    public void The_same_interface_on_both_sides() => Refuses(
        SmallGateway.Options with { Wan = ["lan0"] },
        "lan0 is named with --lan and with --wan: name the interface to the clients and the one to the Internet.");

    [Test]
    public void No_IPv4_address_on_the_WAN()
    {
        Gateway.Box.Ip("addr", "flush", "dev", "wan0");
        Refuses(SmallGateway.Options, "wan0 (--wan) has no IPv4 address: peers connect to that address: connect the interface to the Internet first.");
    }

    [Test]
    public void Forwarding_is_off()
    {
        Gateway.Box.Exec("sysctl", "-qw", "net.ipv4.ip_forward=0");
        Refuses(SmallGateway.Options, "this machine does not forward IPv4 packets: sysctl -w net.ipv4.ip_forward=1.");
    }

    [Test]
    public void Forwarding_is_off_on_one_side()
    {
        Gateway.Box.Exec("sysctl", "-qw", "net.ipv4.conf.wan0.forwarding=0");
        Refuses(SmallGateway.Options, "wan0 does not forward IPv4 packets: sysctl -w net/ipv4/conf/wan0/forwarding=1.");
    }

    [Test]
    public void A_port_of_a_bridge_is_not_where_packets_are_routed()
    {
        Gateway.Box.Ip("link", "add", "br0", "type", "bridge");
        Gateway.Box.Ip("link", "set", "lan0", "master", "br0");
        Refuses(SmallGateway.Options, "lan0 (--lan) is a port of br0, and packets are routed by that: name br0 instead.");
        Gateway.Box.Ip("link", "set", "wan0", "master", "br0");
        Refuses(
            SmallGateway.Options,
            "lan0 (--lan) is a port of br0, and packets are routed by that: if br0 joins LAN and Internet, this machine is a bridge: run reaim on the router behind it.");
    }

    [Test]
    public void A_kernel_that_cannot_queue_is_one_finding_and_what_to_do()
    {
        Finding finding = QueueCheck.Look(new GatewaySituation(SmallGateway.Options)
        {
            Rules = _ => throw new BadInputException("the program nft is missing: install the package nftables."),
        }).Single();
        Assert.That(finding, Is.EqualTo(Finding.Problem("the program nft is missing", "install the package nftables")));
    }

    [Test]
    public void A_private_address_is_a_loud_warning_that_says_what_it_means()
    {
        Gateway.Box.Ip("addr", "flush", "dev", "wan0");
        Gateway.Box.Ip("addr", "add", "10.1.2.3/24", "dev", "wan0");
        Assert.That(Gateway.Ask(WanAddressCheck.Look).Single(), Is.EqualTo(Finding.Warning(
            "wan0 has 10.1.2.3, a private address: another router translates once more between here and the Internet, so peers cannot connect to the address that offers get",
            "make that router a bridge or run reaim there; or forward its ports to this gateway and give --public ADDRESS")));
        Assert.That(
            Gateway.Ask(WanAddressCheck.Look, SmallGateway.Options with { Public = new Ipv4Address(0xCB007107) }).Single().Severity, Is.EqualTo(Severity.Note));
    }

    [TestCase("100.64.3.4", "carrier-grade NAT")]
    [TestCase("192.0.0.2", "DS-Lite")]
    public void Where_the_provider_translates_no_router_here_is_to_be_changed_and_what_helps_is_said(string address, string why)
    {
        Gateway.Box.Ip("addr", "flush", "dev", "wan0");
        Gateway.Box.Ip("addr", "add", $"{address}/32", "dev", "wan0");
        Finding finding = Gateway.Ask(WanAddressCheck.Look).Single();
        Assert.That(finding.Severity, Is.EqualTo(Severity.Warning));
        Assert.That(finding.What, Does.StartWith($"wan0 has {address}, an address behind the provider's own NAT").And.Contains(why));
        Assert.That(finding.Do, Does.Contain("ask the provider for a public address").And.Contain("VPN").And.Contain("let the other side").And.Not.Contain("bridge"));
        Finding given = Gateway.Ask(WanAddressCheck.Look, SmallGateway.Options with { Public = new Ipv4Address(0xCB007107) }).Single();
        Assert.That((given.Severity, given.Do!.Contains("only whoever has 203.0.113.7", StringComparison.Ordinal)), Is.EqualTo((Severity.Note, true)));
    }

    [TestCase("10.1.2.3", "no address of the Internet")]
    [TestCase("100.64.0.7", "no address of the Internet")]
    [TestCase("192.168.7.10", "an address of the LAN behind lan0")]
    public void A_public_address_that_the_Internet_does_not_reach_is_a_warning(string address, string why)
    {
        GatewayOptions options = SmallGateway.Options with { Public = Ipv4Address.TryParse(address, out Ipv4Address parsed) ? parsed : default };
        Assert.That(Gateway.Ask(WanAddressCheck.Look, options)[^1], Is.EqualTo(Finding.Warning(
            $"--public {address} is {why}, so peers on the Internet cannot connect to what offers say",
            "give the address by which the Internet reaches this gateway, or leave --public out")));
    }

    [Test]
    public void The_loopback_is_no_interface_to_anybody() => Refuses(
        SmallGateway.Options with { Lan = ["lo"] },
        "lo (--lan) is this machine's own loopback, and no client's packet crosses it: there are lan0, wan0.");

    [TestCase("169.254.3.4", "gives itself")]
    [TestCase("198.18.0.1", "no address of the Internet")]
    [TestCase("240.0.0.1", "no address of the Internet")]
    public void Other_special_addresses_are_no_public_ones(string address, string what)
    {
        var link = new NetworkLink { Name = "wan0", Addresses = [Ipv4Address.TryParse(address, out Ipv4Address parsed) ? parsed : default] };
        Assert.That(WanAddressCheck.Look(new GatewaySituation(SmallGateway.Options) { Links = [link] }).Single().Sentence, Does.Contain(what));
    }

    [Test]
    public void An_interface_that_is_down_is_a_warning()
    {
        Gateway.Box.Ip("link", "set", "lan0", "down");
        Assert.That(Gateway.Say(InterfacesCheck.Look)[0], Is.EqualTo("Warning: lan0 (--lan) is down: ip link set lan0 up."));
    }

    [Test]
    public void The_flavour_is_said() =>
        Assert.That(Gateway.Say(QueueCheck.Look).Single(), Does.StartWith("Ok: nftables takes the rules"));

    [Test]
    public void Listening_needs_a_library_and_no_queue()
    {
        GatewayOptions options = SmallGateway.Options with { ListensOnly = true };
        Assert.That(Gateway.Say(ListeningCheck.Look, options).Single(), Does.StartWith("Ok: libpcap is there"));
        Assert.That(Gateway.Say(QueueCheck.Look, options).Single(), Is.EqualTo("Ok: nftables takes the rules of mappings."));
    }

    private void Refuses(GatewayOptions options, string sentence)
    {
        string before = Gateway.Ruleset;
        Refuses(new GatewaySituation(options), sentence);
        Assert.That(Gateway.Ruleset, Is.EqualTo(before));
    }

    private void Refuses(GatewaySituation situation, string sentence) => Assert.That(
        () => Gateway.In(() => Preflight.Require(situation)),
        Throws.InvalidOperationException.With.InnerException.TypeOf<BadInputException>().And.Message.EqualTo(sentence));
}
