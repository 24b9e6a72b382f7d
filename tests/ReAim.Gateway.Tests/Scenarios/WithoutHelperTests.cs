using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What happens without a helper, and that these tests can tell it from what happens with one.</summary>
[RequiresRoot, Parallelizable(ParallelScope.All)]
internal sealed class WithoutHelperTests
{
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void Bob_cannot_connect_and_counter_offers_after_five_seconds(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server });
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?");
        offer.WaitForEnd(15);
        Assert.That(offer.WasCountered);
        Assert.That(offer.Received!.Outcome, Is.EqualTo(SessionOutcome.Redirected));
        Assert.That(offer.ConnectedAfter, Is.InRange(TimeSpan.FromSeconds(4.9), TimeSpan.FromSeconds(7)));
        Assert.That(offer.IsWhole);
    }

    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void A_static_port_forward_lets_bob_in_at_once(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server });
        lab.Gateway.AddRules(AdministratorRules.PortForward(Lab.PublicAddress, 5_190, lab.Alice.Address));
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?");
        offer.WaitForEnd(15);
        Assert.That(offer.WasCountered, Is.False);
        Assert.That(offer.Received!.Outcome, Is.EqualTo(SessionOutcome.Direct));
        Assert.That(offer.ConnectedAfter, Is.LessThan(TimeSpan.FromSeconds(1)));
        Assert.That(offer.IsWhole);
        lab.AssertCleanTraffic();
        Assert.That(lab.Gateway.Count("foreign_kept"), Is.Positive);
        Assert.That(lab.Gateway.Count("foreign_lost"), Is.Zero);
        Assert.That(lab.Gateway.ClampCount(), Is.Positive);
    }
}
