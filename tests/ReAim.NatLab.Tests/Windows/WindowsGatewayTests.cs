using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Scenarios;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>What a driver does to packets, and what becomes of clients when ReAim stalls, ends or is killed, in both placements.</summary>
[TestFixture(Machine.WindowsNat)]
[TestFixture(Machine.WindowsRouter)]
internal sealed class WindowsGatewayTests(object machine)
{
    private Internet _internet = null!;
    private WindowsGateway _gateway = null!;
    private AimClient _alice = null!;
    private AimClient _bob = null!;

    [SetUp]
    public void SetUp()
    {
        _internet = new Internet(21) { Machine = (Machine)machine };
        Lan home = _internet.AddLan("203.0.113.7", "192.168.7", wan: new LinkOptions { Latency = 10 * Simulation.Millisecond });
        _gateway = (WindowsGateway)home.Gateway;
        _alice = home.Add("alice", 10, new Libpurple());
        _bob = _internet.AddPublic("bob", "198.51.100.77", new Libpurple());
    }

    [Test]
    public void An_offer_leads_bob_to_alice_at_once()
    {
        _internet.SignOn();
        AssertDirect();
        Assert.That(_gateway.Engine.Reasons[Reason.OfferRewritten], Is.EqualTo(1));
        Assert.That(_gateway.Offers, Has.Some.Contains("192.168.7.10's file to bob: 198.51.100.77 connected to 203.0.113.7:5190"));
        _internet.AssertNothingIsLeftBehind();
        Assert.That(_gateway.Counted("sent"), Is.EqualTo(_gateway.Driver.HandedOut));
        Assert.That((_gateway.Driver.Expired, _gateway.Driver.Lost, _gateway.Counted("unsent"), _gateway.Counted("uncovered")), Is.EqualTo((0, 0, 0L, 0L)));
    }

