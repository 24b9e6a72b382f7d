using System.Text.Json;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>The iptables flavour, beside rules that take our bits off packets before our chain looks for them.</summary>
[RequiresRoot]
internal sealed class ForeignMarkTests
{
    [TestCase("-o wan -j MARK --set-mark 1")]
    [TestCase("-j MARK --set-xmark 0x1/0xff00000f")]
    [TestCase("-j MARK --and-mark 0xff")]
    [TestCase("-j CONNMARK --restore-mark")]
    [TestCase("-j CONNMARK --restore-mark --nfmask 0xff000000 --ctmask 0xff")]
    [TestCase("-j TTL --ttl-inc 1", "-p tcp -j MARK --set-mark 1")]
    public void A_rule_that_takes_our_bits_off_packets_makes_none_go_round(params string[] rules)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Append(lab.Gateway, rules);
        using var tool = GatewayTool.Start(lab.Gateway, "--flavour", "iptables");
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        JsonElement counters = GatewayStatus.Read(lab.Gateway).GetProperty("counters");
        long packets = counters.GetProperty("packets").GetInt64(), returned = counters.GetProperty("returned").GetInt64();
        Assert.That(returned, Is.InRange(1, packets / 2), $"of {packets} packets");
        offer.AssertDirectAtOnce();
        Assert.That(tool.Log.Count(line => line.Contains("clears ReAim's bits of packet marks", StringComparison.Ordinal)), Is.EqualTo(1));
        AssertVerified(lab);
    }

    [TestCase("mangle")]
    [TestCase("mangle + 1")]
    public void A_chain_of_nftables_behind_our_verdict_takes_nothing_back_of_what_it_said(string priority)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--flavour", "iptables");
        lab.Gateway.AddRules($"table ip mine {{ chain c {{ type filter hook forward priority {priority}; meta mark set 0; }}; }}\n");
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        AssertVerified(lab);
    }

    [Test]
    public void In_the_nft_flavour_they_stand_before_the_queue_and_what_verdicts_say_is_kept()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Flavours.Require(QueueFlavour.Nft, lab.Gateway.Namespace);
        Append(lab.Gateway, ["-j MARK --set-mark 1"]);
        using var tool = GatewayTool.Start(lab.Gateway, "--flavour", "nft");
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        AssertVerified(lab);
    }

    [Test]
    public void A_rule_behind_ours_is_met_and_takes_nothing_back_to_the_queue()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--flavour", "iptables");
        lab.SignOn();
        Append(lab.Gateway, ["-j MARK --set-mark 1"]);
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.AssertDirectAtOnce();
        Assert.That(lab.Gateway.QueuedCount(), Is.LessThan(1_000));
    }

    private static void AssertVerified(Lab lab) => Assert.That(
        lab.Gateway.Namespace.Exec("conntrack", "-L", "-p", "tcp", "--dport", "5190", "-m", "0x05000000/0x0f000000"),
        Does.Contain($"src={lab.Alice.Address}"), "what the verdicts said was kept");

    private static void Append(HomeGateway gateway, string[] rules)
    {
        foreach (string rule in rules)
        {
            gateway.Namespace.Exec("iptables", ["-t", "mangle", "-A", "FORWARD", .. rule.Split(' ')]);
        }
    }
}
