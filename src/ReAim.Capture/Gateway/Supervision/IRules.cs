namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// The kernel's rules, as the supervisor needs them. Only one of these runs at a time, not always on the same thread, and
/// each returns within a second or two, whatever the programs do that it asks.
/// </summary>
internal interface IRules
{
    /// <summary>Removes what an earlier run left behind, and installs ours.</summary>
    /// <exception cref="BadInputException">They cannot be installed here; none is.</exception>
    void Install();

    /// <summary>Puts back what somebody took from them; sets and maps may come back empty.</summary>
    /// <returns>What was missing, as the subject of a sentence; null if nothing was.</returns>
    string? Repair();

    /// <summary>Asks to be told when somebody may have taken something from them.</summary>
    /// <param name="touched">Is called on any thread, perhaps too often.</param>
    /// <returns>Ends it; null where nobody tells, so that only looking helps.</returns>
    IDisposable? Watch(Action touched) => null;

    /// <summary>Takes away what sends packets to the worker, so that no more come while it gives its last verdicts.</summary>
    void StopQueueing();

    /// <summary>Removes all of them, what is still there. May be called again.</summary>
    void Remove();
}
