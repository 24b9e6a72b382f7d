using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>Drives an engine as a diverter does, and asks of everything that leaves whether it may.</summary>
internal sealed class FuzzedGateway(EngineOptions options)
{
    private readonly Dictionary<long, (byte[] Bytes, Direction Direction, long Since)> _held = [];
    private readonly HashSet<Mapping> _mappings = [];
    private readonly HashSet<Mapping> _refused = [];
    private readonly List<Mapping> _unanswered = [];
    private readonly CopyJudge _copies = new();
    private bool _isOpened;
    private bool _areCopiesJudged = true;
    private long _sent;
    private long _left;

    public Engine Engine { get; private set; } = new(options);

    public long Now { get; private set; } = 1_000 * EngineOptions.Second;

    /// <summary>What the translator answers to the next mapping; null for later.</summary>
    public bool? Installs { get; set; } = true;

    /// <summary>What is answered when a flow is recognised; null if nothing is.</summary>
    public Ipv4Address? PublicAddress { get; set; }

    /// <summary>What left of the packets of a direction, in order.</summary>
    public Action<Direction, byte[]> Departed { get; set; } = (_, _) => { };

    public int MappingCount => _mappings.Count;

    /// <summary>What is remembered of connections, as the marks of a Linux gateway; null if nothing ever is.</summary>
    public Dictionary<FlowKey, FlowStanding>? Marks { get; set; }

    /// <summary>A packet comes.</summary>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="packet">The datagram.</param>
    /// <param name="forced">A standing that comes with it whatever was said before; null for what is remembered.</param>
    public void Send(Direction direction, byte[] packet, FlowStanding? forced = null)
    {
        byte[] before = [.. packet];
        FlowKey? key = Keys.Of(before, direction);
        FlowStanding standing = forced ?? (Marks is not null && key is { } known ? Marks.GetValueOrDefault(known) : FlowStanding.None);

        // Where what is remembered is made up, nothing can be said of copies.
        _areCopiesJudged &= forced is null;
        long id = ++_sent;
        if (Marks is not null && forced is null && standing == FlowStanding.Done)
        {
            // Its packets are not diverted any more.
            Depart(direction, before, packet, isEdited: false);
            return;
        }

        Wait(0);
        Verdict verdict = Engine.Process(packet, direction, id, Now, standing);
        FlowStanding after = Engine.Standing;
        Finding.Unless(standing != FlowStanding.Peer || after is FlowStanding.Peer or FlowStanding.Done, "A peer's connection stays one.");
        if (verdict == Verdict.Hold)
        {
            Finding.Unless(packet.AsSpan().SequenceEqual(before), "What is held was not touched.");
            _held.Add(id, (before, direction, Now));
            CarryOut();
            return;
        }

        CarryOut();
        Mark(key, after);
        if (verdict == Verdict.Drop)
        {
            Finding.Unless(standing == FlowStanding.Peer && direction == Direction.Inbound, "Only what a peer sends is ever dropped.");
            _left++;
            return;
        }

        Depart(direction, before, packet, verdict == Verdict.ForwardEdited);
    }

    public void Wait(long nanoseconds)
    {
        Now += nanoseconds;
        Engine.Advance(Now);
        CarryOut();

        // Also what left amid this time left before its end.
        _copies.Wait(nanoseconds);
    }

    /// <summary>The translator answers what it has not answered yet.</summary>
    public void AnswerLate(bool installed)
    {
        Mapping[] waiting = [.. _unanswered];
        _unanswered.Clear();
        foreach (Mapping mapping in waiting)
        {
            Answer(mapping, installed);
            CarryOut();
        }
    }

    public void ReleaseAll()
    {
        Engine.ReleaseAll(Now);
        CarryOut();
    }

    /// <summary>The engine dies, and all that it knew and held; another takes over, some with its offers.</summary>
    public void Restart()
    {
        var saved = new List<SavedOffer>();
        Engine.CopyOffersTo(options.KeepsStandings ? saved : []);
        Engine = new Engine(options);
        _left += _held.Count;
        _held.Clear();
        _mappings.Clear();
        _refused.Clear();
        _unanswered.Clear();
        _copies.Forget();
        foreach (SavedOffer offer in saved)
        {
            Finding.Unless(Engine.TryAdopt(offer, Now) || offer.Deadline <= Now, "What one engine has had another one can have.");
        }

        CarryOut();
    }

