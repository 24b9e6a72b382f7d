namespace ReAim.Capture.Linux.Conntrack;

/// <summary>
/// How often the kernel's whole table may be searched. Packets wait meanwhile, and whoever opens connections on the LAN could
/// else have it searched all the time.
/// </summary>
internal sealed class SearchPace
{
    /// <summary>Searches in a row.</summary>
    public const int Burst = 4;

    /// <summary>Milliseconds until another one is permitted.</summary>
    public const int Interval = 500;

    private int _left = Burst;
    private long _since;

    /// <summary>Takes one.</summary>
    /// <param name="now">Milliseconds of any clock that never goes back.</param>
    /// <returns>False if it is too early.</returns>
    public bool TryTake(long now)
    {
        long earned = (now - _since) / Interval;
        _since = _left + earned >= Burst ? now : _since + (earned * Interval);
        _left = (int)Math.Min(Burst, _left + earned);
        if (_left == 0)
        {
            return false;
        }

        _left--;
        return true;
    }
}
