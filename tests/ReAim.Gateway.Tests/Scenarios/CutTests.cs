using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>The offer cut in two: always helped, and in time, by what a Linux sender does by itself.</summary>
[RequiresRoot, RequiresRun]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class CutTests(Translating translating)
{
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(0.5);

    [TestCase(false)]
    [TestCase(true)]
    public void Cut_where_libpurple_was_seen_to_cut(bool noDelay) => AssertHelped(noDelay, 10, 31, 60, 75, 99, 104);

    [Full]
    [TestCase(false)]
    [TestCase(true)]
    public void Cut_at_every_byte(bool noDelay) => AssertHelped(noDelay, [.. Enumerable.Range(1, OfferLength() - 1)]);

    [Test, Full]
    public void Without_tail_loss_probes_it_is_never_stuck()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        int length = OfferLength();
        lab.Alice.Namespace.Sysctl(("ipv4/tcp_early_retrans", "0"));
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        for (int at = 1; at < length; at += 5)
        {
            Offer offer = Offer(lab, at);
            Assert.That((offer.IsWhole, offer.WasCountered), Is.EqualTo((true, false)), $"cut at {at}: {offer}");
            Assert.That(offer.Travelled, Is.LessThan(TimeSpan.FromSeconds(1.5)), $"cut at {at}: {offer}");
        }
    }

    private void AssertHelped(bool noDelay, params int[] cuts)
    {
        using var lab = new Lab();
        using var tool = translating.Start(lab.Gateway);
        lab.Alice.Client.NoDelay = noDelay;
        lab.SignOn();
        foreach (int at in cuts)
        {
            // A hold counts as a round trip: one cut offer behind another on the same connection makes the sender more patient.
            lab.Alice.SignOff();
            lab.Alice.SignOn();
            Offer offer = Offer(lab, at);
            offer.AssertDirectAtOnce();
            Assert.That(offer.Travelled, Is.LessThan(InTime), $"cut at {at}: {offer}");
            Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.PublicAddress), $"cut at {at}");
        }

        lab.AssertCleanTraffic();
    }

    private static Offer Offer(Lab lab, int cut)
    {
        lab.Alice.Do(() => lab.Alice.Client.CutNextOfferAt = cut);
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForEnd(20);
        return offer;
    }

    /// <summary>The bytes of libpurple's offer of a Direct IM to bob, its FLAP header included.</summary>
    private static int OfferLength()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.SignOn();
        lab.Bob.Client.Answer = NatLab.Tests.Oscar.AnswerPolicy.Ignore;
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        return lab.Programs.Do(() => lab.Alice.Client.LastStream!.Sent[^1].Length);
    }
}
