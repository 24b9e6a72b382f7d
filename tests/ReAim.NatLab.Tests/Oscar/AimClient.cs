using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar.Icq;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client on a host: signs on, talks, offers files and Direct IM, and answers offers, all in its style.</summary>
internal sealed class AimClient
{
    private readonly List<Negotiation> _negotiations = [];
    private readonly List<TcpListener> _forgotten = [];
    private readonly Dictionary<uint, Negotiation> _requests = [];
    private FlapStream? _bos;
    private uint _request = 0x100;

    public AimClient(Host host, string name, ClientStyle style)
    {
        Host = host;
        Name = name;
        Style = style;
        OwnAddress = host.Address;
        CookieDice = host.Simulation.Random;
    }

    public Host Host { get; }

    public string Name { get; }

    public ClientStyle Style { get; }

    public Simulation Simulation => Host.Simulation;

    /// <summary>Its own address as it sees it: joscar may say 127.0.0.1.</summary>
    public Ipv4Address OwnAddress { get; set; }

    /// <summary>Its public address as the server said; zero if it did not.</summary>
    public Ipv4Address ExternalAddress { get; private set; }

    /// <summary>Where the rendezvous proxy is; null: the client does without.</summary>
    public Ipv4Endpoint? Proxy { get; set; }

    /// <summary>A port to listen on instead of the style's.</summary>
    public ushort? ListenPort { get; set; }

    /// <summary>False: its listening fails, as behind a local firewall that forbids it.</summary>
    public bool CanListen { get; set; } = true;

    /// <summary>Turns Nagle off on the connections to the server. Set before signing on.</summary>
    public bool NoDelay { get; set; }

    /// <summary>Two clients with the same dice use the same cookies.</summary>
    public Dice CookieDice { get; set; }

    public AnswerPolicy Answer { get; set; }

    /// <summary>How long the user thinks before an offer is answered, in nanoseconds.</summary>
    public long AnswerDelay { get; set; } = 300 * Simulation.Millisecond;

    /// <summary>Between two messages of a Direct IM, in nanoseconds.</summary>
    public long DirectImPause { get; set; }

    /// <summary>Sends the next proposal in two parts, the first of that many bytes of the FLAP.</summary>
    public int? CutNextOfferAt { get; set; }

    /// <summary>ICQ's direct connections, for a client that has them.</summary>
    public IcqMessenger? Icq { get; set; }

    public bool IsSignedOn => _bos is not null;

    /// <summary>The connection it is, or was last, signed on with.</summary>
    public FlapStream? LastStream { get; private set; }

    public List<(string From, string Text)> ReceivedIms { get; } = [];

    /// <summary>IMs and offers that the server confirmed (0004/000C).</summary>
    public int Acknowledged { get; private set; }

    /// <summary>All sessions, in the order in which they began.</summary>
    public List<RendezvousSession> Sessions { get; } = [];

    /// <returns>False if the server could not be reached, or fell silent.</returns>
    public async Task<bool> SignOnAsync(Ipv4Endpoint server)
    {
        var signOn = new SignOn(this);
        _bos = await signOn.RunAsync(server);
        LastStream = _bos;
        ExternalAddress = signOn.External;
        if (_bos is { } bos)
        {
            Run(() => ReadAsync(bos));
        }

        return IsSignedOn;
    }

    /// <summary>Says goodbye and closes everything, as clients do.</summary>
    public void SignOff()
    {
        if (_bos is { } bos)
        {
            bos.Send(4, []);
            Leave(bos, SessionOutcome.Cancelled);
        }
    }

    public void SendIm(string to, string text) =>
        Send(0x0004_0006, Head(Simulation.Random.Next(), Icbm.Text, to), Tlv(0x0002, Tlv(0x0501, [1]), Tlv(0x0101, U32(0), Encoding.ASCII.GetBytes(text))), Tlv(0x0003), Tlv(0x0006));

    public RendezvousSession OfferFile(string to, byte[] file, string fileName = "holiday.zip")
    {
        RendezvousSession session = Begin(Style.Cookie(CookieDice), SendFile, to, SessionRole.Proposer);
        var sender = new FileSender(Simulation, Style, session, file, fileName);
        Run(Start(session, sender, Terms(session, fileName, file.Length)).ProposeAsync);
        return session;
    }

    public RendezvousSession OfferDirectIm(string to, IReadOnlyList<string> messages)
    {
        RendezvousSession session = Begin(Style.Cookie(CookieDice), DirectIm, to, SessionRole.Proposer);
        Run(Start(session, new DirectImStream(this, session, messages), Terms(session)).ProposeAsync);
        return session;
    }

    public void Cancel(RendezvousSession session) => Find(session.Cookie, session.Peer)?.Tell(new GivenUp());

    /// <summary>What every proposal of a session has in common.</summary>
    private ProposalTerms Terms(RendezvousSession session, string? fileName = null, int fileSize = 0) => new()
    {
        Capability = session.Capability,
        RequestNumber = 0,
        Own = OwnAddress,
        External = ExternalAddress,
        Port = 0,
        FileName = fileName,
        FileSize = fileSize,
    };

    public void SendProposal(RendezvousSession session, ProposalTerms terms)
    {
        byte[] block = Block(session, RendezvousMessage.Propose, Style.Proposal(terms));
        _requests[_request + 1] = Find(session.Cookie, session.Peer)!;
        if (CutNextOfferAt is { } at && _bos is { } bos)
        {
            CutNextOfferAt = null;
            bos.SendCut(2, Snac.Of(0x0004_0006, ++_request, Head(session.Cookie, Icbm.Rendezvous, session.Peer), Style.Outer(block)).ToBytes(), at);
        }
        else
        {
            Send(0x0004_0006, Head(session.Cookie, Icbm.Rendezvous, session.Peer), Style.Outer(block));
        }
    }

