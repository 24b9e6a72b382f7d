using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>
/// The clients' settings name a server that is gone, and the gateway's administrator leads them to another one: what old clients
/// need whose server cannot be changed.
/// </summary>
[RequiresRoot, RequiresRun]
internal sealed class HardWiredServerTests
{
    private const string HardWired = "64.12.24.10";

    [TestCase(5190)]
    [TestCase(443)]
    public void Bob_reaches_at_once_whom_the_gateway_leads_to_another_server(int port)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.Gateway.AddRules(Lead("prerouting", "dstnat", port));
        LeadEverybodyThere(lab, port);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello", "bye");
        offer.AssertDirectAtOnce();
        Assert.That((offer.OfferedAddress, offer.OfferedPort), Is.EqualTo((Lab.PublicAddress, 5_190)));
    }

    [Test]
    public void Beyond_another_NAT_he_reaches_her_too()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.Gateway.AddRules(Lead("prerouting", "dstnat", 5190));
        LeadEverybodyThere(lab, 5190);
        using var tool = GatewayTool.Start(lab.Gateway, "--public", Lab.PublicAddress);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello", "bye").AssertDirectAtOnce();
    }

    /// <summary>All settings name the old address, also the server's own, and Bob's machine leads him to the server itself.</summary>
    private static void LeadEverybodyThere(Lab lab, int port)
    {
        lab.Bob.Namespace.ExecWithInput("nft", Lead("output", "-100", port), "-f", "-");
        lab.Bob.Do(() => lab.Server.Endpoint = new Ipv4Endpoint(Addresses.Parse(HardWired), (ushort)port));
    }

    private static string Lead(string hook, string priority, int port) => $$"""
        table ip hard_wired {
          chain lead {
            type nat hook {{hook}} priority {{priority}}; policy accept;
            ip daddr {{HardWired}} tcp dport {{port}} dnat to {{Lab.ServerAddress}}:5190
          }
        }
        """;
}
