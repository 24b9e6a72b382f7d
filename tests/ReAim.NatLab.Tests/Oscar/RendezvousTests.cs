using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.NatLab.Tests.Oscar;

[TestFixture]
internal sealed class RendezvousTests
{
    private static readonly string[] Words = ["hello", "how are you?", "see you"];

    private static IEnumerable<TestCaseData> Pairs()
    {
        foreach (ClientStyle alice in AllStyles.List)
        {
            foreach (ClientStyle bob in AllStyles.List)
            {
                foreach (ServerStyle server in Enum.GetValues<ServerStyle>())
                {
                    yield return new TestCaseData(alice, bob, server);
                }
            }
        }
    }

    [TestCaseSource(nameof(Pairs))]
    public void Everybody_reaches_everybody_at_the_first_attempt_where_nothing_is_in_the_way(object alice, object bob, object server)
    {
        OscarWorld world = Meet(alice, bob, server);
        RendezvousSession file = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(20_000));
        RendezvousSession talk = world.Alice.OfferDirectIm("bob", Words);
        RendezvousSession[] sessions = [file, AssertWhole(world, file, SessionOutcome.Direct), talk, AssertWhole(world, talk, SessionOutcome.Direct)];
        Assert.That(sessions, Has.All.Property(nameof(RendezvousSession.ConnectedAtFirstAttempt)).True);
        Assert.That(file.EndedAt - file.OfferedAt, Is.LessThan(3 * Simulation.Second));
    }

    [TestCaseSource(nameof(Pairs))]
    public void Where_the_sender_cannot_be_reached_the_receiver_listens(object alice, object bob, object server)
    {
        OscarWorld world = Meet(alice, bob, server);
        world.AliceDoor.IsClosed = true;
        RendezvousSession file = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(20_000));
        AssertWhole(world, file, SessionOutcome.Redirected);
        RendezvousSession talk = world.Alice.OfferDirectIm("bob", Words);
        AssertWhole(world, talk, SessionOutcome.Redirected);
        Assert.That(world.Proxy.Joined, Is.Zero);
    }

    [TestCaseSource(nameof(Pairs))]
    public void Where_nobody_can_be_reached_they_meet_at_the_proxy(object alice, object bob, object server)
    {
        OscarWorld world = Meet(alice, bob, server);
        world.AliceDoor.IsClosed = world.BobDoor.IsClosed = true;
        RendezvousSession file = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(20_000));
        AssertWhole(world, file, SessionOutcome.Proxied);
        RendezvousSession talk = world.Alice.OfferDirectIm("bob", Words);
        AssertWhole(world, talk, SessionOutcome.Proxied);
        Assert.That(world.Proxy.Joined, Is.EqualTo(2));
    }

    [TestCaseSource(nameof(Pairs))]
    public void Where_there_is_no_proxy_either_both_give_up(object alice, object bob, object server)
    {
        OscarWorld world = Meet(alice, bob, server);
        world.AliceDoor.IsClosed = world.BobDoor.IsClosed = true;
        world.Alice.Proxy = world.Bob.Proxy = null;
        RendezvousSession file = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(20_000));
        RendezvousSession other = world.RunToEnd(file, world.Bob);
        Assert.That(new[] { file.Succeeded, other.Succeeded }, Has.All.False);
        AssertClosed(world);
    }

    private static OscarWorld Meet(object alice, object bob, object server)
    {
        var world = new OscarWorld((ClientStyle)alice, (ClientStyle)bob, (ServerStyle)server);
        world.SignOn();
        return world;
    }

    private static RendezvousSession AssertWhole(OscarWorld world, RendezvousSession session, SessionOutcome outcome)
    {
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That(new[] { session.Outcome, other.Outcome }, Has.All.EqualTo(outcome), $"{session}; {other}");
        Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash));
        Assert.That(session.Received.Hash, Is.EqualTo(other.Sent.Hash));
        Assert.That(session.Sent.Length, Is.Positive);
        return other;
    }

    /// <summary>What is left is the connection to the server.</summary>
    private static void AssertClosed(OscarWorld world)
    {
        world.Simulation.Run(600 * Simulation.Second);
        Assert.That(world.Alice.Host.ConnectionCount, Is.EqualTo(1), "Alice's connections");
        Assert.That(world.Bob.Host.ConnectionCount, Is.EqualTo(1), "Bob's connections");
    }
}
