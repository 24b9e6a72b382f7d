namespace ReAim.Capture.Gateway;

/// <summary>Where a live gateway's packets come from and go back to.</summary>
internal interface IDiverter : IDisposable
{
    /// <summary>What it counted, by word.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Counters { get; }

    /// <summary>Takes what there is, and fires the engine's timers.</summary>
    /// <param name="mayWait">True if it may wait for a moment, because packets have just come and more are likely.</param>
    /// <returns>True if packets came.</returns>
    bool Turn(bool mayWait);

    /// <summary>Lets go all that waits, undecided bytes unchanged: the worker ends.</summary>
    void Drain();
}
