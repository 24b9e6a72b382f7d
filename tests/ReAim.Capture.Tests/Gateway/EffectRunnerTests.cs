using System.Text;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>What happens between an offer and the translator's answer, which may be late.</summary>
[TestFixture]
internal sealed class EffectRunnerTests : IReleases, IConnectionTable
{
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 40_000);
    private static readonly Ipv4Endpoint Server = new(Addresses.Server, 5190);

    private static readonly Mapping s_unknown = new(new Ipv4Endpoint(Addresses.Gateway, 6_000), Alice with { Port = 6_000 });

    private static readonly byte[] Hello = Messages.Flap(1, Messages.U32(1));

    private readonly List<bool> _released = [];
    private LateTranslator _translator = new();
    private StringWriter _log = new();
    private Engine _engine = new(new EngineOptions());
    private EffectRunner? _effects;
    private Ipv4Address _own;
    private uint _sent;
    private long _now;

    [SetUp]
    public void Sign_on()
    {
        (_translator, _log, _own, _sent, _now) = (new LateTranslator(), new StringWriter(), Addresses.Gateway, 1_000, EngineOptions.Second);
        _released.Clear();
        Use(configured: null);
    }

    [TearDown]
    public void Close()
    {
        _translator.Dispose();
        _log.Dispose();
    }

    [Test]
    public void An_offer_waits_for_the_answer_and_leaves_with_the_public_address()
    {
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Assert.That((_released.Count, _effects!.AwaitsAnswer), Is.EqualTo((0, true)));
        Answer(installed: true);
        Assert.That((_released, _effects.AwaitsAnswer), Is.EqualTo((new List<bool> { true }, false)));
    }

    [Test]
    public void An_offer_whose_mapping_is_refused_leaves_as_it_is_and_the_log_says_why()
    {
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: false);
        Assert.That(_released, Is.EqualTo(new[] { false }));
        Assert.That(_log.ToString(), Does.Contain("203.0.113.7:6000 -> 192.168.7.10:6000 could not be opened, so the offer stays as it is: no."));
    }

    [Test]
    public void Of_a_mapping_that_was_closed_and_opened_again_only_the_last_answer_counts()
    {
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Wait(EngineOptions.Second);
        Assert.That(_released, Is.EqualTo(new[] { false }), "it waited long enough");
        Say(Messages.Cancel());
        Say(Messages.Offer(Addresses.Alice, 6_000, cookie: 2));
        Assert.That(_translator.Asked.Select(text => text[0]), Is.EqualTo("+<-+"), "nobody was told to go anywhere but inside");
        Answer(installed: true);
        Assert.That(_released, Has.Count.EqualTo(1), "that was the answer to the first");
        Answer(installed: false);
        Assert.That(_released, Is.EqualTo(new[] { false, false }));
    }

    [Test]
    public void Behind_another_NAT_the_gateways_own_address_is_mapped_and_the_outermost_one_advertised()
    {
        Use(configured: Addresses.Parse("192.0.2.1"));
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Assert.That(_translator.Asked, Is.EqualTo(new[] { "+ 203.0.113.7:6000 -> 192.168.7.10:6000" }));
        Assert.That(_released, Is.EqualTo(new[] { true }));
        Say(Messages.Cancel());
        Assert.That(_translator.Asked[^1], Is.EqualTo("- 203.0.113.7:6000 -> 192.168.7.10:6000"));
    }

    [Test]
    public void Whether_neighbours_are_let_in_is_said_of_the_end_that_is_mapped()
    {
        Use(configured: Addresses.Parse("192.0.2.1"));
        byte[] late = Messages.Offer(Addresses.Alice, 6_000, cookie: 2);
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Say(late[..95]);
        Wait(2 * EngineOptions.Second);
        Say(late[95..]);
        Say(Messages.Cancel(2));
        const string Mapped = "203.0.113.7:6000 -> 192.168.7.10:6000";
        Assert.That(_translator.Asked, Is.EqualTo(new[] { $"+ {Mapped}", $"< {Mapped}", $"> {Mapped}" }));
    }

    [Test]
    public void An_offer_of_somebody_elses_address_is_logged_with_both_addresses()
    {
        Say(Messages.Offer(Addresses.Dave, 6_000));
        Assert.That(_log.ToString(), Does.Contain("stays as it is: it names 192.168.7.20, which is not its sender's address, 192.168.7.10 (address-foreign)."));
    }

    [Test]
    public void Where_the_kernel_has_forgotten_the_connection_nothing_is_mapped()
    {
        Use(configured: Addresses.Parse("192.0.2.1"));
        _own = default;
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Assert.That((_translator.Asked.Count, _effects!.AwaitsAnswer), Is.EqualTo((0, false)));
        Assert.That(_log.ToString(), Does.Contain("nothing is known of the connection any more"));
    }

    [TestCase("198.51.100.6:5191", "! 198.51.100.6:5191", 0)]
    [TestCase("a..b:5191", null, 1)]
    [TestCase("..:5191", null, 1)]
    public void The_next_server_is_watched_and_what_is_no_hosts_name_is_counted(string server, string? asked, int refused)
    {
        Refer(server);
        Assert.That(_translator.Asked.SingleOrDefault(), Is.EqualTo(asked));
        Assert.That(_engine.Reasons[Reason.ServerNotResolved], Is.EqualTo(refused));
    }

    [Test]
    public void A_client_hears_of_its_next_server_once_that_is_watched()
    {
        Refer("198.51.100.6:5191");
        Assert.That((_released.Count, _effects!.AwaitsAnswer), Is.EqualTo((0, true)));
        _translator.AnswerServer();
        Wait(1);
        Assert.That((_released, _effects.AwaitsAnswer), Is.EqualTo((new List<bool> { false }, false)));
        Refer("198.51.100.7:5191", isSecond: true);
        Assert.That(_released, Has.Count.EqualTo(1));
        Wait(EngineOptions.Second);
        Assert.That(_released, Has.Count.EqualTo(2), "and after a second in any case");
    }

    [Test]
    public void A_peer_that_the_translator_took_is_let_in_while_the_offer_waits_and_after_it_nobody_else()
    {
        Assert.That(Ask(PeerStep.Arrived, Addresses.Bob), Is.False, "before there is an offer");
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Assert.That((Ask(PeerStep.Arrived, Addresses.Bob), Ask(PeerStep.Arrived, Addresses.Dave)), Is.EqualTo((true, true)));
        Assert.That(_log.ToString(), Does.Not.Contain("connected to"));
        Assert.That((Ask(PeerStep.Connected, Addresses.Bob), Ask(PeerStep.Connected, Addresses.Dave)), Is.EqualTo((true, false)));
        Assert.That(_log.ToString(), Does.Contain("192.168.7.10's Direct IM to bob: 198.51.100.77 connected to 203.0.113.7:6000 (connected)."));
        Assert.That((Ask(PeerStep.Arrived, Addresses.Dave), Ask(PeerStep.Arrived, Addresses.Bob)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Behind_another_NAT_peers_are_let_in_too()
    {
        Use(configured: Addresses.Parse("192.0.2.1"));
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Assert.That(Ask(PeerStep.Arrived, Addresses.Bob), Is.True);
    }

    [TestCase(PeerPath.ForwardRules, " gets no answer: most likely the firewall's forward rules drop it")]
    [TestCase(PeerPath.Translation, " gets no answer: most likely the LAN host's own firewall drops it")]
    [TestCase(PeerPath.Relay, " was taken here, but the LAN host gives no answer")]
    public void A_LAN_host_that_does_not_answer_is_a_line_in_the_log_that_says_who_may_be_to_blame(PeerPath path, string blame)
    {
        _translator.PeerPath = path;
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Ask(PeerStep.Unanswered, Addresses.Bob);
        Assert.That(_log.ToString(), Does.Contain("WARNING: 198.51.100.77's connect to 203.0.113.7:6000 -> 192.168.7.10:6000" + blame));
    }

    [Test]
    public void Of_a_peer_that_connects_twice_to_a_LAN_host_that_is_silent_there_is_one_line()
    {
        _translator.PeerPath = PeerPath.Relay;
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Ask(PeerStep.Unanswered, Addresses.Bob);
        Ask(PeerStep.Unanswered, Addresses.Bob);
        Ask(PeerStep.Unanswered, Addresses.Dave);
        Assert.That(_log.ToString().Split("WARNING: "), Has.Length.EqualTo(3));
        Assert.That(_engine.Reasons[Reason.BlockedByFirewall], Is.EqualTo(3), "all are counted");
    }

    [TestCase(PeerPath.Relay, false, "input")]
    [TestCase(PeerPath.ForwardRules, true, "forward")]
    [TestCase(PeerPath.ForwardRules, false, null)]
    public void An_offer_to_which_nobody_came_says_which_rules_may_have_kept_the_peer_away(object path, bool listens, string? rules)
    {
        _translator.PeerPath = (PeerPath)path;
        Use(configured: null, listens: listens);
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Wait(601 * EngineOptions.Second);
        Assert.That(_log.ToString(), Does.Contain("nobody came in time (expired)"));
        Assert.That(_log.ToString().Contains("nobody came to that port: if the peer tried, this gateway's", StringComparison.Ordinal), Is.EqualTo(rules is not null));
        Assert.That(rules is null || _log.ToString().Contains($"this gateway's {rules} rules may drop such connects", StringComparison.Ordinal), Is.True);
    }

    [Test]
    public void Where_a_relay_has_seen_the_peer_or_the_offer_was_cancelled_no_rules_are_blamed()
    {
        _translator.PeerPath = PeerPath.Relay;
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Ask(PeerStep.Arrived, Addresses.Bob);
        Wait(601 * EngineOptions.Second);
        Say(Messages.Offer(Addresses.Alice, 6_000, cookie: 2));
        Answer(installed: true);
        Say(Messages.Cancel(cookie: 2));
        Assert.That(_log.ToString(), Does.Contain("it was cancelled").And.Not.Contain("input rules"));
    }

    [TestCase(false, false, "its offers will say 203.0.113.7", ": opened 203.0.113.7:6000")]
    [TestCase(false, true, "its offers would say 203.0.113.7", ": would open 203.0.113.7:6000 -> 192.168.7.10:6000, and the offer would say so")]
    [TestCase(true, false, "its offers stay as they are, and the ports that they name are opened at 203.0.113.7", ": opened 203.0.113.7:6000")]
    [TestCase(true, true, "its offers stay as they are, and the ports that they name would be opened at 203.0.113.7", ": would open 203.0.113.7:6000")]
    public void In_each_mode_the_log_says_what_is_done_in_that_mode(bool listens, bool isDryRun, string recognised, string opened)
    {
        _log.GetStringBuilder().Clear();
        Use(configured: null, listens, isDryRun);
        Say(Messages.Offer(Addresses.Alice, 6_000));
        Answer(installed: true);
        Say(Messages.Cancel());
        Assert.That(_log.ToString(), Does.Contain(recognised).And.Contain(opened).And.Contain(isDryRun ? ": would close 203.0.113.7:6000" : ": closed 203.0.113.7:6000"));
        Assert.That(_log.ToString().Contains("now says so", StringComparison.Ordinal), Is.EqualTo(!listens && !isDryRun));
    }

    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        address = _own;
        return !_own.IsZero;
    }

    /// <inheritdoc/>
    public bool TryAllowTranslation(FlowKey flow) => true;

    /// <inheritdoc/>
    void IReleases.Release(in Effect release) => _released.Add(release.Edited);

    /// <summary>An engine whose client has signed on.</summary>
    private void Use(Ipv4Address? configured, bool listens = false, bool isDryRun = false)
    {
        var log = new EventLog(_log, showsTime: false);
        _engine = new Engine(new EngineOptions { AnswersServers = true, ListensOnly = listens });
        _effects = new EffectRunner(_engine, _translator, new PublicAddresses(configured, this, log), new ServerNames(() => { }), log) { IsDryRun = isDryRun };
        _sent = 1_000;
        Send(Direction.Outbound, 999, 0, TcpFlags.Syn, []);
        Send(Direction.Inbound, 4_999, 1_000, TcpFlags.Syn | TcpFlags.Ack, []);
        Send(Direction.Inbound, 5_000, 1_000, TcpFlags.Ack, Hello);
        Say(Hello);
    }

    /// <summary>The server says where to go next.</summary>
    private void Refer(string server, bool isSecond = false)
    {
        byte[] reply = Messages.Snac(
            1, 5, 9, Messages.Tlv(0x000D, Messages.U16(0x18)), Messages.Tlv(0x0005, Encoding.ASCII.GetBytes(server)), Messages.Tlv(0x0006, [1, 2, 3, 4]));
        Send(Direction.Inbound, 5_000 + (uint)Hello.Length + (isSecond ? (uint)reply.Length : 0), _sent, TcpFlags.Ack, reply);
    }

    private void Say(byte[] bytes)
    {
        Send(Direction.Outbound, _sent, 5_000 + (uint)Hello.Length, TcpFlags.Ack, bytes);
        _sent += (uint)bytes.Length;
    }

    private void Send(Direction direction, uint sequence, uint acknowledgement, TcpFlags flags, byte[] payload)
    {
        bool outbound = direction == Direction.Outbound;
        byte[] packet = new TcpPacket(outbound ? Alice : Server, outbound ? Server : Alice, sequence, acknowledgement, flags, payload).Build();
        _engine.Process(packet, direction, packetId: sequence, ++_now);
        _effects!.CarryOut(this, _now);
    }

    /// <summary>Reports what became of a peer's connect, and answers whether it may go on.</summary>
    private bool Ask(PeerStep step, Ipv4Address peer)
    {
        var report = new PeerReport(step, _translator.Last.Lan.Port == 0 ? s_unknown : _translator.Last, new Ipv4Endpoint(peer, 50_000));
        _translator.Peers.Enqueue(report);
        Wait(1);
        return report.IsAdmitted is { IsCompleted: true, Result: true };
    }

    private void Answer(bool installed)
    {
        _translator.Answer(installed);
        Wait(1);
    }

    private void Wait(long nanoseconds)
    {
        _now += nanoseconds;
        _engine.Advance(_now);
        _effects!.CarryOut(this, _now);
    }
}
