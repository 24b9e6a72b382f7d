using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>Workers with reduced rights, that end with their supervisor, and a wait for them with poll(2).</summary>
/// <param name="starter">Starts workers.</param>
/// <param name="arguments">A worker's arguments, but for its link.</param>
/// <param name="instance">The lock, whose socket the worker serves.</param>
internal sealed class LinuxWorkerHost(WorkerStarter starter, IReadOnlyList<string> arguments, InstanceLock instance) : IWorkerHost
{
    private readonly Mailbox _mailbox = new();
    private WorkerProcess? _worker;

    /// <summary>The file that a worker records into; null for none.</summary>
    public int? Record { get; init; }

    /// <summary>Where workers write down their offers for those that follow; null if nowhere.</summary>
    public int? Offers { get; init; }

    /// <summary>Where workers ask the keeper of guarded connections; null if there is none.</summary>
    public int? Guard { get; init; }

    /// <summary>The kernel's counters of queues, for the worker, which may not open them; null for none.</summary>
    public int? QueueCounters { get; init; }

    /// <inheritdoc/>
    public IMailbox Mailbox => _mailbox;

    /// <inheritdoc/>
    public string? Remark => starter.Remark;

    /// <inheritdoc/>
    public IDisposable PostSignals() => new StopSignals(_mailbox);

    /// <inheritdoc/>
    public IWorkerProcess Start(WorkerHistory history)
    {
        int[] files = [instance.Descriptor, .. ((int?[])[Record, Offers, Guard, QueueCounters]).OfType<int>()];
        return _worker = starter.Start(
            ticks => [.. arguments, .. new WorkerLink(ticks, instance.Descriptor, Record, Offers, Guard, QueueCounters, history).ToArguments()], files);
    }

    /// <inheritdoc/>
    public void Wait(int milliseconds)
    {
        Span<PollDescriptor> files =
        [
            new() { Descriptor = _mailbox.Descriptor, Events = PollDescriptor.Readable },
            new() { Descriptor = _worker?.ExitDescriptor ?? WorkerProcess.None, Events = PollDescriptor.Readable },
            new() { Descriptor = _worker?.TicksDescriptor ?? WorkerProcess.None, Events = PollDescriptor.Readable },
        ];
        LibC.Poll(files, milliseconds);
    }

    /// <summary>Closes the mailbox.</summary>
    public void Dispose() => _mailbox.Dispose();
}
