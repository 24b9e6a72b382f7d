using System.Globalization;
using ReAim.Capture.Commands;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// Keeps a worker running and the rules in place, and removes the rules in the end, whatever the end is. It reads nothing
/// that comes from the network.
/// </summary>
/// <param name="rules">The rules, not installed yet.</param>
/// <param name="host">Starts workers, and waits for them.</param>
/// <param name="log">Where sentences go, from any thread.</param>
internal sealed class Supervisor(IRules rules, IWorkerHost host, Action<string> log)
{

    private readonly WorkerHealth _health = new(Environment.TickCount64);
    private readonly long _started = Environment.TickCount64;
    private IWorkerProcess? _worker;
    private bool _wasReady;
    private long _nextSign = long.MaxValue;

    /// <summary>How long a worker may take to end, in milliseconds.</summary>
    public long DrainTime { get; init; } = 1_000;

    /// <summary>What the worker does, as one word for the log.</summary>
    public string Doing { get; init; } = "helping";

    /// <summary>Who started this process.</summary>
    public required IServiceManager Service { get; init; }

    /// <summary>Installs the rules and supervises until a signal says to stop.</summary>
    /// <returns>One of <see cref="ExitCode"/>: that of a worker which cannot work here, if it was the first.</returns>
    /// <exception cref="BadInputException">The rules cannot be installed.</exception>
    public int Run()
    {
        using IDisposable signals = host.PostSignals();
        rules.Install();
        try
        {
            using var keeper = new RulesKeeper(rules, host.Mailbox, log);
            if (host.Remark is { } remark)
            {
                log(remark);
            }

            _nextSign = Service.WatchdogInterval > 0 ? Environment.TickCount64 : long.MaxValue;
            int code = Supervise();
            Service.Stopping();
            Drain(keeper);
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
    private int Supervise()
    {
        while (true)
        {
            Wait(Math.Min(_health.Deadline, _nextSign));
            long now = Environment.TickCount64;
            if ((HearWorker(now) ?? Hear()) is { } code)
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
    private int? Hear()
    {
        while (host.Mailbox.TryTake(out Letter letter))
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
            log(string.Create(CultureInfo.InvariantCulture, $"ready: {Doing}, with the worker as process {worker.Id}."));
            Service.Ready($"{char.ToUpperInvariant(Doing[0])}{Doing[1..]}.");
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
        try
        {
            _worker = host.Start(new WorkerHistory(_health.Restarts, _started));
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

    /// <summary>Lets the worker give its last verdicts: for <see cref="DrainTime"/>, or until a further signal.</summary>
    private void Drain(RulesKeeper keeper)
    {
        long deadline = Environment.TickCount64 + DrainTime;
        try
        {
            if (keeper.TryStop((int)DrainTime / 2))
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
            Wait(deadline);
            worker.TakeTicks();
            if (worker.TryTakeEnd(out _))
            {
                worker.Dispose();
                _worker = null;
            }

            if (Hear() is not null)
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
    private void Wait(long until) => host.Wait((int)Math.Clamp(until - Environment.TickCount64, 0, int.MaxValue));
}
