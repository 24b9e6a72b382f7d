using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>What ends an offer shuts its pinhole; and without a helper there would have been none.</summary>
[TestFixture(Machine.Plain)]
[TestFixture(Machine.WindowsNat)]
[TestFixture(Machine.WindowsRouter)]
internal sealed class EndingTests(object machine)
{
    private const ushort Port = 6_001;

    private static IEnumerable<TestCaseData> Endings()
    {
        yield return Ending("the sender cancels", 1, (world, session) => world.Alice.Cancel(session));
        yield return Ending("the receiver declines", 1, (world, session) => world.Bob.Cancel(world.Internet.OtherEnd(session)!));
        yield return Ending("the sender signs off", 61, (world, _) => world.Alice.SignOff());
        yield return Ending("ten minutes pass", 601, (_, _) => { });

        TestCaseData Ending(string name, double seconds, Action<Meeting, RendezvousSession> end) => new TestCaseData(end, seconds).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Endings))]
    public void The_pinhole_is_shut_when(object end, double seconds)
    {
        var world = new Meeting((Machine)machine);
        world.Bob.Answer = AnswerPolicy.Ignore;
        world.Alice.ListenPort = Port;
        TcpListener other = world.Alice.Host.Listen(Port - 1)!;
        RendezvousSession session = world.Alice.OfferFile("bob", new byte[100]);
        world.Internet.Simulation.Run(Simulation.Second);
        Assert.That(world.Gateway.Engine.MappingCount, Is.EqualTo(1));
        Assert.That(world.Knock(Port - 1), Is.False, "only the offered port is open");
        ((Action<Meeting, RendezvousSession>)end)(world, session);
        world.Internet.Simulation.Run((long)(seconds * Simulation.Second));
        Assert.That(world.Gateway.Engine.MappingCount, Is.Zero);

        // Whoever listens there now: the gateway alone stands between it and the world.
        TcpListener? own = world.Alice.Host.Listen(Port);
        Assert.That(world.Knock(Port), Is.False);
        other.Close();
        own?.Close();
        world.Internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void A_scan_before_bob_does_not_keep_him_out_and_after_him_nobody_gets_in()
    {
        var world = new Meeting((Machine)machine);
        world.Bob.AnswerDelay = 5 * Simulation.Second;
        world.Bob.DirectImPause = world.Alice.DirectImPause = 2 * Simulation.Second;
        RendezvousSession session = world.Alice.OfferDirectIm("bob", ["a", "b", "c", "d", "e", "f"]);
        world.Internet.Simulation.Run(Simulation.Second);
        world.Scan(5_180, 5_200);
        Assert.That(world.Internet.Simulation.RunUntil(() => session.Stage != SessionOutcome.Pending, 20 * Simulation.Second), "bob gets in");
        Assert.That(world.Knock(5_190), Is.False);
        Assert.That(world.Gateway.Count(Reason.MappingTaken), Is.Positive);
        Assert.That(world.Internet.RunToEnd(session));
        RendezvousSession other = world.Internet.OtherEnd(session)!;
        Assert.That((other.Outcome, other.ConnectedAtFirstAttempt), Is.EqualTo((SessionOutcome.Direct, true)));
        Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash));
        world.Internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void A_conversation_goes_on_long_after_its_mapping_is_gone()
    {
        var world = new Meeting((Machine)machine);
        world.Bob.DirectImPause = world.Alice.DirectImPause = 25 * Simulation.Second;
        RendezvousSession session = world.Alice.OfferDirectIm("bob", ["a", "b", "c", "d"]);
        world.Internet.Simulation.Run(40 * Simulation.Second);
        Assert.That((world.Gateway.Engine.MappingCount, session.IsOver), Is.EqualTo((0, false)));
        Assert.That(world.Internet.RunToEnd(session));
        Assert.That((session.Outcome, world.Internet.OtherEnd(session)!.Received.Hash), Is.EqualTo((SessionOutcome.Direct, session.Sent.Hash)));
        world.Internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void Without_a_helper_bob_fails_for_five_seconds_and_counter_offers()
    {
        var world = new Meeting((Machine)machine, helps: false);
        RendezvousSession session = world.Alice.OfferFile("bob", new byte[100]);
        Assert.That(world.Internet.RunToEnd(session));
        RendezvousSession other = world.Internet.OtherEnd(session)!;
        Assert.That(other.Outcome, Is.EqualTo(SessionOutcome.Redirected));
        Assert.That(other.ConnectedAt - other.OfferedAt, Is.GreaterThan(5 * Simulation.Second));
    }

    /// <summary>Alice behind a gateway, Bob and a stranger elsewhere, all signed on.</summary>
    private sealed class Meeting
    {
        private readonly Lan _home;
        private readonly Host _mallory;

        public Meeting(Machine machine, bool helps = true)
        {
            Internet = new Internet(11) { Machine = machine };
            _home = Internet.AddLan("203.0.113.7", "192.168.7", helps);
            Alice = _home.Add("alice", 10, new Libpurple());
            Bob = Internet.AddPublic("bob", "198.51.100.77", new Libpurple());
            _mallory = Internet.AddPublic("mallory", "198.51.100.66", new Libpurple()).Host;
            Internet.SignOn();
        }

        public Internet Internet { get; }

        public AimClient Alice { get; }

        public AimClient Bob { get; }

        public IGateway Gateway => _home.Gateway;

        /// <summary>True if the stranger gets in.</summary>
        public bool Knock(ushort port)
        {
            Task<TcpConnection?> attempt = _mallory.ConnectAsync(new(Addresses.Gateway, port), 3 * Simulation.Second);
            Internet.Simulation.RunUntil(() => attempt.IsCompleted, 4 * Simulation.Second);
            attempt.Result?.Abort();
            return attempt.Result is not null;
        }

        /// <summary>SYNs of the stranger, none of which is followed up.</summary>
        public void Scan(ushort first, ushort last)
        {
            for (ushort port = first; port <= last; port++)
            {
                byte[] syn = new TcpPacket(new(_mallory.Address, (ushort)(40_000 + port)), new(Addresses.Gateway, port), 1, 0, TcpFlags.Syn, []).Build();
                _home.Gateway.Receive(syn, 1);
            }
        }
    }
}
