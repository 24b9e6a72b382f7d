using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>
/// Applies an engine's mappings to packets, where no kernel does it: a peer's connect to the public address goes to the LAN
/// host, replies return from the public address, ICMP errors follow, and LAN hosts reach each other, and themselves, through
/// the public address (RFC 5382, RFC 5508). Only TCP and what speaks of it is translated.
/// </summary>
/// <remarks>
/// The engine sees LAN addresses, so it stands on the LAN's side of the translator. A packet that came from the LAN: first
/// <see cref="Engine.Process"/>, then, once it may go, <see cref="Outbound"/>. One that came from elsewhere: first
/// <see cref="Inbound"/>, then <see cref="Engine.Process"/>. A packet that <see cref="Outbound"/> turned back is one that came
/// from elsewhere. A mapping needs no installing: answer <see cref="EffectKind.OpenMapping"/> at once.
/// Nothing is allocated per packet, nothing throws, and one translator belongs to one engine and its thread.
/// </remarks>
public sealed class UserspaceTranslator
{
    private const TcpFlags StateFlags = TcpFlags.Syn | TcpFlags.Fin | TcpFlags.Rst;

    private readonly Engine _engine;
    private readonly TranslatorOptions _options;
    private readonly SourcePorts _ports;
    private readonly NatSessionTable _sessions;
    private long _now = long.MinValue;

