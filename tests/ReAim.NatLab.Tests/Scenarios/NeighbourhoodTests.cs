using ReAim.Alg;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>Peers behind one gateway, and hosts that share its ports.</summary>
[TestFixture]
internal sealed class NeighbourhoodTests
{
    private static readonly string[] Words = ["hello", "neighbour"];

    private static IEnumerable<TestCaseData> Pairs() =>
        from alice in AllStyles.List
        from bob in AllStyles.List
        from server in Enum.GetValues<ServerStyle>()
        from taken in new[] { false, true }
        select new TestCaseData(alice, bob, server, taken).SetArgDisplayNames($"{alice} to {bob}, server {server}{(taken ? ", ports taken" : "")}");

    private static Lan Home(Internet internet, bool taken = false)
    {
        HashSet<ushort> ports = taken ? [5_190] : [];
        return internet.AddLan("203.0.113.7", "192.168.7", limits: limits => limits with { ReservedPorts = ports });
    }

    [TestCaseSource(nameof(Pairs))]
    public void Two_peers_on_one_lan_reach_each_other_at_once(object alice, object bob, object server, bool taken)
    {
        var internet = new Internet(3, (ServerStyle)server);
        Lan home = Home(internet, taken);
        AimClient a = home.Add("alice", 10, (ClientStyle)alice);
        home.Add("bob", 20, (ClientStyle)bob);
        a.ListenPort = 5_190;
        internet.SignOn();
        for (int i = 0; i < 2; i++)
        {
            RendezvousSession session = i == 0 ? a.OfferFile("bob", internet.Simulation.Random.Bytes(5_000)) : a.OfferDirectIm("bob", Words);
            Assert.That(internet.RunToEnd(session));
            RendezvousSession other = internet.OtherEnd(session)!;
            Assert.That((other.Outcome, other.ConnectedAtFirstAttempt), Is.EqualTo((SessionOutcome.Direct, true)), $"{session} | {other}");
            Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash));
        }

        Assert.That(home.Gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(2));
        internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void Two_hosts_that_listen_on_one_port_are_both_reached()
    {
        var internet = new Internet(4);
        Lan home = Home(internet);
        AimClient alice = home.Add("alice", 10, new Libpurple());
        AimClient dave = home.Add("dave", 20, new Libpurple());
        AimClient bob = internet.AddPublic("bob", "198.51.100.77", new Libpurple());
        alice.CookieDice = new Dice(1);
        dave.CookieDice = new Dice(1);
        internet.SignOn();
        RendezvousSession first = alice.OfferFile("bob", internet.Simulation.Random.Bytes(5_000));
        RendezvousSession second = dave.OfferFile("bob", internet.Simulation.Random.Bytes(6_000));
        Assert.That(internet.RunToEnd(first, second));
        Assert.That(second.Cookie, Is.EqualTo(first.Cookie), "the same cookie from two hosts");
        Assert.That(home.Gateway.Offers.Take(2), Is.EqualTo(new[]
        {
            "+ 203.0.113.7:5190 -> 192.168.7.10:5190 bob", "+ 203.0.113.7:61000 -> 192.168.7.20:5190 bob",
        }));
        Assert.That(bob.Sessions.Select(session => (session.Outcome, session.ConnectedAtFirstAttempt)), Is.All.EqualTo((SessionOutcome.Direct, true)));
        Assert.That(
            bob.Sessions.Select(session => session.Received.Hash),
            Is.EquivalentTo(new[] { first.Sent.Hash, second.Sent.Hash }));
        internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void Two_offers_of_one_host_have_a_port_each_and_a_port_is_used_again_within_a_second()
    {
        var internet = new Internet(5);
        Lan home = Home(internet);
        AimClient alice = home.Add("alice", 10, new Libpurple());
        AimClient bob = internet.AddPublic("bob", "198.51.100.77", new Libpurple());
        bob.AnswerDelay = 50 * Simulation.Millisecond;
        internet.SignOn();
        var all = new List<RendezvousSession>();
        for (int round = 0; round < 10; round++)
        {
            RendezvousSession[] sessions = [alice.OfferFile("bob", internet.Simulation.Random.Bytes(500)), alice.OfferDirectIm("bob", Words)];
            Assert.That(internet.RunToEnd(sessions));
            all.AddRange(sessions);
            internet.Simulation.Run(200 * Simulation.Millisecond);
        }

        Assert.That(all.Select(session => session.ListenPort).Distinct(), Is.EquivalentTo(new[] { 5190, 5191 }));
        Assert.That(all.Select(session => internet.OtherEnd(session)!.ConnectedAtFirstAttempt), Is.All.True);
        Assert.That(all.Select(session => session.Outcome), Is.All.EqualTo(SessionOutcome.Direct));
        internet.Simulation.Run(31 * Simulation.Second);
        Assert.That(home.Gateway.Engine.MappingCount, Is.Zero);
        internet.AssertNothingIsLeftBehind();
    }
}
