using System.Buffers.Binary;
using ReAim.Alg.Streams;
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
    private readonly EngineOptions _options;
    private long _nextId;

    /// <param name="options">The engine's; the vectors' gateway if not given.</param>
    /// <param name="translation">Null if packets have LAN addresses on both sides, as where a kernel translates.</param>
    public Gateway(EngineOptions? options = null, TranslatorOptions? translation = null)
    {
        _options = options ?? Options();
        Engine = new Engine(_options);
        Translator = translation is null ? null : new UserspaceTranslator(Engine, translation);
        Departed = Departures.Add;
    }

    public Engine Engine { get; private set; }

    public UserspaceTranslator? Translator { get; }

    /// <summary>What becomes of a packet that leaves; by default it is kept in <see cref="Departures"/>.</summary>
    public Action<Departure> Departed { get; set; }

    /// <summary>What becomes of a packet for the public address that belongs to no session: the gateway's own.</summary>
    public Action<byte[]> Stayed { get; set; } = _ => { };

    /// <summary>Packets that the translator refused.</summary>
    public int Refused { get; private set; }

    /// <summary>What is remembered of connections, as the marks of a Linux gateway; null if nothing ever is.</summary>
    public Dictionary<FlowKey, FlowStanding>? Marks { get; set; }

    /// <summary>Packets that went on without the engine, because their connection's mark says that it is done.</summary>
    public int Bypassed { get; private set; }

    /// <summary>Packets that the engine had dropped.</summary>
    public int Dropped { get; private set; }

    /// <summary>Packets of connections that the engine had reset.</summary>
    public int Reset { get; private set; }

    /// <summary>What is answered when a flow is recognised; null if nothing is.</summary>
    public Func<FlowKey, Ipv4Address>? PublicAddressOf { get; set; }

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

    /// <summary>The engine dies, and what it knew; another takes over.</summary>
    /// <param name="remembers">True if its offers were written down for the other one.</param>
    public void Restart(bool remembers = false)
    {
        var saved = new List<SavedOffer>();
        Engine.CopyOffersTo(saved);
        Engine = new Engine(_options);
        _held.Clear();
        if (remembers)
        {
            // What is installed stays so when it is installed again.
            Mappings.Clear();
            Adopted = saved.Count(offer => Engine.TryAdopt(offer, Now));
            CarryOut();
        }
    }

    /// <summary>How many offers the last engine took over.</summary>
    public int Adopted { get; private set; }

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

    /// <summary>Packets may have gone by without the engine.</summary>
    public void NoteUnseen()
    {
        Engine.NoteUnseen(Now);
        CarryOut();
    }

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
        FlowStanding standing = MarkOf(bytes, direction);
        if (standing == FlowStanding.Done)
        {
            Bypassed++;
            Depart(new Departure(id, direction, bytes, Now, Edited: false));
            return;
        }

        Verdict verdict = Engine.Process(bytes, direction, id, Now, standing);
        FlowStanding after = Engine.Standing;
        byte[] leaving = verdict == Verdict.ForwardResized ? Engine.Output.ToArray() : bytes;
        if (verdict == Verdict.Hold)
        {
            _held.Add(id, (bytes, direction, Now));
            CarryOut();
            return;
        }

        CarryOut();
        Mark(bytes, direction, after);
        if (verdict is Verdict.Drop or Verdict.Reset)
        {
            Dropped += verdict == Verdict.Drop ? 1 : 0;
            Reset += verdict == Verdict.Reset ? 1 : 0;
            return;
        }

        bool isEdited = verdict is Verdict.ForwardEdited or Verdict.ForwardResized;
        Assert.That(isEdited || bytes.AsSpan().SequenceEqual(before), "Forward must mean unchanged.");
        Depart(new Departure(id, direction, leaving, Now, isEdited));
    }

    /// <summary>A connection's mark, as the rules of a Linux gateway have set it before the engine sees the packet.</summary>
    private FlowStanding MarkOf(byte[] bytes, Direction direction)
    {
        if (Marks is null || Key(bytes, direction) is not { } key)
        {
            return FlowStanding.None;
        }

        return Marks.TryGetValue(key, out FlowStanding standing) ? standing
            : direction == Direction.Outbound ? FlowStanding.Watched
            : Mappings.Any(mapping => mapping.Lan == key.Lan) ? FlowStanding.Peer
            : FlowStanding.None;
    }

    private void Mark(byte[] bytes, Direction direction, FlowStanding standing)
    {
        // What is lost is said of a packet only: the rules keep what the connection had.
        if (Marks is not null && standing != FlowStanding.Lost && Key(bytes, direction) is { } key)
        {
            Marks[key] = standing;
        }
    }

    private static FlowKey? Key(byte[] bytes, Direction direction)
    {
        if (!Ipv4Packet.TryParse(bytes, out Ipv4Packet ip, out _) || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _))
        {
            return null;
        }

        var source = new Ipv4Endpoint(ip.Source, tcp.SourcePort);
        var destination = new Ipv4Endpoint(ip.Destination, tcp.DestinationPort);
        return direction == Direction.Outbound ? new FlowKey(source, destination) : new FlowKey(destination, source);
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
                    // Padding behind a datagram is not part of it.
                    Assert.That(effect.Edited || held.Bytes.AsSpan().StartsWith(effect.Bytes.Span), "Released unedited must mean unchanged.");
                    Assert.That(effect.Edited || effect.Bytes.Length == BinaryPrimitives.ReadUInt16BigEndian(held.Bytes.AsSpan(2)), "Released whole.");
                    LongestHold = Math.Max(LongestHold, effect.Time - held.Since);
                    Mark(held.Bytes, held.Direction, effect.Standing);
                    released.Add(new Departure(effect.PacketId, held.Direction, effect.Bytes.ToArray(), effect.Time, effect.Edited));
                    break;
                case EffectKind.OpenMapping when Installs is { } installed:
                    if (installed)
                    {
                        Assert.That(Mappings.Add(effect.Mapping), "A mapping is opened once.");
                    }

                    Engine.AnswerMapping(effect.Mapping, installed, Now);
                    break;
                case EffectKind.FlowRecognised when PublicAddressOf is not null:
                    Engine.SetPublicAddress(effect.Flow, PublicAddressOf(effect.Flow));
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
