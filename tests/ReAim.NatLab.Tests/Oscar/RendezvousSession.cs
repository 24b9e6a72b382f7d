namespace ReAim.NatLab.Tests.Oscar;

/// <summary>Which side of an offer a client is.</summary>
internal enum SessionRole
{
    Proposer,
    Receiver,
}

/// <summary>What became of an offer.</summary>
internal enum SessionOutcome
{
    Pending,

    /// <summary>Connected where the first offer said.</summary>
    Direct,

    /// <summary>Connected where a counter-offer said.</summary>
    Redirected,

    /// <summary>Connected through the rendezvous proxy.</summary>
    Proxied,

    /// <summary>Nothing worked, or the stream broke.</summary>
    Failed,
    Cancelled,
    Declined,
}

/// <summary>A file transfer or a Direct IM as one of its two clients sees it.</summary>
internal sealed class RendezvousSession(ulong cookie, ushort capability, string peer, SessionRole role)
{
    private readonly TaskCompletionSource _completion = new();

    public ulong Cookie => cookie;

    /// <summary>1343 a file, 1345 a Direct IM.</summary>
    public ushort Capability => capability;

    public string Peer => peer;

    public SessionRole Role => role;

    public SessionOutcome Outcome { get; set; }

    /// <summary>Set as soon as the two ends know each other.</summary>
    public SessionOutcome Stage { get; set; }

    public ConnectedBy ConnectedBy { get; set; }

    /// <summary>True if the connection that serves is the first that this side tried or waited for. The receiver's word counts: it may have tried another address before.</summary>
    public bool ConnectedAtFirstAttempt { get; set; }

    /// <summary>The port in the client's latest proposal, or zero.</summary>
    public ushort ListenPort { get; set; }

    /// <summary>When the offer was sent or arrived, the peers were connected, all was over; nanoseconds of the simulation.</summary>
    public long OfferedAt { get; set; }

    public long? ConnectedAt { get; set; }

    public long? EndedAt { get; set; }

    /// <summary>The peer's proposals, as they arrived.</summary>
    public List<RendezvousMessage> Proposals { get; } = [];

    public Digest Sent { get; } = new();

    public Digest Received { get; } = new();

    /// <summary>Ends when the session does, however.</summary>
    public Task Completion => _completion.Task;

    public bool IsOver => EndedAt is not null;

    public bool Succeeded => Outcome is SessionOutcome.Direct or SessionOutcome.Redirected or SessionOutcome.Proxied;

    public void End(SessionOutcome outcome, long now)
    {
        Outcome = outcome;
        EndedAt = now;
        _completion.TrySetResult();
    }

    public override string ToString() =>
        $"{role} {capability:X4} with {peer}: {Outcome}, stage {Stage} by {ConnectedBy}{(ConnectedAtFirstAttempt ? " at once" : "")}";
}
