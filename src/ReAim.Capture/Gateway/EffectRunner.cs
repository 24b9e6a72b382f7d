using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>Carries out what the engine wants done on a live gateway, in order, and logs it.</summary>
internal sealed class EffectRunner(Engine engine, ITranslator translator, PublicAddresses addresses, ServerNames names, EventLog log)
{
    /// <summary>So many flows at once wait for their host to be known.</summary>
    private const int MaxHostless = 64;

    /// <summary>How long that may take.</summary>
    private const long HostPatience = 10 * EngineOptions.Second;

    // Mappings whose public address is not the one by which connects to them reach this gateway.
    private readonly Dictionary<Mapping, Mapping> _behindAnotherNat = [];

    // What the translator has not answered yet, by what it was asked for.
    private readonly Dictionary<Mapping, Question> _questions = [];

    // Servers for whose watch the translator has not answered yet, in the order in which it was asked.
    private readonly List<(Ipv4Endpoint End, ExpectedServer Server)> _expected = [];

    // Recognised flows whose host is not known yet, and until when to ask.
    private readonly List<(FlowKey Flow, ProtocolDescriptor Protocol, Reason Reason, long Until)> _hostless = [];

    private readonly ServerBudget _servers = new();
    private readonly PeerTroubles _troubles = new();
    private readonly SaidFlows _metInMidStream = new();

    /// <summary>True if nothing is rewritten and nothing opened, and the log says what would be.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>True while the translator owes an answer.</summary>
    public bool AwaitsAnswer => _questions.Count > 0 || _expected.Count > 0;

    /// <summary>Takes all effects there are, and what the translator has answered.</summary>
    /// <param name="releases">Who keeps the packets that wait.</param>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    public void CarryOut(IReleases releases, long now)
    {
        do
        {
            while (engine.TryTakeEffect(out Effect effect))
            {
                CarryOut(effect, releases);
            }
        }
        while (TryTakeAnswers(now) | TryTakeServers(now) | TryTakePeers(now));
        FindHosts(now);
    }

    /// <summary>Takes up the servers whose names were resolved meanwhile.</summary>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    public void ExpectResolved(long now)
    {
        while (names.TryTake(out ResolvedServer resolved))
        {
            foreach (Ipv4Address address in resolved.Addresses)
            {
                Expect(new Ipv4Endpoint(address, resolved.Server.Port), resolved.Server);
            }

            if (resolved.Addresses.Length == 0)
            {
                engine.AnswerServer(resolved.Server, now);
            }
        }
    }

    private void CarryOut(in Effect effect, IReleases releases)
    {
        switch (effect.Kind)
        {
            case EffectKind.Release:
                releases.Release(effect);
                break;
            case EffectKind.Reset:
                releases.Reset(effect);
                break;
            case EffectKind.OpenMapping:
                Open(effect);
                break;
            case EffectKind.CloseMapping:
                Close(effect.Mapping);
                break;
            case EffectKind.FlowRecognised when !effect.HasOffers:
                log.Say($"{effect.Flow} is an {effect.Protocol!.Name.ToUpperInvariant()} connection without offers of its own: those that it leads to are watched ({effect.Reason.Name()}).");
                break;
            case EffectKind.TurnMapping:
                Turn(_behindAnotherNat.GetValueOrDefault(effect.Mapping, effect.Mapping), effect.TurnsBack);
                break;
            case EffectKind.FlowRecognised:
                Recognise(effect.Flow, effect.Protocol!, effect.Reason, effect.Time);
                break;
            case EffectKind.FlowNotRecognised when UnrecognisedText.IsWorthALine(effect, engine.Options):
                log.Say(UnrecognisedText.Of(effect, engine.Options));
                break;
            case EffectKind.FlowDone when effect.Reason == Reason.MidStream && _metInMidStream.IsNews(effect.Flow, effect.Time):
                log.Say($"{effect.Flow} was met in mid-stream: if it is one to help, it is helped after its client's next sign-on ({effect.Reason.Name()}).");
                break;
            case EffectKind.SignOnNeeded:
                log.Say(SignOnText.Of(effect));
                break;
            case EffectKind.ExpectServer:
                Expect(effect.Server!, effect.Time);
                break;
            case EffectKind.OfferOpened:
                log.SayOpened(OfferText.Opened(effect, IsDryRun));
                break;
            case EffectKind.OfferPassed when OfferText.IsWorthALine(effect.Reason):
                log.Say(OfferText.Passed(effect, IsDryRun));
                break;
            case EffectKind.OfferConnected:
                log.Say(OfferText.Connected(effect));
                break;
            case EffectKind.OfferClosed:
                log.Say(OfferText.Closed(effect, IsDryRun, IsDryRun ? null : _troubles.Droppers(effect, translator.PeerPath, engine.Options.ListensOnly)));
                break;
            case EffectKind.PeerUnanswered when _troubles.IsNews(effect.Mapping, effect.Flow.Remote.Address, effect.Time):
                log.Say(OfferText.Unanswered(effect, translator.PeerPath, decides: !engine.Options.ListensOnly));
                break;
        }
    }

