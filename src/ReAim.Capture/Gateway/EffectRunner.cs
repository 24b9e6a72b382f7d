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

    /// <summary>Takes all effects there are.</summary>
    /// <param name="releases">Who keeps the packets that wait.</param>
    public void CarryOut(IReleases releases)
    {
        while (engine.TryTakeEffect(out Effect effect))
        {
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    releases.Release(effect);
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
                    log.Say($"{effect.Flow} was met in mid-stream: if it is OSCAR it is helped after its next sign-on ({effect.Reason.Name()}).");
                    break;
                case EffectKind.ExpectServer:
                    Expect(effect.Server!);
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
    }

    /// <summary>Takes up the servers whose names were resolved meanwhile.</summary>
    public void ExpectResolved()
    {
        while (names.TryTake(out Ipv4Endpoint server))
        {
            translator.Expect(server);
        }
    }

    private void Open(in Effect effect)
    {
        Mapping mapping = effect.Mapping;
        Ipv4Address local = addresses.Local(effect.Flow, mapping.Public.Address);
        if (local != mapping.Public.Address)
        {
            mapping = mapping with { Public = mapping.Public with { Address = local } };
            _behindAnotherNat[effect.Mapping] = mapping;
        }

        string refusal = "the kernel does not know the connection any more";
        bool installed = !local.IsZero && translator.TryInstall(mapping, out refusal);
        if (!installed)
        {
            _behindAnotherNat.Remove(effect.Mapping);
            log.Say($"{mapping} could not be opened, so the offer stays as it is: {refusal}.");
        }

        engine.AnswerMapping(effect.Mapping, installed, effect.Time);
    }

    private void Close(Mapping advertised)
    {
        translator.Remove(_behindAnotherNat.Remove(advertised, out Mapping installed) ? installed : advertised);
    }

    private void Recognise(in Effect effect)
    {
        Ipv4Address address = addresses.Advertised(effect.Flow);
        engine.SetPublicAddress(effect.Flow, address);
        if (address == effect.Flow.Lan.Address)
        {
            log.Say($"{effect.Flow} is an OSCAR connection that is not translated: nothing to do for it.");
        }
        else if (!address.IsZero)
        {
            string again = effect.Reason == Reason.Resumed ? "again " : "";
            log.Say($"{effect.Flow} is {again}an OSCAR connection: its offers will say {address} ({effect.Reason.Name()}).");
        }
    }

    private void Expect(ExpectedServer server)
    {
        if (Ipv4Address.TryParse(server.Host, out Ipv4Address address))
        {
            translator.Expect(new Ipv4Endpoint(address, server.Port));
        }
        else
        {
            names.Resolve(server.Host, server.Port);
        }
    }
}
