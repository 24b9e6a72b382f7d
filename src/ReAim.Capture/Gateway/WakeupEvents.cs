namespace ReAim.Capture.Gateway;

/// <summary>Waits for one signal that everybody gives, and has everything looked at.</summary>
/// <param name="wakeup">Who has something to do for the loop wakes this.</param>
internal sealed class WakeupEvents(Wakeup wakeup) : IWorkerEvents
{
    /// <inheritdoc/>
    public WorkerEvents Wait(bool takesAskers, int milliseconds)
    {
        wakeup.Wait(milliseconds);
        return WorkerEvents.Orders | WorkerEvents.Asker;
    }
}
