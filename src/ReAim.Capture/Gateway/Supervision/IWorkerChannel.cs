namespace ReAim.Capture.Gateway.Supervision;

/// <summary>A worker's line to its supervisor: ticks out, orders in. Nothing here waits or throws.</summary>
internal interface IWorkerChannel : IDisposable
{
    /// <summary>How long a worker may sleep at most: it ticks once in a turn, and 400 ms without a tick end it.</summary>
    static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(100);

    /// <summary>Says that the worker is alive; to be called in every turn. The first call says that it is ready.</summary>
    /// <param name="now">The time, in nanoseconds of any clock that runs evenly.</param>
    void Tick(long now);

    /// <summary>Takes the orders that have come.</summary>
    WorkerOrder TakeOrders();
}