    private void Open(in Effect effect)
    {
        Mapping advertised = effect.Mapping;
        Ipv4Address local = addresses.Local(effect.Flow, advertised.Public.Address);
        if (local.IsZero)
        {
            Answer(advertised, new MappingAnswer(advertised, false, "nothing is known of the connection any more"), effect.Time);
            return;
        }

        Mapping mapping = advertised;
        if (local != advertised.Public.Address)
        {
            mapping = advertised with { Public = advertised.Public with { Address = local } };
            _behindAnotherNat[advertised] = mapping;
        }

        _questions.TryGetValue(mapping, out Question question);
        _questions[mapping] = new Question(advertised, question.Times + 1);
        if (!effect.TurnsBack)
        {
            translator.KeepNeighboursOut(mapping);
        }

        translator.Install(mapping);
    }

    private void Turn(Mapping mapping, bool turnsBack)
    {
        if (turnsBack)
        {
            translator.LetNeighboursIn(mapping);
        }
        else
        {
            translator.KeepNeighboursOut(mapping);
        }
    }

    private bool TryTakeAnswers(long now)
    {
        bool came = false;
        while (translator.TryTakeAnswer(out MappingAnswer answer))
        {
            came = true;
            if (!_questions.Remove(answer.Mapping, out Question question))
            {
                continue;
            }

            if (question.Times > 1)
            {
                // It was closed and opened again meanwhile: the last answer is the one that counts.
                _questions[answer.Mapping] = question with { Times = question.Times - 1 };
                continue;
            }

            Answer(question.Advertised, answer, now);
        }

        return came;
    }

    private void Answer(Mapping advertised, in MappingAnswer answer, long now)
    {
        if (!answer.IsInstalled)
        {
            _behindAnotherNat.Remove(advertised);
            string so = engine.Options.ListensOnly ? "and that is where its peer will try" : "so the offer stays as it is";
            log.Say($"{answer.Mapping} could not be opened, {so}: {answer.Refusal}.");
        }

        engine.AnswerMapping(advertised, answer.IsInstalled, now);
    }

    private void Close(Mapping advertised)
    {
        _troubles.Close(advertised.Lan);
        translator.Remove(_behindAnotherNat.Remove(advertised, out Mapping installed) ? installed : advertised);
    }

    private void Recognise(FlowKey flow, ProtocolDescriptor protocol, Reason reason, long now)
    {
        if (addresses.TryFindHost(flow, out Ipv4Address host))
        {
            Recognise(flow, host, protocol, reason);
        }
        else if (_hostless.Count < MaxHostless)
        {
            _hostless.Add((flow, protocol, reason, now + HostPatience));
        }
        else
        {
            SayHostless(flow);
        }
    }

