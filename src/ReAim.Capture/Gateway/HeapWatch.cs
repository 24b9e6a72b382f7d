namespace ReAim.Capture.Gateway;

/// <summary>
/// Collects garbage a little at a time. Left alone the runtime first fills as much memory as the processor's cache holds, which
/// may be a hundred megabytes: a small gateway has better use for them.
/// </summary>
internal sealed class HeapWatch
{
    /// <summary>Bytes allocated between two collections.</summary>
    private const long Most = 4 << 20;

    private long _before;

    /// <summary>Looks how much was allocated, and collects what is young if it is time.</summary>
    public void Look()
    {
        long now = GC.GetTotalAllocatedBytes();
        if (now - _before > Most)
        {
            _before = now;
            GC.Collect(1, GCCollectionMode.Forced);
        }
    }
}
