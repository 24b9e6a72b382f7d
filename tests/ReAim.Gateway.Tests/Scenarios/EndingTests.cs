using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What ends an offer shuts the pinhole.</summary>
[RequiresRoot, RequiresRun]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class EndingTests(Translating translating)
{
    private const int Port = 5_190;

    [Test]
    public void A_cancel_shuts_the_pinhole() => AssertShutBy(AnswerPolicy.Ignore, offer => offer.Cancel(), 1);

    [Test]
    public void A_decline_shuts_the_pinhole() => AssertShutBy(AnswerPolicy.Decline, _ => { }, 2);

    [Test]
    public void A_scan_before_bob_does_not_keep_him_out_and_after_him_nobody_gets_in()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 2 * Simulation.Second;
        lab.Alice.Client.DirectImPause = 1_500 * Simulation.Millisecond;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "a", "b", "c");
        offer.WaitForArrival();
        Assert.That(translating.MappingCount(lab.Gateway), Is.EqualTo(1));
        stranger.Scan(Port - 10, Port + 10);
        offer.WaitForConnection(8);
        using TcpListener listener = lab.Alice.Listen(Port)!;
        Assert.That(stranger.GetsIn(Port), Is.False, "the offer is taken");
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, false, true)), offer.ToString());
    }

    [Test]
    public void Nothing_but_the_offered_port_is_open()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        using TcpListener other = lab.Alice.Listen(8_080)!;
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        Assert.That(stranger.GetsIn(8_080), Is.False);
        Assert.That(stranger.GetsIn(Port), "the offered port is open, or this test shows nothing");
    }

    private void AssertShutBy(AnswerPolicy answer, Action<Offer> end, double seconds)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.Answer = answer;
        lab.Bob.Client.AnswerDelay = Simulation.Second;
        lab.SignOn();

        // A file: libpurple forgets the listener of a Direct IM that was declined, and would keep the port.
        Offer offer = lab.Alice.OfferFile(lab.Bob, new byte[100]);
        offer.WaitForArrival();
        Assert.That(translating.MappingCount(lab.Gateway), Is.EqualTo(1), "open before");
        end(offer);
        offer.WaitForEnd(5);
        Assert.That(Moment.Comes(() => translating.MappingCount(lab.Gateway) == 0, seconds), "the table is empty");
        using TcpListener listener = lab.Alice.Listen(Port)!;
        Assert.That(stranger.GetsIn(Port), Is.False);
    }
}
