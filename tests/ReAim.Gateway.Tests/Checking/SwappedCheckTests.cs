using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>Interfaces that were named the wrong way round.</summary>
[RequiresRoot]
internal sealed class SwappedCheckTests : SmallGatewayTests
{
    private static readonly GatewayOptions s_swapped = new() { Lan = ["wan0"], Wan = ["lan0"], Flavour = QueueFlavour.Iptables };

    [Test]
    public void A_default_route_by_the_LAN_alone_looks_swapped_and_that_is_the_one_thing_said()
    {
        Gateway.Box.Ip("route", "add", "default", "via", "203.0.113.254");
        Finding[] said = Judge(s_swapped);
        Assert.That(said, Is.EqualTo(new[]
        {
            Finding.Warning(
                "--lan and --wan look swapped: the default route leaves by wan0 (--lan), and none by lan0 (--wan)", "--lan lan0 --wan wan0"),
        }));
        Assert.That(Judge(new GatewayOptions { Lan = ["lan0"], Wan = ["wan0"] }).Select(finding => finding.What), Has.None.Contains("swapped"));
    }

    [Test]
    public void Without_a_default_route_a_public_address_inside_and_a_private_one_outside_tell_it() =>
        Assert.That(Judge(s_swapped).Single().What, Is.EqualTo("--lan and --wan look swapped: wan0 (--lan) has a public address, and lan0 (--wan) a private one"));

    [Test]
    public void A_gateway_whose_tunnel_is_the_way_out_of_a_LAN_that_has_a_router_too_is_not_swapped()
    {
        Gateway.Box.Ip("route", "add", "default", "via", "192.168.7.254");
        Gateway.Box.Ip("route", "add", "0.0.0.0/1", "dev", "wan0");
        Gateway.Box.Ip("route", "add", "128.0.0.0/1", "dev", "wan0");
        Assert.That(Gateway.Say(SwappedCheck.Look), Is.Empty);
        Assert.That(Gateway.Say(RoutesCheck.Look), Is.EqualTo(new[] { "Note: a default route leaves by lan0 (--lan), and connections that go there cross no --wan: they are not helped." }));
    }

    [Test]
    public void A_LAN_without_an_address_is_a_warning_that_says_who_has_one()
    {
        Gateway.Box.Ip("link", "add", "spare0", "type", "bridge");
        Gateway.Box.Ip("link", "set", "spare0", "up");
        Assert.That(Gateway.Say(InterfacesCheck.Look, SmallGateway.Options with { Lan = ["spare0"] })[0], Is.EqualTo(
            "Warning: spare0 (--lan) is up and has no IPv4 address, so it is the gateway of no client: name the interface that has the LAN's address: "
            + "lan0 has 192.168.7.1."));
    }

    private Finding[] Judge(GatewayOptions options) => Gateway.In<Finding[]>(() =>
        [.. CheckList.Run(new GatewaySituation(options)).Where(finding => finding.Severity != Severity.Ok)]);
}
