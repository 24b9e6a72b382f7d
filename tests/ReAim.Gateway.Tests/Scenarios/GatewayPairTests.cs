using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Both are behind gateways.</summary>
[RequiresRoot, RequiresRun, Full]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class GatewayPairTests(Translating translating)
{
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void Both_with_a_helper_both_directions_are_direct(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server });
        HomeGateway second = lab.AddSecondGateway();
        Person carol = lab.AddNeighbour("carol", "192.168.9.10", second);
        using var here = translating.Start(lab.Gateway);
        using var there = translating.Start(second);
        lab.SignOn();
        lab.Alice.OfferDirectIm(carol, "hello").AssertDirectAtOnce();
        carol.OfferDirectIm(lab.Alice, "hello").AssertDirectAtOnce();
        lab.Alice.OfferFile(carol, lab.Alice.Client.CookieDice.Bytes(1 << 20)).AssertDirectAtOnce();
        lab.AssertCleanTraffic();
    }

    [Test]
    public void Only_the_other_one_with_a_helper_the_counter_offer_works()
    {
        using var lab = new Lab();
        HomeGateway second = lab.AddSecondGateway();
        Person carol = lab.AddNeighbour("carol", "192.168.9.10", second);
        using var there = translating.Start(second);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(carol, "hello");
        offer.WaitForEnd(30);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Redirected, true, true)), offer.ToString());
        Assert.That(offer.ConnectedAfter, Is.InRange(TimeSpan.FromSeconds(4.5), TimeSpan.FromSeconds(8)));
    }
}
