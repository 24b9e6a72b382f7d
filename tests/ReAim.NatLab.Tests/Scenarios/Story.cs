using ReAim.Alg;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>Plays a plan and judges how it went.</summary>
internal sealed class Story
{
    private const long Promptly = 3 * Simulation.Second / 2;
    private readonly StoryPlan _plan;
    private readonly AimClient _alice;
    private readonly AimClient _bob;

    public Story(StoryPlan plan, Machine machine = Machine.Plain)
    {
        _plan = plan;
        Internet = new Internet(plan.Seed, plan.Server) { Machine = machine };
        _alice = Place("alice", plan.AlicePlace, "203.0.113.7", "192.168.7", null);
        _bob = Place("bob", plan.BobPlace, "203.0.113.8", "192.168.9", LanOfAlice);
        _alice.OwnAddress = plan.SaysLoopback ? new(0x7F00_0001) : _alice.OwnAddress;
        _bob.Answer = plan.Answer;
        _alice.NoDelay = plan.NoDelay;
    }

    public Internet Internet { get; }

    private Lan? LanOfAlice { get; set; }

    private IGateway? HelperOfAlice => _plan.AlicePlace is Scenarios.Place.Helped or Scenarios.Place.Walled ? LanOfAlice!.Gateway : null;

    /// <summary>
    /// True if Bob is a neighbour whose connects to the public address are turned back by nobody: what he connects to within the LAN is
    /// not seen.
    /// </summary>
    private bool IsTurnedAway => _plan.BobPlace == Scenarios.Place.Neighbour && HelperOfAlice is { Hairpins: false };

    public void Play()
    {
        Internet.SignOn(_plan.IsRough ? 3 : 1);
        BosSession aliceAtServer = Internet.Server.Find("alice")!;
        BosSession bobAtServer = Internet.Server.Find("bob")!;
        for (int i = 0; i < _plan.InstantMessages; i++)
        {
            _alice.SendIm("bob", new string('x', (i * 37) + 1));
        }

        Internet.Simulation.Run(_plan.OffersAfterAPause ? 3 * Simulation.Second : 0);
        List<RendezvousSession> sessions = Offer();
        if (_plan.Cancels)
        {
            Internet.Simulation.Run(_bob.AnswerDelay / 2);
            sessions.ForEach(_alice.Cancel);
        }

        Assert.That(Internet.RunToEnd([.. sessions]), $"over: {Tell(sessions)}");
        sessions.ForEach(Judge);
        AssertInstantMessagesPass();
        AssertMappingsAreGone(sessions);
        JudgeFrames(aliceAtServer, bobAtServer);
        Internet.AssertNothingIsLeftBehind();
        Assert.That(Internet.Gateways.Select(gateway => gateway.LongestHold), Is.All.LessThanOrEqualTo(Simulation.Second), "the longest hold");
    }

    /// <summary>
    /// True if it failed after both ends had connected, over links that lose packets: one in some ten thousand loses the same segment, or
    /// what acknowledges it, so often that a client gives up. Were packets dropped by anything else, many more would.
    /// </summary>
    public bool IsBadLuck { get; private set; }

    /// <summary>What arrived is what was sent, but for what the gateways say they changed, however often it had to be sent.</summary>
    private void JudgeFrames(BosSession aliceAtServer, BosSession bobAtServer)
    {
        int fromAlice = FrameJudge.AssertSame(_alice.LastStream!.Sent, aliceAtServer.Stream.Received, Direction.Outbound, "alice to server");
        int toAlice = FrameJudge.AssertSame(aliceAtServer.Stream.Sent, _alice.LastStream.Received, Direction.Inbound, "server to alice");
        int fromBob = FrameJudge.AssertSame(_bob.LastStream!.Sent, bobAtServer.Stream.Received, Direction.Outbound, "bob to server");
        int toBob = FrameJudge.AssertSame(bobAtServer.Stream.Sent, _bob.LastStream.Received, Direction.Inbound, "server to bob");
        int rewritten = (int)Internet.Gateways.Sum(gateway => gateway.Count(Reason.OfferRewritten));

        // An offer that is cancelled in the segment that completes it leaves rewritten, but nobody counts it any more.
        Assert.That(fromAlice + fromBob, _plan.Cancels ? Is.GreaterThanOrEqualTo(rewritten) : Is.EqualTo(rewritten), "offers rewritten");
        Assert.That(toAlice + toBob, Is.EqualTo(Internet.Gateways.Sum(gateway => gateway.Count(Reason.OfferTranslatedBack))), "offers translated back");
    }

    private List<RendezvousSession> Offer()
    {
        var sessions = new List<RendezvousSession>();
        _alice.CutNextOfferAt = _plan.CutAt;
        if (_plan.FileLength > 0)
        {
            sessions.Add(_alice.OfferFile("bob", Internet.Simulation.Random.Bytes(_plan.FileLength)));
        }

        if (_plan.Messages.Length > 0)
        {
            sessions.Add(_alice.OfferDirectIm("bob", _plan.Messages));
        }

        return sessions;
    }

