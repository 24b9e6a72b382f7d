using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.NatLab.Tests.Oscar;

[TestFixture]
internal sealed class SessionTests
{
    private static IEnumerable<ClientStyle> Styles => AllStyles.List;

    [Test]
    public void Messages_arrive_and_are_confirmed()
    {
        OscarWorld world = Meet(new Libpurple());
        world.Alice.SendIm("bob", "hello");
        world.Bob.SendIm("alice", "hello yourself");
        world.Simulation.Run(Simulation.Second);
        Assert.That(world.Bob.ReceivedIms, Is.EqualTo(new[] { ("alice", "hello") }));
        Assert.That(world.Alice.ReceivedIms, Is.EqualTo(new[] { ("bob", "hello yourself") }));
        Assert.That((world.Alice.Acknowledged, world.Bob.Acknowledged), Is.EqualTo((1, 1)));
    }

    [Test]
    public void What_the_receiver_is_told_depends_on_the_server([Values] ServerStyle server, [ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style, server: server);
        world.Alice.OwnAddress = OscarWorld.Parse("192.168.7.10");
        world.Bob.Answer = AnswerPolicy.Ignore;
        RendezvousSession session = world.Alice.OfferFile("bob", [1, 2, 3]);
        world.Simulation.Run(Simulation.Second);
        RendezvousMessage told = OscarWorld.PeerOf(session, world.Bob)!.Proposals.Single();
        Assert.That(told.Internal, Is.EqualTo(server == ServerStyle.Keeps ? world.Alice.OwnAddress : world.Alice.Host.Address));
        Assert.That(told.Verified, Is.EqualTo(world.Alice.Host.Address));
        Assert.That(told.Tlvs.Types.Last(), Is.EqualTo(0x0004));
        Assert.That(told.Port, Is.EqualTo(session.ListenPort));
    }

