namespace ReAim.Capture.Gateway.Supervision;

/// <summary>A running worker, as its supervisor sees it.</summary>
internal interface IWorkerProcess : IDisposable
{
    /// <summary>The process id.</summary>
    int Id { get; }

    /// <summary>Takes all ticks that have come.</summary>
    /// <returns>True if there was one.</returns>
    bool TakeTicks();

    /// <summary>Sends an order. A worker that reads none is about to be ended anyway.</summary>
    void Send(WorkerOrder order);

    /// <summary>Ends it at once, stopped or not.</summary>
    void Kill();

    /// <summary>Takes its end, if it has ended.</summary>
    bool TryTakeEnd(out WorkerEnd end);

    /// <summary>Ends it at once and waits for that, for a second at most: a process can be stuck in the kernel.</summary>
    void End();
}
