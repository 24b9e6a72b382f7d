using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Loss and reordering: everything still arrives, and the gateway adds nothing to them.</summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class WeatherTests
{
    [Test]
    public void Offers_are_helped([Values(10, 50)] int lost, [Values(0, 50)] int overtaken, [Values] bool offloads)
    {
        using var lab = new Lab(new LabOptions { Offloads = offloads });
        using var tool = GatewayTool.Start(lab.Gateway);
        Weather.Lose(lab.Internet, lost);
        Weather.LoseOnLan(lab.Gateway, "lan0", lab.Alice.Namespace, lost);
        using Detour? detour = overtaken > 0 ? new Detour(lab.Internet, overtaken, 2, 8) : null;
        lab.SignOn();
        for (int i = 0; i < 10; i++)
        {
            Offer offer = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(200_000));
            offer.WaitForEnd(60);
            Assert.That((offer.Received?.Succeeded, offer.IsWhole), Is.EqualTo(((bool?)true, true)), $"{i}: {offer}");
            Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.PublicAddress), $"{i}: {offer}");
        }

        lab.AssertCleanTraffic(isCalm: false);
    }
}