    private void Judge(RendezvousSession session)
    {
        RendezvousSession? other = Internet.OtherEnd(session);
        string told = $"{session} | {other}";
        if (!session.Succeeded || other is not { Succeeded: true })
        {
            // A client that must redirect or go to the proxy over a bad link may run out of patience; a helped one never did.
            bool mayFail = _plan.IsRough && _plan.Expected != SessionOutcome.Direct;
            IsBadLuck = _plan.IsRough && other is not null && (session.Stage, other.Stage) == (SessionOutcome.Direct, SessionOutcome.Direct);
            Assert.That(_plan.Cancels || _plan.Answer == AnswerPolicy.Decline || mayFail, $"nobody wanted it to fail: {told}");
            IsBadLuck = false;
            return;
        }

        Assert.That(other.Received.Hash, Is.EqualTo(session.Sent.Hash), $"what alice sent: {told}");
        Assert.That(session.Received.Hash, Is.EqualTo(other.Sent.Hash), $"what bob sent: {told}");
        // What leaves too late to be rewritten keeps its port, and then there must be one to keep.
        bool tooLate = _plan.PortsTaken && HelperOfAlice?.Count(Reason.PortTaken) > 0;
        if (_plan.IsRough || tooLate)
        {
            return;
        }

        Assert.That((session.Outcome, other.Outcome), Is.EqualTo((_plan.Expected, _plan.Expected)), told);
        bool late = HelperOfAlice?.Count(Reason.OfferLate) > 0;
        bool mayBeLate = !_plan.NoDelay && !_plan.AliceHost.TailLossProbe;
        Assert.That(!late || mayBeLate, $"in time: {told}");
        if (_plan.AlicePlace == Scenarios.Place.Helped && !late)
        {
            Assert.That(other.ConnectedAtFirstAttempt, $"at the first attempt: {told}");
            Assert.That(other.ConnectedAt - other.OfferedAt - _bob.AnswerDelay < Promptly, $"promptly: {told}");
        }
    }

    private void AssertInstantMessagesPass()
    {
        _alice.SendIm("bob", "good night");
        _bob.SendIm("alice", "good night");
        Assert.That(
            Internet.Simulation.RunUntil(() => _bob.ReceivedIms.Count == _plan.InstantMessages + 1 && _alice.ReceivedIms.Count == 1, 60 * Simulation.Second),
            $"plain IM goes on: {_bob.ReceivedIms.Count} of {_plan.InstantMessages + 1}, {_alice.ReceivedIms.Count} of 1");
    }

    /// <summary>
    /// What was connected, cancelled or declined keeps no mapping beyond the peer's grace; but a cancel that passed the gateway
    /// before the counter-offer that it meets inside cannot be told from one that means nothing here.
    /// </summary>
    private void AssertMappingsAreGone(List<RendezvousSession> sessions)
    {
        if (sessions.TrueForAll(session => session.Outcome is not SessionOutcome.Failed))
        {
            Internet.Simulation.Run(35 * Simulation.Second);
            Assert.That(
                IsTurnedAway ? [] :
                Internet.Gateways.Where(gateway => !_plan.Cancels || gateway.Count(Reason.NoSuchOffer) == 0).Select(gateway => gateway.Engine.MappingCount),
                Is.All.Zero,
                $"mappings: {Tell(sessions)}");
        }
    }

    private string Tell(List<RendezvousSession> sessions) =>
        string.Join("; ", sessions.Select(session => $"{session} | {Internet.OtherEnd(session)}"));

    private AimClient Place(string name, Place place, string publicAddress, string network, Lan? neighbour)
    {
        bool isAlice = name == "alice";
        ClientStyle style = isAlice ? _plan.Alice : _plan.Bob;
        Tcp.HostOptions options = isAlice ? _plan.AliceHost : _plan.BobHost;
        switch (place)
        {
            case Scenarios.Place.Public:
                return Internet.AddPublic(name, publicAddress, style, options, _plan.Wan);
            case Scenarios.Place.Neighbour:
                return neighbour!.Add(name, 20, style, options, _plan.LanLink);
            default:
                var taken = new HashSet<ushort>(Enumerable.Range(5190, 101).Select(port => (ushort)port));
                Lan lan = Internet.AddLan(publicAddress, network, place != Scenarios.Place.Unhelped, _plan.Wan, _plan.PortsTaken ? limits => limits with { ReservedPorts = taken } : null);
                lan.Gateway.LetsConnectsIn = place != Scenarios.Place.Walled;
                LanOfAlice = isAlice ? lan : LanOfAlice;
                return lan.Add(name, 10, style, options, _plan.LanLink);
        }
    }
}
