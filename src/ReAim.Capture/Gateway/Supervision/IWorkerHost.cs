namespace ReAim.Capture.Gateway.Supervision;

/// <summary>What a supervisor needs of the system: workers, one at a time, and to be woken.</summary>
internal interface IWorkerHost : IDisposable
{
    /// <summary>Who wants to say something to the supervisor; it wakes <see cref="Wait"/>.</summary>
    IMailbox Mailbox { get; }

    /// <summary>Why a worker may more than intended, as a sentence for the log; null if it does not.</summary>
    string? Remark { get; }

    /// <summary>Has the system's wish to end this program posted as a letter, until what is returned is disposed of.</summary>
    IDisposable PostSignals();

    /// <summary>Starts a worker; the one before has ended.</summary>
    /// <param name="history">What went before it.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    IWorkerProcess Start(WorkerHistory history);

    /// <summary>Waits until a letter comes, the worker ticks or ends, or the time is up.</summary>
    void Wait(int milliseconds);
}