    private void Recognise(FlowKey flow, Ipv4Address host, ProtocolDescriptor protocol, Reason reason)
    {
        if (addresses.FindHelper(flow, protocol) is { } helper)
        {
            // As one that is not translated: for the engine there is nothing to do.
            engine.SetPublicAddress(flow, host, host);
            log.Say($"{flow} is {protocol.Name.ToUpperInvariant()} and has the kernel's own helper '{helper}': it is left to that; reaim check says who gave it.");
            return;
        }

        Ipv4Address address = addresses.Advertised(flow, host);
        // Who only listens changes no length.
        if (protocol.ChangesLengths && !engine.Options.ListensOnly && !address.IsZero && address != host && !addresses.TryAllowTranslation(flow))
        {
            return;
        }

        engine.SetPublicAddress(flow, address, host);
        string what = $"an {protocol.Name.ToUpperInvariant()} connection";
        string whose = host == flow.Lan.Address ? "" : $" of {host}";
        if (address == host)
        {
            log.Say($"{flow} is {what} that is not translated: nothing to do for it.");
        }
        else if (!address.IsZero)
        {
            string again = reason == Reason.Resumed && !engine.Options.ListensOnly ? "again " : "";
            log.Say($"{flow} is {again}{what}{whose}: {OfferText.Help(address, engine.Options.ListensOnly, IsDryRun)} ({reason.Name()}).");
        }
    }

    /// <summary>Asks again whose flows are whose hosts were not known.</summary>
    private void FindHosts(long now)
    {
        for (int i = _hostless.Count - 1; i >= 0; i--)
        {
            (FlowKey flow, ProtocolDescriptor protocol, Reason reason, long until) = _hostless[i];
            if (addresses.TryFindHost(flow, out Ipv4Address host))
            {
                _hostless.RemoveAt(i);
                Recognise(flow, host, protocol, reason);
            }
            else if (now >= until)
            {
                _hostless.RemoveAt(i);
                SayHostless(flow);
            }
        }
    }

    private void SayHostless(FlowKey flow) => log.Say($"nobody knows which LAN host {flow} belongs to: its offers stay as they are.");

    private void Expect(ExpectedServer server, long now)
    {
        if (!_servers.TryTake(server, now))
        {
            engine.Reasons.Count(Reason.ServerLimit);
            engine.AnswerServer(server, now);
        }
        else if (Ipv4Address.TryParse(server.Host, out Ipv4Address address))
        {
            Expect(new Ipv4Endpoint(address, server.Port), server);
        }
        else if (!names.TryResolve(server))
        {
            engine.Reasons.Count(Reason.ServerNotResolved);
            engine.AnswerServer(server, now);
        }
    }

    private void Expect(Ipv4Endpoint end, ExpectedServer server)
    {
        _expected.Add((end, server));
        translator.Expect(end);
    }

    private bool TryTakeServers(long now)
    {
        bool came = false;
        while (translator.TryTakeServer(out Ipv4Endpoint end))
        {
            came = true;
            int index = _expected.FindIndex(entry => entry.End == end);
            if (index < 0)
            {
                continue;
            }

            ExpectedServer server = _expected[index].Server;
            _expected.RemoveAt(index);
            if (!_expected.Exists(entry => ReferenceEquals(entry.Server, server)))
            {
                engine.AnswerServer(server, now);
            }
        }

        return came;
    }

    /// <summary>Decides about peers that the translator took itself.</summary>
    private bool TryTakePeers(long now)
    {
        bool came = false;
        while (translator.TryTakePeer(out PeerReport? report))
        {
            came = true;
            Ipv4Endpoint lan = report.Mapping.Lan;
            switch (report.Step)
            {
                case PeerStep.Arrived:
                    if (engine.IsMapped(lan))
                    {
                        _troubles.Arrive(lan);
                    }

                    report.Answer(engine.AdmitPeer(lan, report.Peer.Address) == Reason.None);
                    break;
                case PeerStep.Connected:
                    report.Answer(engine.ConnectPeer(lan, report.Peer.Address, now) == Reason.None);
                    break;
                default:
                    engine.ReportUnansweredPeer(new FlowKey(lan, report.Peer), now);
                    break;
            }
        }

        return came;
    }

    /// <summary>A mapping that was asked for.</summary>
    /// <param name="Advertised">As the engine knows it.</param>
    /// <param name="Times">How often it was asked for.</param>
    private readonly record struct Question(Mapping Advertised, int Times);
}
