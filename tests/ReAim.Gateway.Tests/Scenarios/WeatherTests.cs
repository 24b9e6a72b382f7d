using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Loss and reordering: everything still arrives, and the gateway adds nothing to them.</summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class WeatherTests
{
    private const int Offers = 10;

    [Test]
    public void Offers_are_helped([Values(10, 50)] int lost, [Values(0, 50)] int overtaken, [Values] bool offloads)
    {
        using var lab = new Lab(new LabOptions { Offloads = offloads });
        using var tool = GatewayTool.Start(lab.Gateway);

        // Half of it on either side of the gateway.
        Weather.Lose(lab.Internet, lost / 2);
        Weather.LoseOnLan(lab.Gateway, "lan0", lab.Alice.Namespace, lost / 2);
        using Detour? detour = overtaken > 0 ? new Detour(lab.Internet, overtaken, 2, 8) : null;
        lab.SignOn();
        int late = 0;
        int countered = 0;
        for (int i = 0; i < Offers; i++)
        {
            Offer offer = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(200_000));

            // A handshake that took three tries leaves a kernel with a patience of nine seconds, which doubles.
            offer.WaitForEnd(120);
            Assert.That((offer.Received?.Succeeded, offer.IsWhole), Is.EqualTo(((bool?)true, true)), $"{i}: {offer}");

            // Where the rest of an offer comes more than a second later, it leaves as it is, and Bob finds the way by TLV 0004.
            Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.PublicAddress).Or.EqualTo(lab.Alice.Address), $"{i}: {offer}");
            late += offer.OfferedAddress == Lab.PublicAddress ? 0 : 1;
            countered += offer.WasCountered ? 1 : 0;
        }

        Assert.That(late, Is.LessThanOrEqualTo(Offers / 2), "offers that left unchanged");
        Assert.That(tool.Log.Count(line => line.Contains("(offer-late)", StringComparison.Ordinal)), Is.EqualTo(late), "each of them said why");
        Assert.That(countered, Is.LessThanOrEqualTo(2), "connects whose every SYN was lost");
        lab.AssertCleanTraffic(isCalm: false);
    }
}
