using System.Diagnostics;

namespace ReAim.Capture.Gateway;

/// <summary>The engine's clock on a live gateway: it runs evenly, whatever happens to the date.</summary>
internal static class GatewayClock
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>Nanoseconds since some moment before this process began.</summary>
    public static long Now => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    /// <summary>Nanoseconds since 1970, for recordings.</summary>
    public static long WallTime => (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100;
}
