using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Alg;

/// <summary>
/// The helper itself: packets in, effects out. It does no I/O, owns no clock and no thread, and never throws on bytes from
/// a network. For every packet: <see cref="Advance"/>, <see cref="Process"/>, then take all effects and carry them out in
/// order, then apply the verdict. Not thread-safe: one engine, one thread.
/// </summary>
public sealed partial class Engine
{
    /// <summary>Later times count as this one, so that no deadline overflows.</summary>
    internal const long EndOfTime = long.MaxValue / 2;

    private readonly EffectQueue _effects;
    private readonly HoldPool _holds;
    private readonly FlowTable _flows;
    private readonly GuardedFlows _guarded;
    private readonly OfferBook _offers;
    private readonly PeerWatch _peers;
    private readonly SessionContext _context;
    private readonly FlowLifecycle _lifecycle;
    private readonly FlowTracker _tracker;
    private readonly FlowTranslation _translation;
    private readonly LostTranslations _lost;
    private readonly bool _changesLengths;
    private long _now = long.MinValue;

    /// <summary>Makes an engine without flows.</summary>
    /// <param name="options">Limits and addresses.</param>
    public Engine(EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        _holds = new HoldPool(options);
        _effects = new EffectQueue(_holds);
        _flows = new FlowTable(options);
        _guarded = new GuardedFlows(options);
        _offers = new OfferBook(options, Reasons, _effects);
        Admission = new PeerAdmission(options, _offers, Reasons, _effects);
        _peers = new PeerWatch(options, _offers, Admission, Reasons);
        _context = new SessionContext(options, _offers, _guarded, Reasons, _effects);
        var resumption = new Resumption(options, _context, _effects);
        var sequencer = new Sequencer(options, _context, _holds, _effects, resumption, new SegmentTranslator());
        _lifecycle = new FlowLifecycle(options, _flows, _guarded, _effects, _context, sequencer);
        _translation = new FlowTranslation(options, _flows, _effects);
        _lost = new LostTranslations(_effects);
        _changesLengths = options.Protocols.Any(protocol => protocol.ChangesLengths);
        _tracker = new FlowTracker(options, _flows, _context, sequencer, resumption, _lifecycle);
    }

    /// <summary>Limits and addresses.</summary>
    public EngineOptions Options { get; }

    /// <summary>How often each reason fell.</summary>
    public ReasonCounters Reasons { get; } = new();

    /// <summary>How many flows are followed.</summary>
    public int FlowCount => _flows.Count;

    /// <summary>How many mappings there are.</summary>
    public int MappingCount => _offers.Mappings.Count;

    /// <summary>When the next timer may fire; <see cref="long.MaxValue"/> if none runs.</summary>
    public long NextDeadline => Math.Min(_holds.NextDeadline, Math.Min(_offers.NextDeadline, _flows.NextDeadline));

    /// <summary>How many packets are kept: those that wait, and copies of those that went on behind a gap.</summary>
    public int KeptCount => _holds.Count;

    /// <summary>
    /// What is to be remembered of the connection whose packet was processed last. A packet that tells nothing changes nothing:
    /// then it is what came in with it.
    /// </summary>
    public FlowStanding Standing { get; private set; }

    /// <summary>The offers that have a mapping, in no order; valid until the next call of the engine.</summary>
    public ReadOnlySpan<Offer> PendingOffers => _offers.Pending;

    /// <summary>The mappings there are.</summary>
    internal MappingTable Mappings => _offers.Mappings;

    /// <summary>Which peers may use them.</summary>
    internal PeerAdmission Admission { get; }

    /// <summary>What leaves instead of the packet that was processed last, if its verdict is <see cref="Verdict.ForwardResized"/>.</summary>
    public Span<byte> Output => _translation.Output;

    /// <summary>Looks at one packet.</summary>
    /// <param name="packet">An IPv4 datagram, which may be followed by padding. Edits are made in place.</param>
    /// <param name="direction">Which way it crosses the gateway.</param>
    /// <param name="packetId">The caller's id, named again when a held packet is released.</param>
    /// <param name="now">Nanoseconds on the caller's clock; a clock that runs backwards stands still here.</param>
    /// <param name="standing">What the caller remembers of the connection; none if it never remembers anything.</param>
    /// <returns>What to do with it, once all effects are carried out.</returns>
    public Verdict Process(
        Span<byte> packet, Direction direction, long packetId, long now, FlowStanding standing = FlowStanding.None)
    {
        BeginEvent(now);
        Standing = standing;
        if (!Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out Reason reason))
        {
            return Pass(reason);
        }

        if (ip.IsFragment)
        {
            return Pass(Reason.Fragment);
        }

        if (ip.Protocol != Ipv4Packet.Tcp)
        {
            return _translation.TryTranslateError(ip, direction) ? Verdict.ForwardEdited : Pass(Reason.NotTcp);
        }

