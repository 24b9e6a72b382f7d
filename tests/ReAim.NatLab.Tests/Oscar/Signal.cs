using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>What a negotiation is told: by the server, by its user, by its own attempts.</summary>
internal abstract record Signal;

/// <summary>The peer proposes again: a counter-offer.</summary>
internal sealed record Proposed(RendezvousMessage Proposal) : Signal;

/// <summary>The peer's ACCEPT.</summary>
internal sealed record Accepted : Signal;

/// <summary>It is over, and the other side need not be told.</summary>
internal sealed record Over(SessionOutcome Outcome) : Signal;

/// <summary>The peer's CANCEL.</summary>
internal sealed record CancelledByPeer : Signal;

/// <summary>The user cancels.</summary>
internal sealed record GivenUp : Signal;

/// <summary>Somebody connected to our listener.</summary>
internal sealed record Incoming(TcpConnection Connection) : Signal;

/// <summary>An attempt of ours to connect, or to create or join a session at the proxy, ended; without a connection if it failed.</summary>
internal sealed record Attempted(int Round, TcpConnection? Connection, ConnectedBy By, bool Connecting, bool IsFirst) : Signal;

/// <summary>A connection turned out to be our peer's, or not.</summary>
internal sealed record Greeted(Candidate Candidate, bool IsPeer) : Signal;

/// <summary>The peer connection did its work, or broke.</summary>
internal sealed record Exchanged(bool Whole) : Signal;
