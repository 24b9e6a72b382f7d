#pragma warning disable CA1822 // stubs
using ReAim.Alg.Translation;

namespace ReAim.Alg;

/// <summary>
/// The helper itself: packets in, effects out. It does no I/O, owns no clock and no thread, and never throws on bytes from
/// a network. For every packet: <see cref="Advance"/>, <see cref="Process"/>, then take all effects and carry them out in
/// order, then apply the verdict. Not thread-safe: one engine, one thread.
/// </summary>
public sealed class Engine
{
    /// <summary>Makes an engine without flows.</summary>
    /// <param name="options">Limits and addresses.</param>
    public Engine(EngineOptions options)
    {
        Options = options;
    }

    /// <summary>Limits and addresses.</summary>
    public EngineOptions Options { get; }

    /// <summary>How often each reason fell.</summary>
    public ReasonCounters Reasons { get; } = new();

    /// <summary>When the next timer fires; <see cref="long.MaxValue"/> if none runs.</summary>
    public long NextDeadline => long.MaxValue;

    /// <summary>Looks at one packet.</summary>
    /// <param name="packet">An IPv4 datagram, which may be followed by padding. Edits are made in place.</param>
    /// <param name="direction">Which way it crosses the gateway.</param>
    /// <param name="packetId">The caller's id, named again when a held packet is released.</param>
    /// <param name="now">Nanoseconds on the caller's clock; a clock that runs backwards stands still here.</param>
    public Verdict Process(Span<byte> packet, Direction direction, long packetId, long now) => Verdict.Forward;

    /// <summary>Says whether the translator installed a mapping; the packets that waited for it follow as effects.</summary>
    /// <param name="mapping">The mapping of an <see cref="EffectKind.OpenMapping"/> effect.</param>
    /// <param name="installed">False if it could not be installed: the offer then passes unchanged.</param>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void AnswerMapping(Mapping mapping, bool installed, long now)
    {
    }

    /// <summary>Fires every timer that is due, each at its own time.</summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void Advance(long now)
    {
    }

    /// <summary>Releases everything held, unchanged, as a shutdown or the end of a recording needs it.</summary>
    /// <param name="now">Nanoseconds on the caller's clock.</param>
    public void ReleaseAll(long now)
    {
    }

    /// <summary>Takes the next effect; false if there is none.</summary>
    /// <param name="effect">The effect.</param>
    public bool TryTakeEffect(out Effect effect)
    {
        effect = default;
        return false;
    }
}
