using ReAim.Alg;

namespace ReAim.Capture.Gateway;

/// <summary>Who keeps the packets that wait.</summary>
internal interface IReleases
{
    /// <summary>Sends a packet that waited.</summary>
    /// <param name="release">A <see cref="EffectKind.Release"/> effect.</param>
    void Release(in Effect release);

    /// <summary>Sends a packet of the engine's own, if it can.</summary>
    /// <param name="reset">A <see cref="EffectKind.Reset"/> effect.</param>
    void Reset(in Effect reset)
    {
    }
}