    [Test]
    public void A_worker_that_is_stopped_for_five_seconds_costs_retransmissions_only()
    {
        _internet.SignOn();
        _internet.Simulation.Run(Simulation.Second);
        _gateway.IsStopped = true;
        _alice.SendIm("bob", "while it stands");
        _bob.SendIm("alice", "still");
        _internet.Simulation.Run(5 * Simulation.Second);
        Assert.That(_gateway.Driver.Expired, Is.Positive, "what waited for more than two seconds is gone");
        Assert.That((_bob.ReceivedIms.Count, _alice.ReceivedIms.Count), Is.EqualTo((0, 0)));
        _gateway.IsStopped = false;
        AssertMessagesPass("later");
        Assert.That((_bob.ReceivedIms.Count, _alice.ReceivedIms.Count), Is.EqualTo((2, 2)));
        AssertDirect();
        _internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void A_full_queue_costs_retransmissions_only()
    {
        _internet.SignOn();
        _gateway.Driver.QueueLength = 2;
        for (int i = 0; i < 40; i++)
        {
            _alice.SendIm("bob", new string('x', 700));
        }

        AssertMessagesPass("the last");
        Assert.That(_bob.ReceivedIms, Has.Count.EqualTo(41));
        Assert.That(_gateway.Driver.Expired, Is.Positive, "some found no room");
        AssertDirect();
        _internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void Batches_that_overtake_each_other_change_no_byte()
    {
        _gateway.Driver.Reordering = 500;
        _gateway.Driver.LargestBatch = 2;
        _internet.SignOn();
        for (int i = 0; i < 40; i++)
        {
            _alice.SendIm("bob", new string('x', 700 + i));
        }

        AssertDirect();
        AssertMessagesPass("the last");
        Assert.That(_bob.ReceivedIms, Has.Count.EqualTo(41));
        _internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void What_another_program_has_diverted_before_us_is_helped_and_passes_us_once()
    {
        var other = new AnotherProgram(_gateway.Driver, priority: 100);
        _internet.SignOn();
        AssertDirect();
        Assert.That(_gateway.Counted("impostors"), Is.Positive.And.LessThanOrEqualTo(other.Sent));
        Assert.That(_gateway.Engine.Reasons[Reason.OfferRewritten], Is.EqualTo(1));
        _internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void A_program_that_diverts_what_we_have_sent_changes_nothing()
    {
        var other = new AnotherProgram(_gateway.Driver, priority: -100);
        _internet.SignOn();
        AssertDirect();
        Assert.That(other.Sent, Is.Positive);
        Assert.That(_gateway.Engine.Reasons[Reason.OfferRewritten], Is.EqualTo(1));
        _internet.AssertNothingIsLeftBehind();
    }

    /// <summary>As a router it sends peers' packets on where they come in, and gets them again where they are forwarded: Alice's port is a server's too.</summary>
    [Test]
    public void What_we_have_sent_at_one_layer_is_left_alone_at_the_next()
    {
        _internet.SignOn();
        AssertDirect();
        Assert.That(_gateway.Counted("own"), (Machine)machine == Machine.WindowsRouter ? Is.Positive : Is.Zero);
        Assert.That(_gateway.Counted("impostors"), Is.Zero);
    }

    [Test]
    public void An_orderly_end_with_packets_in_flight_loses_none_and_plain_im_goes_on([Range(0, 9)] int moment)
    {
        _internet.SignOn();
        for (int i = 0; i < 30; i++)
        {
            _alice.SendIm("bob", new string('x', 900));
            _bob.SendIm("alice", new string('y', 900));
        }

        _alice.CutNextOfferAt = 100;
        _alice.OfferFile("bob", new byte[1_000]);
        _internet.Simulation.Run(moment * 3 * Simulation.Millisecond);
        _gateway.End();
        Assert.That((_gateway.Driver.Lost, _gateway.Driver.OpenHandles), Is.EqualTo((0, 0)));
        AssertMessagesPass("after the end");
        Assert.That((_bob.ReceivedIms.Count, _alice.ReceivedIms.Count), Is.EqualTo((31, 31)));
    }

    [Test]
    public void A_kill_with_packets_in_flight_costs_retransmissions_and_the_next_sign_on_is_helped([Range(0, 9)] int moment)
    {
        _internet.SignOn();
        for (int i = 0; i < 30; i++)
        {
            _alice.SendIm("bob", new string('x', 900));
        }

        _internet.Simulation.Run(moment * 3 * Simulation.Millisecond);
        _gateway.Kill();
        _internet.Simulation.Run(200 * Simulation.Millisecond);
        _gateway.Start();
        AssertMessagesPass("after the kill");
        Assert.That(_bob.ReceivedIms, Has.Count.EqualTo(31));
        Assert.That(_gateway.Engine.Reasons[Reason.Recognised], Is.Zero, "a connection older than the worker is left alone");
        _alice.SignOff();
        _internet.Simulation.Run(Simulation.Second);
        _alice.Run(async () => await _alice.SignOnAsync(_internet.Server.Endpoint));
        Assert.That(_internet.Simulation.RunUntil(() => _alice.IsSignedOn, 20 * Simulation.Second));
        AssertDirect();
    }

    [Test]
    public void A_driver_that_opens_no_more_handles_means_no_rewrite_and_plain_im_goes_on()
    {
        _internet.SignOn();
        _gateway.Driver.Error = 1450;
        RendezvousSession session = _alice.OfferFile("bob", new byte[1_000]);
        Assert.That(_internet.RunToEnd(session));
        Assert.That(_gateway.Engine.Reasons[Reason.OfferRewritten], Is.Zero);
        Assert.That(_gateway.Counted("uncovered"), Is.Positive);
        AssertMessagesPass("after it");
    }

    [Test]
    public void What_waits_when_its_handle_is_replaced_still_goes_by_it()
    {
        _gateway.Kill();
        _gateway.Start(port: 5_189);
        _gateway.SlowDown(500);
        Assert.That(_gateway.TryWatch(_internet.Server.Endpoint));
        _internet.SignOn();
        _internet.Simulation.Run(Simulation.Second);
        long offered = _internet.Simulation.Now;
        RendezvousSession session = _alice.OfferFile("bob", new byte[1_000]);
        _internet.Simulation.Run(50 * Simulation.Millisecond);
        Assert.That(_gateway.Held, (Machine)machine == Machine.WindowsNat ? Is.Positive : Is.Zero, "a router's mappings need no waiting");
        Assert.That(_gateway.TryWatch(_internet.Server.Endpoint with { Port = 5_191 }));
        Assert.That(_internet.RunToEnd(session));
        Assert.That(session.Outcome, Is.EqualTo(SessionOutcome.Direct));
        Assert.That(_internet.OtherEnd(session)!.OfferedAt - offered, Is.LessThan(550 * Simulation.Millisecond));
        Assert.That(_gateway.Counted("sent"), Is.EqualTo(_gateway.Driver.HandedOut), "each packet is sent once");
        _internet.AssertNothingIsLeftBehind();
    }

    [Test]
    public void A_dry_run_says_what_would_be_done_and_touches_no_packet()
    {
        _gateway.Kill();
        _gateway.Start(isDryRun: true);
        _internet.SignOn();
        RendezvousSession session = _alice.OfferFile("bob", new byte[1_000]);
        Assert.That(_internet.RunToEnd(session));
        Assert.That(session.Outcome, Is.Not.EqualTo(SessionOutcome.Direct), "as without help");
        Assert.That(_gateway.Offers, Has.Some.Contains("192.168.7.10's file to bob: opened 203.0.113.7:5190"));
        Assert.That((_gateway.Counted("sent"), _gateway.Mappings.Count), Is.EqualTo((0L, 0)));
        AssertMessagesPass("after it");
    }

    [Test]
    public void A_second_peer_is_kept_out_once_the_first_has_come()
    {
        AimClient mallory = _internet.AddPublic("mallory", "198.51.100.66", new Libpurple());
        _internet.SignOn();
        _bob.DirectImPause = _alice.DirectImPause = 2 * Simulation.Second;
        RendezvousSession session = _alice.OfferDirectIm("bob", ["a", "b", "c", "d"]);
        Assert.That(_internet.Simulation.RunUntil(() => session.Stage != SessionOutcome.Pending, 20 * Simulation.Second));
        Task<TcpConnection?> attempt = mallory.Host.ConnectAsync(new(Addresses.Gateway, 5190), 3 * Simulation.Second);
        _internet.Simulation.RunUntil(() => attempt.IsCompleted, 4 * Simulation.Second);
        Assert.That(attempt.Result, Is.Null);
        long refused = _gateway.Engine.Reasons[Reason.MappingTaken];
        Assert.That(refused, Is.Positive);

        // Not either by a server's port, to which another handle is open.
        byte[] syn = new TcpPacket(new(mallory.Host.Address, 5190), new(Addresses.Gateway, 5190), 1, 0, TcpFlags.Syn, []).Build();
        _gateway.Receive(syn, 1);
        _internet.Simulation.Run(Simulation.Millisecond);
        Assert.That(_gateway.Engine.Reasons[Reason.MappingTaken], Is.EqualTo(refused + 1));
        Assert.That(_internet.RunToEnd(session));
        Assert.That(session.Outcome, Is.EqualTo(SessionOutcome.Direct));
        _internet.AssertNothingIsLeftBehind();
    }

    private void AssertDirect()
    {
        RendezvousSession session = _alice.OfferFile("bob", _internet.Simulation.Random.Bytes(20_000));
        Assert.That(_internet.RunToEnd(session), _internet.Explain);
        RendezvousSession other = _internet.OtherEnd(session)!;
        Assert.That((session.Outcome, other.ConnectedAtFirstAttempt), Is.EqualTo((SessionOutcome.Direct, true)), _internet.Explain);
        Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash));
    }

    private void AssertMessagesPass(string text)
    {
        int toBob = _bob.ReceivedIms.Count, toAlice = _alice.ReceivedIms.Count;
        _alice.SendIm("bob", text);
        _bob.SendIm("alice", text);
        Assert.That(
            _internet.Simulation.RunUntil(() => _bob.ReceivedIms.LastOrDefault().Text == text && _alice.ReceivedIms.LastOrDefault().Text == text, 60 * Simulation.Second),
            () => $"plain IM goes on: {_bob.ReceivedIms.Count - toBob}, {_alice.ReceivedIms.Count - toAlice}\n{_internet.Explain()}");
    }

    /// <summary>A program like others that divert with WinDivert: all TCP, sent on as it came.</summary>
    private sealed class AnotherProgram
    {
        private readonly SimulatedDriver _driver;
        private readonly List<IDivertHandle> _handles = [];
        private readonly DivertBatch _batch = new();

        public AnotherProgram(SimulatedDriver driver, short priority)
        {
            _driver = driver;
            foreach (DivertLayer layer in (DivertLayer[])[DivertLayer.Network, DivertLayer.Forward])
            {
                Assert.That(driver.TryOpen(DivertFilter.Between(DivertField.SourcePort, 0, 65_535), layer, priority, DivertModes.None, out IDivertHandle? handle), Is.Zero);
                _handles.Add(handle!);
            }

            driver.Simulation.After(Simulation.Millisecond, Look);
        }

        public long Sent { get; private set; }

        private void Look()
        {
            foreach (IDivertHandle handle in _handles)
            {
                while (handle.TryReceive(_batch))
                {
                    Sent += _batch.Count;
                    handle.Send(_batch);
                }
            }

            // For as long as the test needs it.
            if (_driver.Simulation.Now < 2_000 * Simulation.Second)
            {
                _driver.Simulation.After(Simulation.Millisecond, Look);
            }
        }
    }
}
