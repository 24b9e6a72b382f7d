using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>
/// The way from an offer to a peer connection and to its end, one side of it. Each side connects where the other says, else
/// listens itself, else goes to the rendezvous proxy; what it has tried it does not try again (PROTOCOL 3).
/// </summary>
internal sealed class Negotiation(AimClient client, RendezvousSession session, IPeerStream stream, ProposalTerms file)
{
    private readonly Mailbox<Signal> _mail = new(client.Simulation);
    private readonly Candidates _candidates = new();
    private readonly ClientStyle _style = client.Style;
    private TcpListener? _listener;
    private TcpConnection? _peer;
    private TcpConnection? _atProxy;
    private ushort _request;
    private int _round;
    private bool _hasListened;
    private bool _hasAskedProxy;
    private bool _accepted;
    private long? _patience;

    public RendezvousSession Session => session;

    public void Tell(Signal signal) => _mail.Post(signal);

    public async Task ProposeAsync()
    {
        session.OfferedAt = client.Simulation.Now;
        NextStage();
        _patience = _style.OfferTimeout;
        await RunAsync();
    }

    /// <param name="proposal">The first offer.</param>
    public async Task AnswerAsync(RendezvousMessage proposal)
    {
        session.OfferedAt = client.Simulation.Now;
        (RendezvousMessage? wanted, Signal? end) = await Hesitation.WaitAsync(_mail, client, proposal);
        if (wanted is not null)
        {
            Follow(wanted);
        }
        else if (end is GivenUp)
        {
            client.SendDecline(session);
            End(SessionOutcome.Declined);
        }
        else
        {
            Take(end);
        }

        await RunAsync();
    }

    private async Task RunAsync()
    {
        while (!session.IsOver)
        {
            Take(await _mail.NextAsync(_patience));
        }

        // What was on its way when it ended must not stay open.
        while (await _mail.NextAsync(null) is { } late)
        {
            (late as Attempted)?.Connection?.Close();
            (late as Incoming)?.Connection.Close();
            (late as Greeted)?.Candidate.Connection.Abort();
        }
    }

    private void Take(Signal? signal)
    {
        switch (signal)
        {
            case null when session.Role == SessionRole.Proposer && _request == 1 && !_accepted:
                GiveUp(SessionOutcome.Failed);
                break;
            case null:
                NextStage();
                break;
            case Proposed { Proposal: { } proposal } when _peer is null:
                Follow(proposal);
                break;
            case Accepted:
                _accepted = true;
                _patience = _peer is null && _listener is not null ? _style.ListenTimeout : _patience;
                break;
            case Over over:
                End(over.Outcome);
                break;
            case CancelledByPeer:
                End(session.Role == SessionRole.Proposer && _request == 1 && !_accepted ? SessionOutcome.Declined : SessionOutcome.Cancelled);
                break;
            case GivenUp:
                GiveUp(SessionOutcome.Cancelled);
                break;
            case Incoming { Connection: { } second } when _style.KeepsTheFirst && _listener is not null && (_peer is not null || _candidates.Any):
                _candidates.LeaveWaiting(second);
                break;
            case Incoming { Connection: { } connection } when _peer is null && _listener is not null:
                Greet(new Candidate(connection, ConnectedBy.Listener, false, Stage(_request), _round, _round == 1));
                break;
            case Incoming late:
                late.Connection.Close();
                break;
            case Attempted attempt:
                Take(attempt);
                break;
            case Greeted greeting:
                Take(greeting);
                break;
            case Exchanged exchange:
                End(exchange.Whole ? session.Stage : SessionOutcome.Failed);
                break;
        }
    }

    private void Take(Attempted attempt)
    {
        if (attempt.Round != _round || _peer is not null)
        {
            attempt.Connection?.Close();
        }
        else if (attempt.Connection is null)
        {
            NextStage();
        }
        else
        {
            if (attempt.Connecting && !_style.AcceptsBeforeConnecting)
            {
                client.SendAccept(session);
            }

            _atProxy = null;
            SessionOutcome stage = attempt.By == ConnectedBy.Proxy ? SessionOutcome.Proxied : Stage(_request);
            Greet(new Candidate(attempt.Connection, attempt.By, attempt.Connecting, stage, _round, attempt.IsFirst && _round == 1));
        }
    }