        if (!TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out reason))
        {
            return Pass(reason);
        }

        if (!ip.IsHeaderChecksumValid)
        {
            return Pass(Reason.WrongIpChecksum);
        }

        ChecksumState checksum = tcp.GetChecksumState(ip.Source, ip.Destination);
        if (checksum == ChecksumState.Wrong)
        {
            return Pass(Reason.WrongTcpChecksum);
        }

        var source = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var destination = new Ipv4Endpoint(ip.Destination, tcp.DestinationPort);
        FlowKey key = direction == Direction.Outbound ? new FlowKey(source, destination) : new FlowKey(destination, source);
        bool opens = (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;
        if (standing == FlowStanding.Peer)
        {
            return TakePeer(key, direction, tcp, opens);
        }

        bool begins = opens && direction == Direction.Outbound;
        bool isAnswer = direction == Direction.Inbound && (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == (TcpFlags.Syn | TcpFlags.Ack);
        bool resumes = standing == FlowStanding.Verified && (tcp.Flags & (TcpFlags.Syn | TcpFlags.Rst)) == 0;
        Flow? flow = _flows.Find(key);
        bool isLeft = flow is null && IsLeft(key, standing);
        if (flow is not null && isAnswer)
        {
            flow = _lifecycle.Replace(flow, tcp.Acknowledgement, standing, _now);
        }
        else if (isLeft && isAnswer)
        {
            flow = _lifecycle.Succeed(key, tcp.Acknowledgement, standing, _now);
        }
        else if (isLeft && begins)
        {
            // Anybody may write its address: what the old connection's ends say is no part of a new one before the server has answered.
            _lifecycle.NoteReuse(key, tcp.Sequence);
            return Pass(Reason.TranslationLost);
        }
        else if (begins)
        {
            flow = _lifecycle.Open(key, tcp.Sequence, standing, _now);
        }
        else if (flow is null && resumes && !isLeft)
        {
            flow = _lifecycle.Resume(key, _now);
        }

        if (flow is not null)
        {
            Verdict verdict = _tracker.Take(flow, direction, ip, tcp, checksum, packetId, _now);
            if (_changesLengths)
            {
                verdict = _translation.Take(flow, direction, ip, tcp, verdict);
            }

            Standing = flow.Standing;
            return verdict;
        }

        if (isLeft)
        {
            Reasons.Count(Reason.TranslationLost);
            Standing = FlowStanding.Lost;
            if ((tcp.Flags & TcpFlags.Rst) != 0)
            {
                return Verdict.Drop;
            }

            _lost.Ask(key, direction, ip, tcp, _now);
            return Verdict.Reset;
        }

        if (begins)
        {
            Standing = FlowStanding.Done;
            return Pass(Reason.FlowTableFull);
        }

        if (resumes)
        {
            return Pass(Reason.FlowTableFull);
        }

        if (standing == FlowStanding.Watched)
        {
            // Older than this engine, or forgotten by it: it will never be read.
            Standing = FlowStanding.Done;
            _effects.Add(new Effect { Kind = EffectKind.FlowDone, Reason = Reason.MidStream, Time = _now, Flow = key });
        }

        Reasons.Count(opens ? Reason.FromOutside : Reason.MidStream);
        if (_offers.Mappings.Count > 0)
        {
            _peers.Observe(key, direction, tcp, _now, isRemembered: false);
        }

        return Verdict.Forward;
    }

    /// <summary>Says what a flow's LAN address becomes beyond the gateway. Mappings that it has already stay as they are.</summary>
    /// <param name="key">The flow of an <see cref="EffectKind.FlowRecognised"/> effect, if it is still followed.</param>
    /// <param name="address">The address; the LAN host's own if it is not translated, 0.0.0.0 if it is not known.</param>
    /// <param name="host">
    /// Whose connection it is, if packets are given to the engine where they are translated already; null if the flow itself says that.
    /// </param>
    public void SetPublicAddress(FlowKey key, Ipv4Address address, Ipv4Address? host = null)
    {
        if (_flows.Find(key) is { } flow)
        {
            flow.PublicAddress = address;
            flow.Host = host ?? key.Lan.Address;
        }
    }

    /// <summary>Says whether the translator installed a mapping; the packets that waited for it follow as effects.</summary>
    /// <param name="mapping">The mapping of an <see cref="EffectKind.OpenMapping"/> effect.</param>
    /// <param name="installed">False if it could not be installed: the offer then passes unchanged.</param>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void AnswerMapping(Mapping mapping, bool installed, long now)
    {
        SetClock(now);
        if (installed && _offers.Mappings.FindByPublic(mapping.Public) is { } entry && entry.Mapping == mapping)
        {
            _offers.NoteInstalled(entry);
        }

        while (_context.TryTakeAwaited(mapping, out AwaitedOffer awaited))
        {
            if (!installed)
            {
                // No mapping, no rewrite.
                awaited.Side.TakeBack(awaited.From, awaited.To);
            }

            if (awaited.IsCurrent)
            {
                if (installed)
                {
                    _offers.Confirm(awaited.Offer, awaited.Reason, _now);
                }
                else
                {
                    _offers.Close(awaited.Offer, Reason.MappingRefused, _now);
                }
            }

            _tracker.Settle(awaited.Flow, awaited.Side, _now);
        }
    }

    /// <summary>Says that a server is watched, or cannot be: what named it goes on.</summary>
    /// <param name="server">The server of an <see cref="EffectKind.ExpectServer"/> effect.</param>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void AnswerServer(ExpectedServer server, long now)
    {
        SetClock(now);
        if (_context.TryTakeAwaited(server, out AwaitedServer awaited))
        {
            _tracker.Settle(awaited.Flow, awaited.Side, _now);
        }
    }

    /// <summary>
    /// Says that packets may have gone by unseen, as while rules were missing: a hole in what a flow's ends say will not be filled,
    /// and nothing waits for that.
    /// </summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void NoteUnseen(long now)
    {
        BeginEvent(now);
        foreach (Flow flow in _flows.All)
        {
            // What the guard stopped is sent again.
            if (!_guarded.Contains(flow.Key))
            {
                _tracker.NoteUnseen(flow, _now);
            }
        }
    }

    /// <summary>Fires every timer that is due, each at its own time.</summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void Advance(long now)
    {
        now = Math.Min(now, EndOfTime);
        while (NextDeadline is var due && due <= now)
        {
            BeginEvent(due);
            if (_holds.NextDeadline <= _now)
            {
                _tracker.ExpireHold(_holds.FirstWaiting!, _now);
            }
            else if (_offers.NextDeadline <= _now)
            {
                _offers.Fire(_now);
            }
            else if (_flows.TimedOut(_now) is { } flow)
            {
                _lifecycle.Forget(flow, flow.IsOver ? Reason.None : Reason.Idle, _now);
            }
        }

        SetClock(now);
    }

    /// <summary>Releases everything held, undecided bytes unchanged, as a shutdown or the end of a recording needs it.</summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void ReleaseAll(long now)
    {
        BeginEvent(now);
        while (_holds.FirstWaiting is { } held)
        {
            _tracker.ReleaseWaiting(held, Reason.Flushed, _now);
        }
    }

    /// <summary>
    /// Resets the connections whose lengths were changed, as a shutdown needs it: without this engine their ends would take what
    /// comes for other bytes. Both ends are told.
    /// </summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void ResetTranslated(long now)
    {
        BeginEvent(now);
        _translation.Reset(_now);
    }

    /// <summary>Takes the next effect; false if there is none.</summary>
    /// <param name="effect">The effect.</param>
    public bool TryTakeEffect(out Effect effect) => _effects.TryTake(out effect);

    /// <summary>True if an engine that is gone changed the lengths of a connection, which this one does not follow.</summary>
    private bool IsLeft(FlowKey key, FlowStanding standing) => standing == FlowStanding.Translated || _guarded.Contains(key);

    /// <summary>
    /// A packet of a peer's connection to a mapped host. Where the caller remembers who has connected, nobody else passes whom no
    /// mapping admits: it was closed since, or an engine before this one had it.
    /// </summary>
    private Verdict TakePeer(FlowKey key, Direction direction, TcpSegment tcp, bool opens)
    {
        if (opens && direction == Direction.Inbound)
        {
            Reason refusal = Options.ListensOnly ? Reason.None : Admission.TryAdmit(key.Lan, key.Remote.Address);
            if (refusal == Reason.MappingTaken || (refusal != Reason.None && Options.KeepsStandings))
            {
                Reasons.Count(refusal);
                return Verdict.Drop;
            }

            Reasons.Count(Reason.FromOutside);
        }

        PeerProgress progress = _peers.Observe(key, direction, tcp, _now, Options.KeepsStandings);
        if (progress == PeerProgress.Complete)
        {
            Standing = FlowStanding.Done;
        }

        return progress == PeerProgress.Refused ? Verdict.Drop : Verdict.Forward;
    }

    private Verdict Pass(Reason reason)
    {
        Reasons.Count(reason);
        return Verdict.Forward;
    }

    private void SetClock(long now) => _now = Math.Max(_now, Math.Min(now, EndOfTime));

    private void BeginEvent(long now)
    {
        SetClock(now);
        _tracker.BeginEvent();
        if (_effects.IsEmpty)
        {
            _offers.Recycle();
        }
    }
}
