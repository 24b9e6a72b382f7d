using ReAim.Alg.Streams;

namespace ReAim.Alg;

/// <summary>Effects in the order in which they must be carried out. Grows to the longest burst and stays there.</summary>
internal sealed class EffectQueue(HoldPool holds)
{
    private readonly Queue<(Effect Effect, HeldSegment? Held)> _effects = new(64);
    private HeldSegment? _taken;

    /// <summary>True if every effect was taken.</summary>
    public bool IsEmpty => _effects.Count == 0;

    /// <summary>Adds an effect; <paramref name="held"/> is the packet whose bytes it names.</summary>
    public void Add(in Effect effect, HeldSegment? held = null) => _effects.Enqueue((effect, held));

    /// <summary>Takes the next effect; the bytes of the one taken before are given back.</summary>
    public bool TryTake(out Effect effect)
    {
        if (_taken is not null)
        {
            holds.EndEffect(_taken);
            _taken = null;
        }

        if (_effects.Count == 0)
        {
            effect = default;
            return false;
        }

        (effect, _taken) = _effects.Dequeue();
        return true;
    }
}
