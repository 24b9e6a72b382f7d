using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// What the programs of the network in memory know as its time and chance, here on the wall clock: one thread takes turns for all
/// of them, so that they need no locks, and every <c>await</c> goes on as a turn of its own.
/// </summary>
internal sealed class Simulation : SynchronizationContext, IDisposable
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    /// <summary>How often conditions are looked at where nothing happens.</summary>
    private const int Glance = 5;

    private readonly PriorityQueue<Timer, (long Time, long Number)> _events = new();
    private readonly List<Exception> _failures = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Thread _thread;
    private long _number;
    private bool _stopping;

    public Simulation(uint seed)
    {
        Random = new Dice(seed);
        _thread = new Thread(Turn) { IsBackground = true, Name = "programs" };
        _thread.Start();
    }

    /// <summary>Nanoseconds since it was made.</summary>
    public long Now => _clock.Elapsed.Ticks * 100;

    public Dice Random { get; }

    /// <summary>What programs threw.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    /// <summary>Runs an action some time from now.</summary>
    public Timer After(long nanoseconds, Action action)
    {
        var timer = new Timer(action, Now + Math.Max(0, nanoseconds));
        lock (_events)
        {
            _events.Enqueue(timer, (timer.Time, _number++));
            Monitor.Pulse(_events);
        }

        return timer;
    }

    /// <summary>A task that ends some time from now.</summary>
    public Task Delay(long nanoseconds)
    {
        var done = new TaskCompletionSource();
        After(nanoseconds, done.SetResult);
        return done.Task;
    }

    /// <summary>The task's result, or the default if it takes longer. Called by programs only.</summary>
    public async Task<T?> Within<T>(Task<T> task, long nanoseconds)
    {
        var late = new TaskCompletionSource();
        Timer limit = After(nanoseconds, late.SetResult);
        bool isInTime = await Task.WhenAny(task, late.Task) == task;
        limit.Cancel();
        return isInTime ? await task : default;
    }

    /// <summary>Starts a program; what it throws ends up in <see cref="Failures"/>.</summary>
    public Task Start(Func<Task> program)
    {
        var done = new TaskCompletionSource();
        After(0, async () =>
        {
            try
            {
                await program();
            }
            catch (Exception error)
            {
                _failures.Add(error);
            }

            done.SetResult();
        });
        return done.Task;
    }

    /// <summary>Does something among the programs, from another thread, and waits for it.</summary>
    public T Do<T>(Func<T> action)
    {
        if (Current == this)
        {
            return action();
        }

        var done = new TaskCompletionSource<T>();
        After(0, () =>
        {
            try
            {
                done.SetResult(action());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        try
        {
            return done.Task.Result;
        }
        catch (AggregateException error)
        {
            ExceptionDispatchInfo.Throw(error.InnerException!);
            throw;
        }
    }

    /// <summary>Waits, on another thread, until a condition holds, or for some time at most.</summary>
    /// <returns>True if the condition holds.</returns>
    public bool RunUntil(Func<bool> condition, long nanoseconds)
    {
        long end = Now + nanoseconds;
        while (!Do(condition))
        {
            if (Now > end)
            {
                return false;
            }

            Thread.Sleep(Glance);
        }

        return true;
    }

    public override void Post(SendOrPostCallback d, object? state) => After(0, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public void Dispose()
    {
        lock (_events)
        {
            _stopping = true;
            Monitor.Pulse(_events);
        }

        _thread.Join();
    }

    private void Turn()
    {
        SetSynchronizationContext(this);
        while (Next() is { } next)
        {
            try
            {
                next.Fire();
            }
            catch (Exception error)
            {
                _failures.Add(error);
            }
        }
    }

    private Timer? Next()
    {
        lock (_events)
        {
            while (!_stopping)
            {
                long wait = _events.TryPeek(out Timer? first, out _) ? first.Time - Now : Second;
                if (first is { IsCancelled: true })
                {
                    _events.Dequeue();
                }
                else if (wait <= 0)
                {
                    return _events.Dequeue();
                }
                else
                {
                    // Never late by less than the clock of Monitor can tell.
                    Monitor.Wait(_events, (int)Math.Clamp((wait + Millisecond - 1) / Millisecond, 1, 1_000));
                }
            }

            return null;
        }
    }
}
