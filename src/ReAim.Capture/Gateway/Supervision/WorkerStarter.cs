using System.Collections;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// Starts workers from a thread of its own that has a worker's rights. The thread lives as long as the process, because the
/// kernel ends a worker with the thread that started it, not with the process.
/// </summary>
internal sealed class WorkerStarter
{
    private const int Nice = -10;

    // SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP: a terminal sends them to both; what follows is the supervisor's decision.
    private static readonly int[] Blocked = [1, 2, 3, 15, 20];

    // Nothing of the worker's belongs into /tmp or to the service manager.
    private static readonly Dictionary<string, string?> Environs = new()
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["HOME"] = "/",
        ["NOTIFY_SOCKET"] = null,
        ["WATCHDOG_USEC"] = null,
        ["WATCHDOG_PID"] = null,
    };

    private readonly BlockingCollection<Action> _requests = [];
    private readonly WorkerProgram _program;
    private readonly ThreadRights _rights;

    /// <summary>Makes the thread.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="capabilities">The worker's capabilities, as bits: <see cref="ThreadRights.NetAdmin"/> and others.</param>
    /// <exception cref="BadInputException">This process itself has not got a wanted capability.</exception>
    public WorkerStarter(WorkerProgram program, ulong capabilities)
    {
        _program = program;
        new Thread(Serve) { IsBackground = true, Name = "worker starter" }.Start();
        _rights = OnThread(() =>
        {
            // Packets wait for a worker: on a busy machine it must not be taken for one that hangs.
            LibC.SetThreadPriority(Nice);
            return ThreadRights.Reduce(capabilities, program);
        });
    }

    /// <summary>Why a worker may more than intended, as a sentence for the log; null if it does not.</summary>
    public string? Remark => _rights.Remark;

    /// <summary>Starts a worker.</summary>
    /// <param name="arguments">Its arguments, told the number of the file that it ticks into.</param>
    /// <param name="inherited">Further files that it gets under the same numbers.</param>
    /// <exception cref="IOException">It could not be started.</exception>
    public WorkerProcess Start(Func<int, IEnumerable<string>> arguments, IReadOnlyList<int> inherited) =>
        OnThread(() => _rights.AsWorker(() => StartHere(arguments, inherited)));

    private static IEnumerable<string> Environment()
    {
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
        {
            if (!Environs.ContainsKey((string)variable.Key))
            {
                yield return $"{variable.Key}={variable.Value}";
            }
        }

        foreach ((string name, string? value) in Environs)
        {
            if (value is not null)
            {
                yield return $"{name}={value}";
            }
        }
    }

    private static SafeFileHandle Watch(int id)
    {
        try
        {
            return LibC.OpenProcess(id);
        }
        catch (IOException)
        {
            // What cannot be watched must not run.
            LibC.Kill(id, LibC.SignalKill);
            LibC.TryWait(id, out _);
            throw;
        }
    }

    private WorkerProcess StartHere(Func<int, IEnumerable<string>> arguments, IReadOnlyList<int> inherited)
    {
        (SafeFileHandle ticks, SafeFileHandle ticksOut) = LibC.Pipe();
        (SafeFileHandle orders, SafeFileHandle control) = LibC.Pipe();
        int ticksNumber = (int)ticksOut.DangerousGetHandle();
        try
        {
            int error = LibC.Spawn(
                _program.Path,
                [_program.Path, .. _program.First, .. arguments(ticksNumber)],
                Environment(),
                orders,
                [ticksNumber, .. inherited],
                Blocked,
                out int id);
            if (error != 0)
            {
                throw LibC.Failure("starting the worker", error);
            }

            return new WorkerProcess(id, Watch(id), ticks, control);
        }
        catch
        {
            ticks.Dispose();
            control.Dispose();
            throw;
        }
        finally
        {
            // The worker's ends are the worker's alone: they close when it ends.
            ticksOut.Dispose();
            orders.Dispose();
        }
    }

    private void Serve()
    {
        foreach (Action request in _requests.GetConsumingEnumerable())
        {
            request();
        }
    }

    private T OnThread<T>(Func<T> action)
    {
        T? result = default;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _requests.Add(() =>
        {
            try
            {
                result = action();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result!;
    }
}