    public void SendAccept(RendezvousSession session) =>
        Send(0x0004_0006, Head(session.Cookie, Icbm.Rendezvous, session.Peer), Style.OuterOfAccept(Block(session, RendezvousMessage.Accept, [])));

    public void SendCancel(RendezvousSession session) =>
        Send(0x0004_0006, Head(session.Cookie, Icbm.Rendezvous, session.Peer), Style.Outer(Block(session, RendezvousMessage.Cancel, Style.Cancel)));

    public void SendDecline(RendezvousSession session)
    {
        if (session.Capability == SendFile && !Style.DeclinesFileByError)
        {
            SendCancel(session);
        }
        else
        {
            Send(0x0004_000B, Head(session.Cookie, Icbm.Rendezvous, session.Peer), U16(3), U16(2), U16(1));
        }
    }

    /// <summary>A listener that stays open until the client signs off.</summary>
    public void Forget(TcpListener listener) => _forgotten.Add(listener);

    public void Drop(Negotiation negotiation) => _negotiations.Remove(negotiation);

    public void SendSnac(uint kind, params byte[][] data) => Send(kind, data);

    public void Run(Func<Task> program) => Simulation.Start(program);

    private async Task ReadAsync(FlapStream bos)
    {
        while (await bos.ReadAsync() is { Channel: not 4 } frame)
        {
            if (frame.Channel == 2 && Snac.Parse(frame.Body) is { } snac)
            {
                Take(snac);
            }
        }

        Leave(bos, SessionOutcome.Failed);
    }

    private void Take(Snac snac)
    {
        if (Icq is { } icq && snac.Kind == 0x0004_0007 && Icbm.Parse(snac.Data) is { } anything)
        {
            icq.Learn(anything.Name, anything.UserInfo());
        }

        switch (snac.Kind)
        {
            case 0x0004_0001 when _requests.Remove(snac.RequestId, out Negotiation? refused):
                refused.Tell(new Over(SessionOutcome.Failed));
                break;
            case 0x0004_0007 when Icbm.Parse(snac.Data) is { Channel: Icbm.Text } message:
                ReceivedIms.Add((message.Name, Icbm.TextOf(message.RelayedTlvs()) ?? ""));
                break;
            case 0x0004_0007 when Icbm.Parse(snac.Data) is { Channel: Icbm.Rendezvous } message && RendezvousMessage.Parse(message.RelayedTlvs().First(0x0005)) is { } rendezvous:
                Take(message, rendezvous);
                break;
            case 0x0004_000B when Icq is not null && Icbm.Parse(snac.Data) is { } answer && Icq.TakeAnswer(answer):
                break;
            case 0x0004_000B when Icbm.Parse(snac.Data) is { } refusal:
                Find(refusal.Cookie, refusal.Name)?.Tell(new Over(SessionOutcome.Declined));
                break;
            case 0x0004_000C:
                Acknowledged++;
                break;
        }
    }

    private void Take(Icbm message, RendezvousMessage rendezvous)
    {
        Negotiation? known = Find(message.Cookie, message.Name);
        switch (rendezvous.Type)
        {
            case RendezvousMessage.Propose when known is not null:
                known.Session.Proposals.Add(rendezvous);
                known.Tell(new Proposed(rendezvous));
                break;
            case RendezvousMessage.Propose when rendezvous.Capability is IcqMessages.RelayCapability or IcqMessages.ReverseCapability:
                Icq?.Take(message, rendezvous);
                break;
            case RendezvousMessage.Propose when rendezvous.RequestNumber == 1 && rendezvous.Capability is SendFile or DirectIm:
                RendezvousSession session = Begin(message.Cookie, rendezvous.Capability, message.Name, SessionRole.Receiver);
                session.Proposals.Add(rendezvous);
                IPeerStream stream = rendezvous.Capability == SendFile ? new FileReceiver(Simulation, Style, session) : new DirectImStream(this, session, []);
                Negotiation negotiation = Start(session, stream, Terms(session, rendezvous.FileName, rendezvous.FileSize));
                Run(() => negotiation.AnswerAsync(rendezvous));
                break;
            case RendezvousMessage.Accept:
                known?.Tell(new Accepted());
                break;
            case RendezvousMessage.Cancel:
                known?.Tell(new CancelledByPeer());
                break;
        }
    }

    private RendezvousSession Begin(ulong cookie, ushort capability, string peer, SessionRole role)
    {
        var session = new RendezvousSession(cookie, capability, peer, role);
        Sessions.Add(session);
        return session;
    }

    private Negotiation Start(RendezvousSession session, IPeerStream stream, ProposalTerms terms)
    {
        var negotiation = new Negotiation(this, session, stream, terms);
        _negotiations.Add(negotiation);
        return negotiation;
    }

    private Negotiation? Find(ulong cookie, string peer) =>
        _negotiations.Find(negotiation => negotiation.Session.Cookie == cookie && negotiation.Session.Peer == peer);

    private static byte[] Block(RendezvousSession session, ushort type, byte[][] tlvs) =>
        Join(U16(type), U64(session.Cookie), Uuid(session.Capability), Join(tlvs));

    private void Send(uint kind, params byte[][] data) => _bos?.Send(Snac.Of(kind, ++_request, data));

    /// <summary>The BOS connection is gone: so are the sessions that it arranged.</summary>
    private void Leave(FlapStream bos, SessionOutcome outcome)
    {
        if (_bos != bos)
        {
            return;
        }

        _bos = null;
        bos.Close();
        foreach (Negotiation negotiation in _negotiations)
        {
            negotiation.Tell(new Over(outcome));
        }

        _forgotten.ForEach(listener => listener.Close());
        _forgotten.Clear();
    }
}
