using ReAim.Alg.Translation;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>A packet that left the gateway.</summary>
internal sealed record Departure(long Id, Direction Direction, byte[] Bytes, long Time, bool Edited);

/// <summary>Drives an engine as a diverter does, and keeps all that leaves.</summary>
internal sealed class Gateway
{
    private readonly Dictionary<long, (byte[] Bytes, Direction Direction, long Since)> _held = [];
    private long _nextId;

    /// <param name="options">The engine's; the vectors' gateway if not given.</param>
    /// <param name="translation">Null if packets have LAN addresses on both sides, as where a kernel translates.</param>
    public Gateway(EngineOptions? options = null, TranslatorOptions? translation = null)
    {
        Engine = new Engine(options ?? Options());
        Translator = translation is null ? null : new UserspaceTranslator(Engine, translation);
        Departed = Departures.Add;
    }

    public Engine Engine { get; }

    public UserspaceTranslator? Translator { get; }

    /// <summary>What becomes of a packet that leaves; by default it is kept in <see cref="Departures"/>.</summary>
    public Action<Departure> Departed { get; set; }

    /// <summary>What becomes of a packet for the public address that belongs to no session: the gateway's own.</summary>
    public Action<byte[]> Stayed { get; set; } = _ => { };

    /// <summary>Packets that the translator refused.</summary>
    public int Refused { get; private set; }

    /// <summary>The longest time a packet waited.</summary>
    public long LongestHold { get; private set; }

    /// <summary>When the next timer fires.</summary>
    public long NextDeadline => Math.Min(Engine.NextDeadline, Translator?.NextDeadline ?? long.MaxValue);

    public long Now { get; set; } = 1_000 * EngineOptions.Second;

    /// <summary>False makes the translator refuse every mapping; null makes it never answer.</summary>
    public bool? Installs { get; set; } = true;

    public List<Departure> Departures { get; } = [];

    public List<Effect> Effects { get; } = [];

    /// <summary>The translations installed now.</summary>
    public HashSet<Mapping> Mappings { get; } = [];

    /// <summary>What was offered: opened ones with why they closed.</summary>
    public List<(string Text, Reason Reason, long Time)> Offers { get; } = [];

    /// <summary>Packets that wait.</summary>
    public int Held => _held.Count;

    public int Sent => (int)_nextId;

    public static EngineOptions Options() => new() { PublicAddress = Addresses.Gateway };

    /// <summary>Options under which the client's own ports are taken, so that 40001 is the first mapping.</summary>
    public static EngineOptions RemappingOptions() => Options() with
    {
        ReservedPorts = new HashSet<ushort> { 5190, 5191, 49_160 },
        FirstPoolPort = 40_001,
        LastPoolPort = 40_010,
    };

    public long Send(Direction direction, byte[] packet)
    {
        long id = ++_nextId;
        Wait(0);
        Arrive(id, direction, [.. packet]);
        return id;
    }

    public void Wait(long nanoseconds)
    {
        Now += nanoseconds;
        Translator?.Advance(Now);
        Engine.Advance(Now);
        CarryOut();
    }

    public void WaitSeconds(double seconds) => Wait((long)(seconds * EngineOptions.Second));

    public void ReleaseAll()
    {
        Engine.ReleaseAll(Now);
        CarryOut();
    }

    public void Answer(Mapping mapping, bool installed)
    {
        if (installed)
        {
            Mappings.Add(mapping);
        }

        Engine.AnswerMapping(mapping, installed, Now);
        CarryOut();
    }

    public long Count(Reason reason) => Engine.Reasons[reason];

    private void Arrive(long id, Direction direction, byte[] bytes)
    {
        if (direction == Direction.Inbound && Translator is not null && Ipv4Address.Read(bytes.AsSpan(16)) == Engine.Options.PublicAddress
            && Translator.Inbound(bytes, Now) == TranslationVerdict.Unchanged)
        {
            Stayed(bytes);
            return;
        }

        byte[] before = [.. bytes];
        Verdict verdict = Engine.Process(bytes, direction, id, Now);
        if (verdict == Verdict.Hold)
        {
            _held.Add(id, (bytes, direction, Now));
            CarryOut();
            return;
        }

        CarryOut();
        Assert.That(verdict == Verdict.ForwardEdited || bytes.AsSpan().SequenceEqual(before), "Forward must mean unchanged.");
        Depart(new Departure(id, direction, bytes, Now, verdict == Verdict.ForwardEdited));
    }

    private void Depart(Departure departure)
    {
        TranslationVerdict? translation = departure.Direction == Direction.Outbound ? Translator?.Outbound(departure.Bytes, Now) : null;
        switch (translation)
        {
            case TranslationVerdict.TurnedBack:
                Arrive(departure.Id, Direction.Inbound, departure.Bytes);
                break;
            case TranslationVerdict.Refused:
                Refused++;
                break;
            default:
                Departed(departure);
                break;
        }
    }

    private void CarryOut()
    {
        var released = new List<Departure>();
        while (Engine.TryTakeEffect(out Effect effect))
        {
            Effects.Add(effect);
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Assert.That(_held.Remove(effect.PacketId, out (byte[] Bytes, Direction Direction, long Since) held), "Only what is held can be released, once.");
                    Assert.That(effect.Edited || effect.Bytes.Span.SequenceEqual(held.Bytes), "Released unedited must mean unchanged.");
                    LongestHold = Math.Max(LongestHold, effect.Time - held.Since);
                    released.Add(new Departure(effect.PacketId, held.Direction, effect.Bytes.ToArray(), effect.Time, effect.Edited));
                    break;
                case EffectKind.OpenMapping when Installs is { } installed:
                    if (installed)
                    {
                        Assert.That(Mappings.Add(effect.Mapping), "A mapping is opened once.");
                    }

                    Engine.AnswerMapping(effect.Mapping, installed, Now);
                    break;
                case EffectKind.CloseMapping:
                    Mappings.Remove(effect.Mapping);
                    break;
                case EffectKind.OfferOpened:
                    Offers.Add(($"+ {effect.Offer!.Mapping} {effect.Offer.PeerName}", effect.Reason, effect.Time));
                    break;
                case EffectKind.OfferClosed:
                    Offers.Add(($"- {effect.Offer!.Mapping} {effect.Offer.PeerName}", effect.Reason, effect.Time));
                    break;
            }
        }

        // One that is turned back is a new packet to the engine, which must not come amid the effects of another.
        released.ForEach(Depart);
    }
}
