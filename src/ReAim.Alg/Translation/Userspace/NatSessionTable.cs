using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation.Userspace;

/// <summary>
/// All translated connections, capped, found from either side. Whatever the two sides are, one connection has one session, so
/// that a mapping that closes takes none with it. When the table is full, closing and half-open ones make room, never an
/// established one.
/// </summary>
internal sealed class NatSessionTable(TranslatorOptions options, PortRegister ports, ReasonCounters reasons)
{
    private readonly Dictionary<FlowKey, NatSession> _byLan = [];
    private readonly Dictionary<FlowKey, NatSession> _byPublic = [];
    private readonly Stack<NatSession> _free = new();
    private readonly ActivityQueue<NatSession> _halfOpen = new(options.TransitoryTime);
    private readonly ActivityQueue<NatSession> _established = new(options.EstablishedTime);
    private readonly ActivityQueue<NatSession> _closing = new(options.TransitoryTime);

    /// <summary>How many there are.</summary>
    public int Count => _byLan.Count;

    /// <summary>All of them, in no order.</summary>
    public IReadOnlyCollection<NatSession> All => _byLan.Values;

    /// <summary>When the next one times out; <see cref="long.MaxValue"/> if none will.</summary>
    public long NextDeadline => Math.Min(_halfOpen.Deadline, Math.Min(_established.Deadline, _closing.Deadline));

    /// <summary>Finds a connection as the LAN sees it.</summary>
    public NatSession? FindByLan(FlowKey key) => _byLan.TryGetValue(key, out NatSession? session) ? session : null;

    /// <summary>Finds a connection as the other side sees it.</summary>
    public NatSession? FindByPublic(FlowKey key) => _byPublic.TryGetValue(key, out NatSession? session) ? session : null;

    /// <summary>
    /// Adds a connection; null if another one that is not over has the same ends on either side, if the port is another LAN
    /// end's, or if the table is full.
    /// </summary>
    public NatSession? TryOpen(Ipv4Endpoint lan, Ipv4Endpoint publicEnd, Ipv4Endpoint remote)
    {
        if (!TryMakeWay(FindByLan(new FlowKey(lan, remote)))
            || !TryMakeWay(FindByPublic(new FlowKey(publicEnd, remote)))
            || !ports.IsFreeFor(publicEnd.Port, lan))
        {
            reasons.Count(Reason.SessionConflict);
            return null;
        }

        if (_halfOpen.Count >= options.MaxHalfOpenSessions)
        {
            reasons.Count(Reason.HalfOpenLimit);
            Remove(_halfOpen.Oldest!);
        }

        if (Count >= options.MaxSessions)
        {
            reasons.Count(Reason.SessionLimit);
            if ((_closing.Oldest ?? _halfOpen.Oldest) is not { } surplus)
            {
                return null;
            }

            Remove(surplus);
        }

        NatSession session = _free.Count > 0 ? _free.Pop() : new NatSession();
        session.Begin(lan, publicEnd, remote);
        _byLan.Add(session.LanKey, session);
        _byPublic.Add(session.PublicKey, session);
        ports.Use(publicEnd.Port, lan);
        reasons.Count(Reason.SessionOpened);
        return session;
    }

    /// <summary>Notes a packet of a connection, or that its state changed.</summary>
    public void Touch(NatSession session, long now)
    {
        ActivityQueue<NatSession> queue = session.State switch
        {
            NatSessionState.HalfOpen => _halfOpen,
            NatSessionState.Established => _established,
            _ => _closing,
        };
        queue.Touch(session, now);
    }

    /// <summary>Removes what was silent for too long.</summary>
    public void Expire(long now)
    {
        while (NextDeadline is not long.MaxValue and var due && due <= now)
        {
            Remove(_halfOpen.Deadline <= now ? _halfOpen.Oldest! : _closing.Deadline <= now ? _closing.Oldest! : _established.Oldest!);
        }
    }

    /// <summary>Takes a connection out.</summary>
    public void Remove(NatSession session)
    {
        _byLan.Remove(session.LanKey);
        _byPublic.Remove(session.PublicKey);
        session.Queue?.Remove(session);
        ports.Release(session.Public.Port);
        _free.Push(session);
    }

    /// <summary>A connection that is over makes way for one with the same ends.</summary>
    private bool TryMakeWay(NatSession? other)
    {
        if (other is { State: NatSessionState.Closing })
        {
            Remove(other);
            return true;
        }

        return other is null;
    }
}
