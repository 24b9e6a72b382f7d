using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.World;

/// <summary>A Direct IM or a file that one person offered another, seen from both ends.</summary>
internal sealed class Offer(Lab lab, Person from, Person to, RendezvousSession session)
{
    public Person From => from;

    public Person To => to;

    /// <summary>As the one who offered sees it.</summary>
    public RendezvousSession Sent => session;

    /// <summary>As the other one sees it; null until the offer has arrived.</summary>
    public RendezvousSession? Received => lab.Programs.Do(FindReceived);

    /// <summary>From the offer's arrival to the peer connection that both ends know as theirs; null if there was none.</summary>
    public TimeSpan? ConnectedAfter =>
        Received is { ConnectedAt: { } at } received ? TimeSpan.FromTicks((at - received.OfferedAt) / 100) : null;

    /// <summary>From the offer to the peer connection, at the end that offered; null if there was none.</summary>
    public TimeSpan? SettledAfter => session.ConnectedAt is { } at ? TimeSpan.FromTicks((at - session.OfferedAt) / 100) : null;

    /// <summary>The other end proposed in its turn: nothing came of the first offer.</summary>
    public bool WasCountered => lab.Programs.Do(() => session.Proposals.Count > 0);

    public bool IsConnected => lab.Programs.Do(AreBothConnected);

    /// <summary>What was sent arrived, both ways.</summary>
    public bool IsWhole => Received is { } received
        && session.Sent.Length > 0
        && received.Received.Hash == session.Sent.Hash
        && session.Received.Hash == received.Sent.Hash;

    /// <summary>Waits until the offer has reached the other client.</summary>
    public void WaitForArrival(double seconds = 5) =>
        Assert.That(lab.Until(() => FindReceived() is not null, TimeSpan.FromSeconds(seconds)), $"the offer arrives: {this}");

    /// <summary>Waits until both ends are connected.</summary>
    public void WaitForConnection(double seconds) =>
        Assert.That(lab.Until(AreBothConnected, TimeSpan.FromSeconds(seconds)), $"connected: {this}");

    /// <summary>Waits until it is over at both ends.</summary>
    public void WaitForEnd(double seconds) =>
        Assert.That(lab.Until(AreBothOver, TimeSpan.FromSeconds(seconds)), $"over: {this}");

    /// <summary>From the offer's departure to its arrival at the other client.</summary>
    public TimeSpan? Travelled => Received is { } received ? TimeSpan.FromTicks((received.OfferedAt - session.OfferedAt) / 100) : null;

    /// <summary>The address in the other client's copy of the first proposal (TLV 0003).</summary>
    public string? OfferedAddress => Received?.Proposals[0].Internal?.ToString();

    /// <summary>The port in it (TLV 0005).</summary>
    public int OfferedPort => Received?.Proposals[0].Port ?? 0;

    /// <summary>It was as if no gateway were there: the first connect in under a second, no counter-offer, every byte.</summary>
    public void AssertDirectAtOnce(double seconds = 60)
    {
        WaitForEnd(seconds);
        Assert.That(Received, Is.Not.Null, $"the offer arrived: {this}");
        Assert.That(
            (Received!.Outcome, Received.ConnectedAtFirstAttempt, WasCountered, IsWhole),
            Is.EqualTo((SessionOutcome.Direct, true, false, true)),
            ToString());
        Assert.That(ConnectedAfter, Is.LessThan(TimeSpan.FromSeconds(1)), ToString());
    }

    /// <summary>The one who offered takes it back.</summary>
    public void Cancel() => from.Do(() => from.Client.Cancel(session));

    public override string ToString() =>
        $"{from.Name}: {session}; {to.Name}: {Received?.ToString() ?? "nothing"}, after {ConnectedAfter?.TotalMilliseconds ?? double.NaN:0} ms";

    private bool AreBothConnected() => session.ConnectedAt is not null && FindReceived() is { ConnectedAt: not null };

    private bool AreBothOver() => session.IsOver && FindReceived() is null or { IsOver: true };

    private RendezvousSession? FindReceived() => to.Client.Sessions.Find(other =>
        other.Cookie == session.Cookie && other.Peer == from.Name && other.Role != session.Role && other.OfferedAt >= session.OfferedAt);
}