    /// <summary>Makes a translator without sessions.</summary>
    /// <param name="engine">Whose mappings it applies, and whose counters it uses.</param>
    /// <param name="options">Limits.</param>
    public UserspaceTranslator(Engine engine, TranslatorOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        _engine = engine;
        _options = options ?? new TranslatorOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxSessions, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.MaxHalfOpenSessions, 1, nameof(options));
        _ports = new SourcePorts(engine.Options, _options, engine.Mappings);
        _sessions = new NatSessionTable(_options, engine.Mappings.Ports, engine.Reasons);
    }

    /// <summary>How many connections are translated.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>How many public ports these connections use.</summary>
    public int PortCount => _engine.Mappings.Ports.Count;

    /// <summary>When the next session times out; <see cref="long.MaxValue"/> if none will.</summary>
    public long NextDeadline => _sessions.NextDeadline;

    /// <summary>The connections, in no order.</summary>
    internal IReadOnlyCollection<NatSession> Sessions => _sessions.All;

    private Ipv4Address PublicAddress => _engine.Options.PublicAddress;

    /// <summary>The public address as packets here have it.</summary>
    private Ipv4Address LocalAddress => _options.LocalAddress ?? PublicAddress;

    /// <summary>Forgets connections that were silent for too long.</summary>
    /// <param name="now">Nanoseconds on the engine's clock.</param>
    public void Advance(long now)
    {
        _now = Math.Max(_now, Math.Min(now, Engine.EndOfTime));
        _sessions.Expire(_now);
    }

    /// <summary>Translates the source of a packet that leaves the LAN.</summary>
    /// <param name="packet">An IPv4 datagram, which may be followed by padding. Edited in place.</param>
    /// <param name="now">Nanoseconds on the engine's clock.</param>
    public TranslationVerdict Outbound(Span<byte> packet, long now)
    {
        Advance(now);
        if (!Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _) || ip.IsFragment)
        {
            return TranslationVerdict.Unchanged;
        }

        if (ip.Protocol == Ipv4Packet.Icmp)
        {
            return OutboundError(ip);
        }

        if (ip.Protocol != Ipv4Packet.Tcp || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _))
        {
            return TranslationVerdict.Unchanged;
        }

        var lan = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var remote = new Ipv4Endpoint(ip.Destination, tcp.DestinationPort);
        NatSession? session = _sessions.FindByLan(new FlowKey(lan, remote));
        if (IsNewConnect(session, ip, tcp))
        {
            session = OpenOutbound(lan, remote);
        }

        if (session is null)
        {
            return Untranslated(lan, remote);
        }

        Observe(session, ip, tcp, Direction.Outbound);
        ip.WriteTcpSourceAndChecksums(Here(session.Public));
        return Sent(ip);
    }

    /// <summary>Translates the destination of a packet that is for the public address.</summary>
    /// <param name="packet">An IPv4 datagram, which may be followed by padding. Edited in place.</param>
    /// <param name="now">Nanoseconds on the engine's clock.</param>
    public TranslationVerdict Inbound(Span<byte> packet, long now)
    {
        Advance(now);
        if (!Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _) || ip.IsFragment || ip.Destination != LocalAddress)
        {
            return TranslationVerdict.Unchanged;
        }

        if (ip.Protocol == Ipv4Packet.Icmp)
        {
            return InboundError(ip);
        }

        if (ip.Protocol != Ipv4Packet.Tcp || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _))
        {
            return TranslationVerdict.Unchanged;
        }

        var remote = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var publicEnd = new Ipv4Endpoint(PublicAddress, tcp.DestinationPort);
        NatSession? session = _sessions.FindByPublic(new FlowKey(publicEnd, remote));
        if (IsNewConnect(session, ip, tcp))
        {
            session = OpenInbound(publicEnd, remote);
        }
        else if (session is null)
        {
            _engine.Reasons.Count(Reason.NoSession);
        }
        else if (session is { IsPeers: true, State: NatSessionState.HalfOpen } && !tcp.Has(TcpFlags.Rst) && !IsAdmitted(publicEnd, remote, out _))
        {
            // Begun while an offer waited; somebody else has taken that since, or it is closed.
            session = null;
        }

        if (session is null)
        {
            return TranslationVerdict.Unchanged;
        }

        Observe(session, ip, tcp, Direction.Inbound);
        ip.WriteTcpDestinationAndChecksums(session.Lan);
        return TranslationVerdict.Translated;
    }

    /// <summary>True for a SYN of no connection, or of one that is over: its ends may be used again.</summary>
    private static bool IsNewConnect(NatSession? session, Ipv4Packet ip, TcpSegment tcp) =>
        (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn
        && session is null or { State: NatSessionState.Closing }
        && IsCounted(ip, tcp);

    /// <summary>Only a segment whose receiver will accept it changes any state here.</summary>
    private static bool IsCounted(Ipv4Packet ip, TcpSegment tcp) =>
        ip.IsHeaderChecksumValid && tcp.GetChecksumState(ip.Source, ip.Destination) != ChecksumState.Wrong;

    /// <summary>Where everything that leaves is translated, what cannot be must not leave with a LAN address.</summary>
    private TranslationVerdict Untranslated(Ipv4Endpoint lan, Ipv4Endpoint remote) =>
        _options.Masquerade && lan.Address != LocalAddress && remote.Address != LocalAddress
            ? TranslationVerdict.Refused
            : TranslationVerdict.Unchanged;

    private NatSession? OpenOutbound(Ipv4Endpoint lan, Ipv4Endpoint remote)
    {
        if (lan.Address == LocalAddress || !MayLeave(remote))
        {
            return null;
        }

        if (!_ports.TryChoose(lan, out Ipv4Endpoint publicEnd))
        {
            _engine.Reasons.Count(Reason.PoolExhausted);
            return null;
        }

        return _sessions.TryOpen(lan, publicEnd, remote);
    }

    /// <summary>A connect to the public address itself is translated only if a mapping leads it back to the LAN.</summary>
    private bool MayLeave(Ipv4Endpoint remote)
    {
        if (remote.Address != LocalAddress)
        {
            return _options.Masquerade;
        }

        Ipv4Endpoint end = remote with { Address = PublicAddress };
        Reason refusal = _engine.Mappings.FindByPublic(end) is { TurnsBack: false }
            ? Reason.NotTurnedBack
            : _engine.Admission.TryAdmit(end, PublicAddress, out _);
        if (refusal != Reason.None)
        {
            _engine.Reasons.Count(refusal);
        }

        return refusal == Reason.None;
    }

    /// <summary>A peer connects: the mapping must let it in, also where its last connection has the same ends.</summary>
    private NatSession? OpenInbound(Ipv4Endpoint publicEnd, Ipv4Endpoint remote)
    {
        NatSession? session = IsAdmitted(publicEnd, remote, out Mapping mapping) ? _sessions.TryOpen(mapping.Lan, publicEnd, remote) : null;
        session?.IsPeers = true;
        return session;
    }

    private bool IsAdmitted(Ipv4Endpoint publicEnd, Ipv4Endpoint remote, out Mapping mapping)
    {
        Reason refusal = _engine.Admission.TryAdmit(publicEnd, remote.Address, out mapping);
        if (refusal != Reason.None)
        {
            _engine.Reasons.Count(refusal);
        }

        return refusal == Reason.None;
    }

    private void Observe(NatSession session, Ipv4Packet ip, TcpSegment tcp, Direction direction)
    {
        TcpFlags flags = tcp.Flags;
        if (((flags & StateFlags) != 0 || session.State == NatSessionState.HalfOpen) && IsCounted(ip, tcp))
        {
            session.Observe(tcp, direction);
        }

        _sessions.Touch(session, _now);
    }

    private TranslationVerdict OutboundError(Ipv4Packet ip)
    {
        if (!IcmpError.TryParse(ip.Payload, out IcmpError error, out _)
            || error.QuotedSource.Address != ip.Destination
            || _sessions.FindByLan(new FlowKey(error.QuotedDestination, error.QuotedSource)) is not { } session)
        {
            return TranslationVerdict.Unchanged;
        }

        // An error ends no session (RFC 5382 REQ-10), and whoever in the LAN sent it, it comes from the gateway (RFC 5508 REQ-6).
        error.WriteQuotedDestinationAndChecksums(Here(session.Public));
        ip.WriteSourceAndChecksum(LocalAddress);
        return Sent(ip);
    }

    private TranslationVerdict InboundError(Ipv4Packet ip)
    {
        if (!IcmpError.TryParse(ip.Payload, out IcmpError error, out _))
        {
            return TranslationVerdict.Unchanged;
        }

        if (_sessions.FindByPublic(new FlowKey(error.QuotedSource with { Address = PublicAddress }, error.QuotedDestination)) is not { } session)
        {
            _engine.Reasons.Count(Reason.NoSession);
            return TranslationVerdict.Unchanged;
        }

        error.WriteQuotedSourceAndChecksums(session.Lan);
        ip.WriteDestinationAndChecksum(session.Lan.Address);
        return TranslationVerdict.Translated;
    }

    private Ipv4Endpoint Here(Ipv4Endpoint publicEnd) => publicEnd with { Address = LocalAddress };

    private TranslationVerdict Sent(Ipv4Packet ip) =>
        ip.Destination == LocalAddress ? TranslationVerdict.TurnedBack : TranslationVerdict.Translated;
}
