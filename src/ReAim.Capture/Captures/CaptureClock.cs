namespace ReAim.Capture.Captures;

/// <summary>How a capture counts time: ticks per second, and whole seconds to add (pcapng if_tsresol and if_tsoffset).</summary>
/// <param name="TicksPerSecond">At least 1.</param>
/// <param name="OffsetSeconds">Seconds that every timestamp lacks.</param>
internal readonly record struct CaptureClock(ulong TicksPerSecond, long OffsetSeconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Microseconds.</summary>
    public static CaptureClock Microseconds { get; } = new(1_000_000, 0);

    /// <summary>Nanoseconds.</summary>
    public static CaptureClock Nanoseconds { get; } = new(1_000_000_000, 0);

    /// <summary>Ticks as nanoseconds since 1970; times beyond the year 2262 become that year's.</summary>
    public long ToNanoseconds(ulong ticks)
    {
        ulong seconds = ticks / TicksPerSecond;
        var fraction = (long)((UInt128)(ticks % TicksPerSecond) * NanosecondsPerSecond / TicksPerSecond);
        Int128 time = (((Int128)seconds + OffsetSeconds) * NanosecondsPerSecond) + fraction;
        return (long)Int128.Clamp(time, long.MinValue, long.MaxValue);
    }

    /// <summary>Nanoseconds since 1970 as ticks, rounded down.</summary>
    public ulong ToTicks(long nanoseconds)
    {
        Int128 time = nanoseconds - ((Int128)OffsetSeconds * NanosecondsPerSecond);
        Int128 ticks = time * TicksPerSecond / NanosecondsPerSecond;
        return (ulong)Int128.Clamp(ticks, 0, ulong.MaxValue);
    }
}
