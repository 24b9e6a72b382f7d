using ReAim.Alg;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// The first offer of every client, cut at every byte, between real stacks: in time where the sender's TCP brings the rest by
/// itself, and late, but never stuck, where it waits for an acknowledgement that cannot come.
/// </summary>
[TestFixture(Machine.Plain)]
[TestFixture(Machine.WindowsNat)]
[TestFixture(Machine.WindowsRouter)]
internal sealed class CutTests(object machine)
{
    private const int LongestOffer = 260;

    private static IEnumerable<TestCaseData> Senders()
    {
        foreach (ClientStyle style in AllStyles.List)
        {
            yield return new TestCaseData(style, true, true).SetArgDisplayNames($"{style}, Nagle off");
            yield return new TestCaseData(style, false, true).SetArgDisplayNames($"{style}, Nagle on, tail-loss probes");
            yield return new TestCaseData(style, false, false).SetArgDisplayNames($"{style}, Nagle on, no probes");
        }
    }

    [TestCaseSource(nameof(Senders))]
    public void An_offer_cut_anywhere_leads_bob_to_alice(object style, bool noDelay, bool probes)
    {
        int held = 0;
        int late = 0;
        for (int at = 1; at < LongestOffer; at++)
        {
            var internet = new Internet(7) { Machine = (Machine)machine };
            Lan lan = internet.AddLan("203.0.113.7", "192.168.7", wan: new LinkOptions { Latency = 10 * Simulation.Millisecond });
            AimClient alice = lan.Add("alice", 10, (ClientStyle)style, new HostOptions { TailLossProbe = probes });
            alice.NoDelay = noDelay;
            AimClient bob = internet.AddPublic("bob", "198.51.100.77", new Libpurple());
            internet.SignOn();

            // All that was said before is acknowledged, so that nothing but the cut decides what waits.
            internet.Simulation.Run(Simulation.Second);
            alice.CutNextOfferAt = at;
            RendezvousSession session = alice.OfferFile("bob", new byte[1_000]);
            string where = $"cut at {at}: {session}";
            Assert.That(internet.RunToEnd(session), where);
            RendezvousSession other = internet.OtherEnd(session)!;
            Assert.That((other.Outcome, other.ConnectedAtFirstAttempt), Is.EqualTo((SessionOutcome.Direct, true)), where);
            Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash), where);
            bool wasLate = lan.Gateway.Count(Reason.OfferLate) > 0;
            Assert.That(other.ConnectedBy, Is.EqualTo(ConnectedBy.Verified0004), "0003 is the same address, or a dead one");
            Assert.That(lan.Gateway.LongestHold, Is.LessThanOrEqualTo(wasLate ? Simulation.Second : Simulation.Second / 2), where);
            held += lan.Gateway.Count(Reason.Released) + lan.Gateway.Count(Reason.HoldExpired) > 0 ? 1 : 0;
            late += wasLate ? 1 : 0;
            Assert.That(bob.Sessions, Has.Count.EqualTo(1), where);
        }

        Assert.That(held, Is.Positive, "some cuts lie where the first part must wait");
        Assert.That(late, noDelay || probes ? Is.Zero : Is.Positive, "late");
    }
}
