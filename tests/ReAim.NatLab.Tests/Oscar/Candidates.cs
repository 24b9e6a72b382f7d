using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A connection that may become the session's.</summary>
/// <param name="Connection">The connection.</param>
/// <param name="By">How it came about.</param>
/// <param name="Connecting">True if this side connected, or joined at the proxy.</param>
/// <param name="Stage">What the session will have reached with it.</param>
/// <param name="Round">The attempt that it belongs to.</param>
/// <param name="IsFirst">True if it is the first that was tried or waited for.</param>
internal sealed record Candidate(TcpConnection Connection, ConnectedBy By, bool Connecting, SessionOutcome Stage, int Round, bool IsFirst);

/// <summary>The connections of a negotiation that have not shown yet whose they are.</summary>
internal sealed class Candidates
{
    private readonly List<Candidate> _waiting = [];
    private readonly List<TcpConnection> _notAccepted = [];

    /// <summary>True if there is one.</summary>
    public bool Any => _waiting.Count > 0;

    public void Add(Candidate candidate) => _waiting.Add(candidate);

    /// <returns>False if it was given up before.</returns>
    public bool Take(Candidate candidate) => _waiting.Remove(candidate);

    /// <summary>One that the host has taken and the client does not: its other end learns of that when the listener closes.</summary>
    public void LeaveWaiting(TcpConnection connection) => _notAccepted.Add(connection);

    public void AbortAll()
    {
        _notAccepted.ForEach(connection => connection.Abort());
        _notAccepted.Clear();
        _waiting.ForEach(candidate => candidate.Connection.Abort());
        _waiting.Clear();
    }
}