    [Test]
    public void A_declined_file_ends_at_both_ends([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.Bob.Answer = AnswerPolicy.Decline;
        RendezvousSession session = world.Alice.OfferFile("bob", [1, 2, 3]);
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.Outcome), Is.EqualTo((SessionOutcome.Declined, SessionOutcome.Declined)));
        Assert.That(IsFree(world, session.ListenPort), Is.True);
    }

    [Test]
    public void A_declined_Direct_IM_leaves_only_libpurples_listener_open([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.Bob.Answer = AnswerPolicy.Decline;
        RendezvousSession session = world.Alice.OfferDirectIm("bob", ["hello"]);
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.Outcome), Is.EqualTo((SessionOutcome.Declined, SessionOutcome.Declined)));
        Assert.That(IsFree(world, session.ListenPort), Is.EqualTo(style is not Libpurple));
        RendezvousSession next = world.Alice.OfferFile("bob", [1, 2, 3]);
        world.RunToEnd(next, world.Bob);
        if (style is Libpurple)
        {
            Assert.That((session.ListenPort, next.ListenPort), Is.EqualTo((5190, 5191)));
        }

        world.Alice.SignOff();
        world.Simulation.Run(Simulation.Second);
        Assert.That(IsFree(world, session.ListenPort), Is.True);
    }

    [Test]
    public void A_cancelled_offer_ends_at_both_ends([ValueSource(nameof(Styles))] object style, [Values(100, 350, 2_000)] int milliseconds)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.AliceDoor.IsClosed = true;
        RendezvousSession session = world.Alice.OfferFile("bob", new byte[10_000]);
        world.Simulation.Run(milliseconds * Simulation.Millisecond);
        world.Alice.Cancel(session);
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.Outcome), Is.EqualTo((SessionOutcome.Cancelled, SessionOutcome.Cancelled)));
        AssertOnlyServerConnections(world);
    }

    [Test]
    public void A_connection_that_comes_after_the_end_does_not_stay([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.Links.ForEach(link => link.Options = new LinkOptions { Latency = 100 * Simulation.Millisecond });
        world.Alice.OfferFile("bob", new byte[10_000]);
        world.Simulation.RunUntil(() => world.Bob.Host.ConnectionCount == 2, 10 * Simulation.Second);
        world.Bob.SignOff();
        world.Simulation.Run(5 * Simulation.Second);
        Assert.That(world.Bob.Host.ConnectionCount, Is.Zero);
    }

    [Test]
    public void A_file_cancelled_on_its_way_ends_at_both_ends([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        RendezvousSession session = world.Alice.OfferFile("bob", new byte[50_000_000]);
        world.Simulation.RunUntil(() => session.Sent.Length > 1_000_000, 20 * Simulation.Second);
        world.Alice.Cancel(session);
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That(new[] { session.Succeeded, other.Succeeded }, Has.All.False);
        AssertOnlyServerConnections(world);
    }

    [Test]
    public void Nobody_waits_for_ever_for_an_answer_but_libpurple([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.Bob.Answer = AnswerPolicy.Ignore;
        RendezvousSession session = world.Alice.OfferFile("bob", [1, 2, 3]);
        world.Simulation.Run(3_600 * Simulation.Second);
        Assert.That(session.IsOver, Is.EqualTo(style is not Libpurple));
        world.Alice.Cancel(session);
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That(other.Outcome, Is.EqualTo(SessionOutcome.Cancelled));
    }

    [Test]
    public void An_answer_may_take_minutes([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.Bob.AnswerDelay = 240 * Simulation.Second;
        RendezvousSession session = world.Alice.OfferDirectIm("bob", ["hello"]);
        world.RunToEnd(session, world.Bob);
        Assert.That(session.Outcome, Is.EqualTo(SessionOutcome.Direct));
    }

    [Test]
    public void An_offer_to_someone_who_is_not_there_fails()
    {
        OscarWorld world = Meet(new Libpurple());
        RendezvousSession session = world.Alice.OfferFile("carol", [1, 2, 3]);
        world.Simulation.RunUntil(() => session.IsOver, Simulation.Second);
        Assert.That(session.Outcome, Is.EqualTo(SessionOutcome.Failed));
    }

    [Test]
    public void Two_files_and_a_Direct_IM_go_at_once_in_both_directions([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        RendezvousSession[] ofAlice =
        [
            world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(300_000)),
            world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(70_000)),
            world.Alice.OfferDirectIm("bob", ["one", "two"]),
        ];
        RendezvousSession ofBob = world.Bob.OfferFile("alice", world.Simulation.Random.Bytes(70_000));
        foreach (RendezvousSession session in ofAlice)
        {
            RendezvousSession other = world.RunToEnd(session, world.Bob);
            Assert.That((session.Outcome, other.Received.Hash), Is.EqualTo((SessionOutcome.Direct, session.Sent.Hash)));
        }

        Assert.That(world.RunToEnd(ofBob, world.Alice).Received.Hash, Is.EqualTo(ofBob.Sent.Hash));
        Assert.That(ofAlice.Select(session => session.ListenPort), Is.Unique);
        AssertOnlyServerConnections(world);
    }

    [Test]
    public void A_client_that_cannot_listen_still_gets_its_file_over_the_proxy([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.AliceDoor.IsClosed = true;
        world.Bob.CanListen = false;
        RendezvousSession session = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(5_000));
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.Received.Hash), Is.EqualTo((SessionOutcome.Proxied, session.Sent.Hash)));
        Assert.That(session.Proposals[0].Port == 0, Is.EqualTo(style is MirandaIcq));
    }

    private static IEnumerable<TestCaseData> Strangers()
    {
        byte[][] openings = ["GET / HTTP/1.0\r\n\r\n"u8.ToArray(), new Odc2Frame(1, Odc2Frame.CookieFlags, "bob", []).ToBytes(), new Oft2Header(Oft2Header.Acknowledge, 1, 5_000, 0, "x").ToBytes()];
        return from opening in openings from isFile in new[] { true, false } select new TestCaseData(opening, isFile);
    }

    [TestCaseSource(nameof(Strangers))]
    public void A_stranger_at_the_listener_does_not_take_the_peers_place(byte[] opening, bool isFile)
    {
        OscarWorld world = Meet(new Kopete());
        world.Bob.AnswerDelay = 5 * Simulation.Second;
        RendezvousSession session = isFile ? world.Alice.OfferFile("bob", new byte[5_000]) : world.Alice.OfferDirectIm("bob", ["hello"]);
        Task<byte[]>? answer = null;
        world.Bob.Run(async () =>
        {
            await world.Simulation.Delay(Simulation.Second);
            Tcp.TcpConnection? stranger = await world.Bob.Host.ConnectAsync(new(world.Alice.Host.Address, session.ListenPort), Simulation.Second);
            stranger!.Send(opening);
            await world.Simulation.Delay(Simulation.Second);
            answer = stranger.ReadSomeAsync(1_000);
            stranger.Close();
        });
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.Received.Hash), Is.EqualTo((SessionOutcome.Direct, session.Sent.Hash)));
        Assert.That(answer!.Result, Has.Length.LessThanOrEqualTo(Oft2Header.Length), "no more than the first header");
    }

    /// <summary>As the real one: it accepts the first connection, and no other.</summary>
    [Test]
    public void A_libpurple_keeps_the_first_that_comes_and_the_session_ends_with_it()
    {
        OscarWorld world = Meet(new Libpurple());
        world.Bob.AnswerDelay = 5 * Simulation.Second;
        RendezvousSession session = world.Alice.OfferDirectIm("bob", ["hello"]);
        world.Bob.Run(async () =>
        {
            await world.Simulation.Delay(Simulation.Second);
            Tcp.TcpConnection? first = await world.Bob.Host.ConnectAsync(new(world.Alice.Host.Address, session.ListenPort), Simulation.Second);
            await world.Simulation.Delay(6 * Simulation.Second);
            first!.Close();
        });
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Succeeded, other.Succeeded), Is.EqualTo((false, false)), $"{session} | {other}");
    }

    [Test]
    public void A_client_that_takes_itself_for_127_0_0_1_is_reached_by_0004([ValueSource(nameof(Styles))] object style)
    {
        var world = new OscarWorld(new Joscar(), (ClientStyle)style);
        world.SignOn();
        world.Alice.OwnAddress = OscarWorld.Parse("127.0.0.1");
        RendezvousSession session = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(5_000));
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That((session.Outcome, other.ConnectedBy), Is.EqualTo((SessionOutcome.Direct, ConnectedBy.Verified0004)));
    }

    [Test]
    public void Nobody_stays_at_the_proxy_after_a_cancel([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        world.AliceDoor.IsClosed = true;
        (world.Alice.CanListen, world.Bob.CanListen, world.Bob.Answer) = (false, false, AnswerPolicy.Ignore);
        RendezvousSession session = world.Alice.OfferFile("bob", [1, 2, 3]);
        world.Simulation.Run(5 * Simulation.Second);
        Assert.That(world.Alice.Host.ConnectionCount, Is.EqualTo(2));
        world.Alice.Cancel(session);
        world.RunToEnd(session, world.Bob);
        world.Simulation.Run(5 * Simulation.Second);
        Assert.That(world.Alice.Host.ConnectionCount, Is.EqualTo(1));
    }

    [Test]
    public void Clients_with_the_same_dice_use_the_same_cookies()
    {
        OscarWorld world = Meet(new Libpurple());
        (world.Alice.CookieDice, world.Bob.CookieDice) = (new Dice(7), new Dice(7));
        RendezvousSession ofAlice = world.Alice.OfferFile("bob", world.Simulation.Random.Bytes(5_000));
        world.RunToEnd(ofAlice, world.Bob);
        RendezvousSession ofBob = world.Bob.OfferFile("alice", world.Simulation.Random.Bytes(5_000));
        world.RunToEnd(ofBob, world.Alice);
        Assert.That(ofBob.Cookie, Is.EqualTo(ofAlice.Cookie));
        Assert.That((ofAlice.Outcome, ofBob.Outcome), Is.EqualTo((SessionOutcome.Direct, SessionOutcome.Direct)));
    }

    [Test]
    public void Who_signs_off_takes_everything_along([ValueSource(nameof(Styles))] object style)
    {
        OscarWorld world = Meet((ClientStyle)style);
        RendezvousSession session = world.Alice.OfferFile("bob", new byte[50_000_000]);
        RendezvousSession waiting = world.Alice.OfferFile("nobody", [1]);
        world.Simulation.RunUntil(() => session.Sent.Length > 1_000_000, 20 * Simulation.Second);
        world.Alice.SignOff();
        RendezvousSession other = world.RunToEnd(session, world.Bob);
        Assert.That(new[] { session.Succeeded, other.Succeeded, waiting.Succeeded }, Has.All.False);
        world.Bob.SignOff();
        world.Simulation.Run(600 * Simulation.Second);
        Assert.That((world.Alice.Host.ConnectionCount, world.Bob.Host.ConnectionCount), Is.EqualTo((0, 0)));
        Assert.That(world.Server.Online, Is.Empty);
    }

    private static bool IsFree(OscarWorld world, ushort port)
    {
        Tcp.TcpListener? listener = world.Alice.Host.Listen(port);
        listener?.Close();
        return listener is not null;
    }

    private static OscarWorld Meet(ClientStyle style, ServerStyle server = ServerStyle.Keeps)
    {
        var world = new OscarWorld(style, style, server);
        world.SignOn();
        return world;
    }

    private static void AssertOnlyServerConnections(OscarWorld world)
    {
        world.Simulation.Run(600 * Simulation.Second);
        Assert.That((world.Alice.Host.ConnectionCount, world.Bob.Host.ConnectionCount), Is.EqualTo((1, 1)));
        Assert.That(world.Simulation.Failures, Is.Empty);
    }
}
