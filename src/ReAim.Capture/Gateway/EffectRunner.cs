using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>Carries out what the engine wants done on a live gateway, in order, and logs it.</summary>
internal sealed class EffectRunner(Engine engine, ITranslator translator, PublicAddresses addresses, ServerNames names, EventLog log)
{
    // Mappings whose public address is not the one by which connects to them reach this gateway.
    private readonly Dictionary<Mapping, Mapping> _behindAnotherNat = [];

    // What the translator has not answered yet, by what it was asked for.
    private readonly Dictionary<Mapping, Question> _questions = [];

    // Servers for whose watch the translator has not answered yet, in the order in which it was asked.
    private readonly List<(Ipv4Endpoint End, ExpectedServer Server)> _expected = [];

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
        while (TryTakeAnswers(now) | TryTakeServers(now));
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
            case EffectKind.FlowRecognised:
                Recognise(effect);
                break;
            case EffectKind.FlowDone when effect.Reason == Reason.MidStream:
                log.Say($"{effect.Flow} was met in mid-stream: if it is one to help, it is helped after its client's next sign-on ({effect.Reason.Name()}).");
                break;
            case EffectKind.ExpectServer:
                Expect(effect.Server!, effect.Time);
                break;
            case EffectKind.OfferOpened:
                log.Say(OfferText.Opened(effect));
                break;
            case EffectKind.OfferPassed when OfferText.IsWorthALine(effect.Reason):
                log.Say(OfferText.Passed(effect));
                break;
            case EffectKind.OfferConnected:
                log.Say(OfferText.Connected(effect));
                break;
            case EffectKind.OfferClosed:
                log.Say(OfferText.Closed(effect));
                break;
            case EffectKind.PeerUnanswered:
                log.Say(OfferText.Unanswered(effect));
                break;
        }
    }

    private void Open(in Effect effect)
    {
        Mapping advertised = effect.Mapping;
        Ipv4Address local = addresses.Local(effect.Flow, advertised.Public.Address);
        if (local.IsZero)
        {
            Answer(advertised, new MappingAnswer(advertised, false, "the kernel does not know the connection any more"), effect.Time);
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
        translator.Install(mapping);
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
            log.Say($"{answer.Mapping} could not be opened, so the offer stays as it is: {answer.Refusal}.");
        }

        engine.AnswerMapping(advertised, answer.IsInstalled, now);
    }

    private void Close(Mapping advertised)
    {
        translator.Remove(_behindAnotherNat.Remove(advertised, out Mapping installed) ? installed : advertised);
    }

    private void Recognise(in Effect effect)
    {
        ProtocolDescriptor protocol = effect.Protocol!;
        Ipv4Address address = addresses.Advertised(effect.Flow);
        if (protocol.ChangesLengths && !address.IsZero && address != effect.Flow.Lan.Address && !addresses.TryAllowTranslation(effect.Flow))
        {
            return;
        }

        engine.SetPublicAddress(effect.Flow, address);
        string what = $"an {protocol.Name.ToUpperInvariant()} connection";
        if (address == effect.Flow.Lan.Address)
        {
            log.Say($"{effect.Flow} is {what} that is not translated: nothing to do for it.");
        }
        else if (!address.IsZero)
        {
            string again = effect.Reason == Reason.Resumed ? "again " : "";
            log.Say($"{effect.Flow} is {again}{what}: its offers will say {address} ({effect.Reason.Name()}).");
        }
    }

    private void Expect(ExpectedServer server, long now)
    {
        if (Ipv4Address.TryParse(server.Host, out Ipv4Address address))
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

    /// <summary>A mapping that was asked for.</summary>
    /// <param name="Advertised">As the engine knows it.</param>
    /// <param name="Times">How often it was asked for.</param>
    private readonly record struct Question(Mapping Advertised, int Times);
}