    private void Take(Greeted greeting)
    {
        Candidate candidate = greeting.Candidate;
        if (!_candidates.Take(candidate) || !greeting.IsPeer)
        {
            candidate.Connection.Abort();
            if (_style.KeepsTheFirst && candidate.By != ConnectedBy.Proxy && candidate.Round == _round && _peer is null)
            {
                GiveUp(SessionOutcome.Failed);
            }
            else if (candidate.By != ConnectedBy.Listener && candidate.Round == _round && _peer is null)
            {
                NextStage();
            }

            return;
        }

        session.Stage = candidate.Stage;
        session.ConnectedBy = candidate.By;
        session.ConnectedAt = client.Simulation.Now;
        session.ConnectedAtFirstAttempt = candidate.IsFirst;
        StopTrying();
        _peer = candidate.Connection;
        _patience = null;
        client.Run(async () => Tell(new Exchanged(await stream.ExchangeAsync(_peer))));
    }

    private void Greet(Candidate candidate)
    {
        _candidates.Add(candidate);
        client.Run(async () => Tell(new Greeted(candidate, await stream.GreetAsync(candidate.Connection, candidate.Connecting))));
    }

    /// <summary>Does what the peer's latest proposal asks for.</summary>
    private void Follow(RendezvousMessage proposal)
    {
        StopTrying();
        _request = proposal.RequestNumber;
        (int round, _patience) = (++_round, null);
        IReadOnlyList<AddressTry> tries = proposal.Port == 0 ? [] : _style.Addresses(proposal, client.ExternalAddress);
        if (proposal.UsesProxy)
        {
            client.Run(async () => Tell(new Attempted(round, await ProxyAttempt.JoinAsync(client, session, proposal, connection => _atProxy = connection), ConnectedBy.Proxy, true, true)));
        }
        else if (tries.Count == 0)
        {
            NextStage();
            return;
        }
        else
        {
            client.Run(() => ConnectAttempt.RunAsync(client, tries, proposal.Port, (connection, by, isFirst) => Tell(new Attempted(round, connection, by, true, isFirst))));
        }

        if (_style.AcceptsBeforeConnecting)
        {
            client.SendAccept(session);
        }
    }

    /// <summary>Listens, or goes to the proxy, or gives up: what comes next of what was not tried.</summary>
    private void NextStage()
    {
        StopTrying();
        int round = ++_round;
        if (!_hasListened)
        {
            _hasListened = true;
            if (ListenPorts.Open(client) is { } listener)
            {
                Listen(listener);
                return;
            }

            if (_style.ProposesZeroWhenItCannotListen && _request > 0)
            {
                _patience = _style.ListenTimeout;
                Propose(file with { Port = 0, Own = default });
                return;
            }
        }

        if (_hasAskedProxy || client.Proxy is null)
        {
            GiveUp(SessionOutcome.Failed);
            return;
        }

        _hasAskedProxy = true;
        _patience = null;
        client.Run(async () => Tell(new Attempted(round, await ProxyAttempt.CreateAsync(client, session, connection => _atProxy = connection, (pin, proxy) => ProposeProxy(round, pin, proxy)), ConnectedBy.Proxy, false, true)));
    }

    private void Listen(TcpListener listener)
    {
        _listener = listener;
        _patience = _style.ListenTimeout;
        client.Run(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                Tell(new Incoming(connection));
            }
        });
        Propose(file with { Port = listener.Port, Own = client.OwnAddress });
    }

    private void ProposeProxy(int round, ushort pin, Ipv4Address proxy)
    {
        if (round == _round && !session.IsOver)
        {
            Propose(file with { Port = pin, Own = client.OwnAddress, Proxy = proxy });
        }
    }

    private void Propose(ProposalTerms terms)
    {
        session.ListenPort = terms.Proxy is null ? terms.Port : (ushort)0;
        client.SendProposal(session, terms with { RequestNumber = ++_request });
    }

    private static SessionOutcome Stage(ushort request) => request <= 1 ? SessionOutcome.Direct : SessionOutcome.Redirected;

    private void GiveUp(SessionOutcome outcome)
    {
        client.SendCancel(session);
        End(outcome);
    }

    private void End(SessionOutcome outcome)
    {
        // Seen: libpurple forgets the listener of a Direct IM that was declined.
        if (_style.ForgetsListenerOfDeclinedDirectIm && outcome == SessionOutcome.Declined && session.Capability == DirectIm && _listener is not null)
        {
            client.Forget(_listener);
            _listener = null;
        }

        StopTrying();
        session.End(outcome, client.Simulation.Now);
        client.Drop(this);
        if (outcome == SessionOutcome.Failed)
        {
            _peer?.Abort();
        }
        else
        {
            _peer?.Close();
        }
    }

    private void StopTrying()
    {
        _listener?.Close();
        _listener = null;
        _candidates.AbortAll();
        _atProxy?.Close();
        _atProxy = null;
    }
}
