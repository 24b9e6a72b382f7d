using ReAim.Alg.Translation;

namespace ReAim.Alg.Tests.World;

/// <summary>A packet that left the gateway.</summary>
internal sealed record Departure(long Id, Direction Direction, byte[] Bytes, long Time, bool Edited);

/// <summary>Drives an engine as a diverter does, and keeps all that leaves.</summary>
internal sealed class Gateway
{
    private readonly Dictionary<long, (byte[] Bytes, Direction Direction)> _held = [];
    private long _nextId;

    public Gateway(EngineOptions? options = null) => Engine = new Engine(options ?? Options());

    public Engine Engine { get; }

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
        byte[] bytes = [.. packet];
        Engine.Advance(Now);
        CarryOut();
        Verdict verdict = Engine.Process(bytes, direction, id, Now);
        if (verdict == Verdict.Hold)
        {
            _held.Add(id, (bytes, direction));
            CarryOut();
            return id;
        }

        CarryOut();
        Assert.That(verdict == Verdict.ForwardEdited || bytes.AsSpan().SequenceEqual(packet), "Forward must mean unchanged.");
        Departures.Add(new Departure(id, direction, bytes, Now, verdict == Verdict.ForwardEdited));
        return id;
    }

    public void Wait(long nanoseconds)
    {
        Now += nanoseconds;
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

    private void CarryOut()
    {
        while (Engine.TryTakeEffect(out Effect effect))
        {
            Effects.Add(effect);
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Assert.That(_held.Remove(effect.PacketId, out (byte[] Bytes, Direction Direction) held), "Only what is held can be released, once.");
                    Assert.That(effect.Edited || effect.Bytes.Span.SequenceEqual(held.Bytes), "Released unedited must mean unchanged.");
                    Departures.Add(new Departure(effect.PacketId, held.Direction, effect.Bytes.ToArray(), effect.Time, effect.Edited));
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
    }
}
