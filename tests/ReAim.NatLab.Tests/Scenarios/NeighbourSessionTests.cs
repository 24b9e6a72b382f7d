using ReAim.Alg;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// Two libpurples behind one gateway. Each tries all addresses that it is told at once, and keeps what its own main loop sees first;
/// where two ways lead to one listener the two keep different connections, and lose both.
/// </summary>
[TestFixture]
internal sealed class NeighbourSessionTests
{
    private const int Worlds = 50;

    /// <summary>How the offers get through the gateway.</summary>
    public enum Passage
    {
        /// <summary>Rewritten as they leave, translated back as they come.</summary>
        Rewritten,

        /// <summary>The client's own port is somebody else's.</summary>
        OnAnotherPort,

        /// <summary>Alice's left before all of it was known.</summary>
        Late,

        /// <summary>Nothing is rewritten at all.</summary>
        Listening,
    }

    private static IEnumerable<TestCaseData> Passages() =>
        from server in Enum.GetValues<ServerStyle>()
        from passage in Enum.GetValues<Passage>()
        select new TestCaseData(server, passage).SetArgDisplayNames($"{server}, {passage}");

    /// <summary>A hundred files and a hundred Direct IMs for each.</summary>
    [TestCaseSource(nameof(Passages))]
    public void Two_hundred_files_and_Direct_IMs_between_neighbours_are_all_clean(object server, Passage passage)
    {
        for (uint seed = 1; seed <= Worlds; seed++)
        {
            var dice = new Dice(seed);
            var internet = new Internet(seed, (ServerStyle)server);
            Lan home = Home(internet, passage);
            AimClient alice = home.Add("alice", 10, new Libpurple(), link: Cable(dice));
            AimClient dave = home.Add("dave", 20, new Libpurple(), link: Cable(dice));
            alice.AnswerDelay = dave.AnswerDelay = dice.Below(2_000) * Simulation.Millisecond;
            // What keeps its port needs one of its own.
            dave.ListenPort = 6_190;
            internet.SignOn();
            foreach ((AimClient from, AimClient to) in ((AimClient, AimClient)[])[(alice, dave), (dave, alice)])
            {
                for (int i = 0; i < 2; i++)
                {
                    internet.Simulation.Run(2 * Simulation.Second);
                    from.CutNextOfferAt = passage == Passage.Late ? 95 : null;
                    RendezvousSession session = i == 0 ? from.OfferFile(to.Name, dice.Bytes(3_000)) : from.OfferDirectIm(to.Name, ["hello", "neighbour"]);
                    Assert.That(internet.RunToEnd(session), $"over, seed {seed}");
                    AssertClean(internet, session, seed);
                }
            }

            if (passage == Passage.Late)
            {
                Assert.That(home.Gateway.Count(Reason.OfferLate), Is.EqualTo(4), $"all left too late, seed {seed}");
            }

            internet.AssertNothingIsLeftBehind();
        }
    }

    /// <summary>It names the inside address, and the server adds the public one: without ReAim the one leads there, the other nowhere.</summary>
    [TestCase(Passage.Late)]
    [TestCase(Passage.Listening)]
    public void A_neighbour_that_was_told_the_inside_address_finds_nobody_at_the_public_one(Passage passage)
    {
        var internet = new Internet(9);
        Lan home = Home(internet, passage);
        AimClient alice = home.Add("alice", 10, new Libpurple());
        AimClient dave = home.Add("dave", 20, new Libpurple());
        AimClient bob = internet.AddPublic("bob", "198.51.100.77", new Libpurple());
        dave.Answer = bob.Answer = AnswerPolicy.Ignore;
        internet.SignOn();
        internet.Simulation.Run(2 * Simulation.Second);
        alice.CutNextOfferAt = passage == Passage.Late ? 95 : null;
        alice.OfferDirectIm("dave", ["hello"]);
        internet.Simulation.Run(2 * Simulation.Second);
        Assert.That(dave.Sessions.Single().Proposals.Single().Internal, Is.EqualTo(alice.Host.Address));
        Assert.That((Reaches(dave), Reaches(bob)), Is.EqualTo((false, true)));
        Assert.That(home.Gateway.Count(Reason.NotTurnedBack), Is.Positive);

        bool Reaches(AimClient who)
        {
            Task<TcpConnection?> attempt = who.Host.ConnectAsync(new(home.Gateway.PublicAddress, 5_190), 2 * Simulation.Second);
            internet.Simulation.RunUntil(() => attempt.IsCompleted, 3 * Simulation.Second);
            attempt.Result?.Abort();
            return attempt.Result is not null;
        }
    }

    private static void AssertClean(Internet internet, RendezvousSession session, uint seed)
    {
        RendezvousSession? other = internet.OtherEnd(session);
        string told = $"seed {seed}: {session} | {other}";
        Assert.That((session.Outcome, other?.Outcome), Is.EqualTo((SessionOutcome.Direct, SessionOutcome.Direct)), $"{told}\n{internet.Explain()}");
        Assert.That(other!.ConnectedAtFirstAttempt, told);
        Assert.That((session.Proposals.Count, other.Proposals.Count), Is.EqualTo((0, 1)), $"nobody had to offer again, {told}");
        Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash), told);
        Assert.That(session.Received.Hash, Is.EqualTo(other.Sent.Hash), told);
    }

    private static Lan Home(Internet internet, Passage passage)
    {
        HashSet<ushort> taken = passage == Passage.OnAnotherPort ? [.. Enumerable.Range(5_190, 101).Select(port => (ushort)port), 6_190] : [];
        return internet.AddLan("203.0.113.7", "192.168.7", limits: limits => limits with
        {
            ReservedPorts = taken,
            ListensOnly = passage == Passage.Listening,
            MaxHoldTime = passage == Passage.Late ? 1 : limits.MaxHoldTime,
        });
    }

    private static LinkOptions Cable(Dice dice) => new() { Latency = (dice.Below(900) + 50) * Simulation.Millisecond / 1_000 };
}
