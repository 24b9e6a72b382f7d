using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Smoothed round-trip time and the timeout that follows from it (RFC 6298, with Linux's floor of 200 ms).</summary>
internal sealed class RoundTripEstimator
{
    private const long Initial = Simulation.Second;
    private const long VariationFloor = 200 * Simulation.Millisecond;
    private const long Longest = 120 * Simulation.Second;

    private long _variation;
    private int _backoff;

    /// <summary>Nanoseconds; 0 before the first measurement.</summary>
    public long Smoothed { get; private set; }

    /// <summary>
    /// The timeout. Linux applies the floor to four times the variation, not to the sum: on a steady path it comes to the
    /// round-trip time and 200 ms.
    /// </summary>
    public long Timeout =>
        Math.Min(Longest, (Smoothed == 0 ? Initial : Smoothed + Math.Max(VariationFloor, 4 * _variation)) << _backoff);

    public void Measure(long roundTrip)
    {
        if (Smoothed == 0)
        {
            Smoothed = Math.Max(1, roundTrip);
            _variation = roundTrip / 2;
            return;
        }

        _variation = ((3 * _variation) + Math.Abs(Smoothed - roundTrip)) / 4;
        Smoothed = Math.Max(1, ((7 * Smoothed) + roundTrip) / 8);
    }

    public void BackOff() => _backoff = Math.Min(_backoff + 1, 10);

    public void ResetBackoff() => _backoff = 0;
}
