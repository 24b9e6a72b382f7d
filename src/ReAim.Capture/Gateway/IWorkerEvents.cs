namespace ReAim.Capture.Gateway;

/// <summary>How a worker's loop waits.</summary>
internal interface IWorkerEvents
{
    /// <summary>Waits until packets came, there is something else to do, or the time is up.</summary>
    /// <param name="takesAskers">False while who asks for the status has to wait.</param>
    /// <param name="milliseconds">How long at most.</param>
    /// <returns>What there is to do besides packets.</returns>
    WorkerEvents Wait(bool takesAskers, int milliseconds);
}