    /// <summary>Nothing comes any more: everything that came has left, and nothing remains behind.</summary>
    public void Finish()
    {
        ReleaseAll();
        Finding.Unless(_held.Count == 0 && _left == _sent, "As many packets leave as come.");
        Installs = true;
        AnswerLate(installed: true);
        Wait(100_000 * EngineOptions.Second);
        Finding.Unless(Engine.KeptCount == 0 && Engine.FlowCount == 0, "After a day without packets no flow is left.");
        Finding.Unless(Engine.MappingCount == 0 && _mappings.Count == 0, "After a day without packets no mapping is left.");
    }

    private void Mark(FlowKey? key, FlowStanding standing)
    {
        if (Marks is not null && key is { } known)
        {
            Marks[known] = standing;
        }
    }

    private void Depart(Direction direction, byte[] before, byte[] after, bool isEdited)
    {
        _left++;
        PacketInvariants.Check(before, after, isEdited);
        Finding.Unless(!isEdited || _isOpened || direction == Direction.Inbound, "No offer is rewritten before a mapping is installed.");
        if (_areCopiesJudged)
        {
            _copies.Take(direction, before, after);
        }

        Departed(direction, after);
    }

    private void CarryOut()
    {
        while (Engine.TryTakeEffect(out Effect effect))
        {
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Finding.Unless(_held.Remove(effect.PacketId, out (byte[] Bytes, Direction Direction, long Since) held), "Only what is held is released, once.");
                    Finding.Unless(effect.Time - held.Since <= options.MaxHoldTime, "No packet waits longer than it may.");
                    Mark(Keys.Of(held.Bytes, held.Direction), effect.Standing);
                    Depart(held.Direction, held.Bytes, effect.Bytes.ToArray(), effect.Edited);
                    break;
                case EffectKind.OpenMapping:
                    Open(effect);
                    break;
                case EffectKind.CloseMapping:
                    Finding.Unless(_mappings.Remove(effect.Mapping) || _refused.Remove(effect.Mapping), "Only what was opened is closed, once.");
                    _unanswered.Remove(effect.Mapping);
                    break;
                case EffectKind.FlowRecognised when PublicAddress is { } address:
                    Engine.SetPublicAddress(effect.Flow, address);
                    break;
            }
        }

        Finding.Unless(Engine.FlowCount <= options.MaxFlows && Engine.KeptCount <= options.MaxHeld, "Tables stay below their caps.");
        foreach (Offer offer in Engine.PendingOffers)
        {
            int ofHost = 0;
            foreach (Offer other in Engine.PendingOffers)
            {
                ofHost += other.Flow.Lan.Address == offer.Flow.Lan.Address ? 1 : 0;
            }

            Finding.Unless(ofHost <= options.MaxOffersPerHost, "A host has no more than its share.");
        }

        Finding.Unless(Engine.MappingCount <= options.MaxOffers && Engine.PendingOffers.Length <= options.MaxOffers, "Mappings stay below their cap.");
    }

    private void Answer(Mapping mapping, bool installed)
    {
        _isOpened |= installed;
        if (!installed)
        {
            // There is no translation; the engine may close it later, or take it for gone.
            _mappings.Remove(mapping);
            _refused.Add(mapping);
        }

        Engine.AnswerMapping(mapping, installed, Now);
    }

    private void Open(Effect effect)
    {
        Mapping mapping = effect.Mapping;
        Finding.Unless(_mappings.Add(mapping), "A mapping is opened once.");
        _refused.Remove(mapping);
        Finding.Unless(mapping.Lan.Address == effect.Flow.Lan.Address, "A mapping leads to the host whose packet asked for it.");
        Finding.Unless(mapping.Lan.Port >= 1024 && mapping.Public.Port >= 1024, "No mapping has a privileged port.");
        Finding.Unless(!options.ReservedPorts.Contains(mapping.Public.Port), "No mapping takes a reserved port.");
        Finding.Unless(_mappings.Count(other => other.Public == mapping.Public) == 1, "A public end leads to one LAN end.");
        if (Installs is { } installed)
        {
            Answer(mapping, installed);
        }
        else
        {
            _unanswered.Add(mapping);
        }
    }
}
