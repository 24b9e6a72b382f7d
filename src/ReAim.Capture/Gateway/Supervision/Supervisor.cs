using System.Globalization;
using ReAim.Capture.Commands;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// Keeps a worker running and the rules in place, and removes the rules in the end, whatever the end is. It reads nothing
/// that comes from the network.
/// </summary>
/// <param name="rules">The rules, not installed yet.</param>
/// <param name="starter">Starts workers.</param>
/// <param name="arguments">A worker's arguments, but for its link.</param>
/// <param name="instance">The lock, whose socket the worker serves.</param>
/// <param name="log">Where sentences go, from any thread.</param>
internal sealed class Supervisor(
    IRules rules, WorkerStarter starter, IReadOnlyList<string> arguments, InstanceLock instance, Action<string> log)
{
    private const int LongestDrain = 1000;

    private readonly WorkerHealth _health = new(Environment.TickCount64);
    private readonly long _started = Environment.TickCount64;
    private WorkerProcess? _worker;
    private bool _wasReady;
    private long _nextSign = long.MaxValue;

    /// <summary>The file that a worker records into; null for none.</summary>
    public int? Record { get; init; }

    /// <summary>The kernel's counters of queues, for the worker, which may not open them; null for none.</summary>
    public int? QueueCounters { get; init; }

    /// <summary>Who started this process.</summary>
    public ServiceManager Service { get; init; } = ServiceManager.FromEnvironment();

    /// <summary>Installs the rules and supervises until a signal says to stop.</summary>
    /// <returns>One of <see cref="ExitCode"/>: that of a worker which cannot work here, if it was the first.</returns>
    /// <exception cref="BadInputException">The rules cannot be installed.</exception>
    public int Run()
    {
        using var mailbox = new Mailbox();
        using var signals = new StopSignals(mailbox);
        rules.Install();
        try
        {
            using var keeper = new RulesKeeper(rules, mailbox, log);
            if (starter.Remark is { } remark)
            {
                log(remark);
            }

            _nextSign = Service.WatchdogInterval > 0 ? Environment.TickCount64 : long.MaxValue;
            int code = Supervise(mailbox);
            Service.Stopping();
            Drain(keeper, mailbox);
            return code;
        }
        finally
        {
            _worker?.End();
            _worker?.Dispose();
            rules.Remove();
        }
    }

    /// <summary>Turns until it is time to stop.</summary>
    private int Supervise(Mailbox mailbox)
    {
        while (true)
        {
            Wait(mailbox, Math.Min(_health.Deadline, _nextSign));
            long now = Environment.TickCount64;
            if ((HearWorker(now) ?? Hear(mailbox)) is { } code)
            {
                return code;
            }

            if (_health.IsSilent(now))
            {
                // First the kill: whoever reads the log may be what hangs.
                _worker?.Kill();
                log("the worker hangs and is ended; packets pass without it.");
                _health.GiveUp();
            }

            if (_health.IsDue(now))
            {
                StartWorker(now);
            }

            ShowSign(now);
        }
    }

    /// <summary>Takes what the other threads have to say.</summary>
    /// <returns>The exit code with which to end; null to go on.</returns>
    private int? Hear(Mailbox mailbox)
    {
        while (mailbox.TryTake(out Letter letter))
        {
            if (letter != Letter.Restored)
            {
                return letter == Letter.Interrupt ? ExitCode.Interrupted : ExitCode.Success;
            }

            _worker?.Send(WorkerOrder.Reinstall);
        }

        return null;
    }

    /// <summary>Takes what the worker has to say, and its end.</summary>
    /// <returns>The exit code with which to end; null to go on.</returns>
    private int? HearWorker(long now)
    {
        if (_worker is not { } worker)
        {
            return null;
        }

        if (worker.TakeTicks() && _health.Tick(now))
        {
            log(string.Create(CultureInfo.InvariantCulture, $"ready: helping, with the worker as process {worker.Id}."));
            Service.Ready("Helping.");
            _wasReady = true;
        }

        if (!worker.TryTakeEnd(out WorkerEnd end))
        {
            return null;
        }

        worker.Dispose();
        _worker = null;
        if (!_wasReady && end.Code == ExitCode.BadInput)
        {
            // It has said why; the next one would say the same.
            return end.Code;
        }

        Pause(now, $"the worker {end}; packets pass without it");
        return null;
    }

    private void StartWorker(long now)
    {
        _health.Start(now);
        int restarts = _health.Restarts;
        try
        {
            int[] files = [instance.Descriptor, .. ((int?[])[Record, QueueCounters]).OfType<int>()];
            _worker = starter.Start(
                ticks => [.. arguments, .. new WorkerLink(ticks, instance.Descriptor, Record, QueueCounters, restarts, _started).ToArguments()],
                files);
        }
        catch (IOException failure)
        {
            Pause(now, failure.Message.TrimEnd('.'));
        }
    }

    private void Pause(long now, string why)
    {
        long pause = _health.End(now);
        log(string.Create(CultureInfo.InvariantCulture, $"{why}. Another is started in {pause} ms."));
        Service.Status(why);
    }

    /// <summary>Lets the worker give its last verdicts: for a second, or until a further signal.</summary>
    private void Drain(RulesKeeper keeper, Mailbox mailbox)
    {
        long deadline = Environment.TickCount64 + LongestDrain;
        try
        {
            if (keeper.TryStop(LongestDrain / 2))
            {
                rules.StopQueueing();
            }
        }
        catch (IOException failure)
        {
            log($"packets are still sent to the worker while it ends: {failure.Message}");
        }

        _worker?.Send(WorkerOrder.Drain);
        while (_worker is { } worker && Environment.TickCount64 < deadline)
        {
            Wait(mailbox, deadline);
            worker.TakeTicks();
            if (worker.TryTakeEnd(out _))
            {
                worker.Dispose();
                _worker = null;
            }

            if (Hear(mailbox) is not null)
            {
                return;
            }
        }
    }

    private void ShowSign(long now)
    {
        if (now >= _nextSign)
        {
            Service.Alive();
            _nextSign = now + Service.WatchdogInterval;
        }
    }

    /// <summary>Waits until a letter comes, the worker ticks or ends, or the time has come.</summary>
    private void Wait(Mailbox mailbox, long until)
    {
        Span<PollDescriptor> files =
        [
            new() { Descriptor = mailbox.Descriptor, Events = PollDescriptor.Readable },
            new() { Descriptor = _worker?.ExitDescriptor ?? -1, Events = PollDescriptor.Readable },
            new() { Descriptor = _worker?.TicksDescriptor ?? -1, Events = PollDescriptor.Readable },
        ];
        long wait = Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue);
        LibC.Poll(files, (int)wait);
    }
}
