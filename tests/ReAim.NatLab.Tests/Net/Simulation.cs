namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// Time and chance of a network in memory: events in order of time, then in order of being asked for, and one generator for
/// every throw of the dice. The same seed gives the same packets. It is also the synchronization context of the programs that
/// run in it, so that an <c>await</c> goes on as an event like any other.
/// </summary>
internal sealed class Simulation : SynchronizationContext
{
    public const long Millisecond = 1_000_000;
    public const long Second = 1_000_000_000;

    private readonly PriorityQueue<Timer, (long Time, long Number)> _events = new();
    private readonly List<Exception> _failures = [];
    private long _number;

    public Simulation(uint seed)
    {
        Seed = seed;
        Random = new Dice(seed);
    }

    public uint Seed { get; }

    /// <summary>Nanoseconds since the simulation began.</summary>
    public long Now { get; private set; } = 1_000 * Second;

    public Dice Random { get; }

    /// <summary>What programs threw.</summary>
    public IReadOnlyList<Exception> Failures => _failures;

    /// <summary>Runs an action some time from now.</summary>
    public Timer After(long nanoseconds, Action action)
    {
        var timer = new Timer(action, Now + Math.Max(0, nanoseconds));
        _events.Enqueue(timer, (timer.Time, _number++));
        return timer;
    }

    /// <summary>A task that ends some time from now.</summary>
    public Task Delay(long nanoseconds)
    {
        var done = new TaskCompletionSource();
        After(nanoseconds, done.SetResult);
        return done.Task;
    }

    /// <summary>The task's result, or the default if it takes longer: its own end is then nobody's concern.</summary>
    public Task<T?> Within<T>(Task<T> task, long nanoseconds)
    {
        // Also if it is called from outside of the simulation the rest of it must run inside, not on another thread.
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            return Limit(task, Delay(nanoseconds));
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
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

    /// <summary>Runs events until a condition holds, or for some time at most.</summary>
    /// <returns>True if the condition holds.</returns>
    public bool RunUntil(Func<bool> condition, long nanoseconds)
    {
        SynchronizationContext? outer = Current;
        SetSynchronizationContext(this);
        try
        {
            long end = Now + nanoseconds;
            while (!condition())
            {
                if (!_events.TryPeek(out Timer? next, out _) || next.Time > end)
                {
                    Now = end;
                    return condition();
                }

                _events.Dequeue();
                if (!next.IsCancelled)
                {
                    Now = next.Time;
                    next.Fire();
                }
            }

            return true;
        }
        finally
        {
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs events for some time.</summary>
    public void Run(long nanoseconds) => RunUntil(() => false, nanoseconds);

    public override void Post(SendOrPostCallback d, object? state) => After(0, () => d(state));

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    private static async Task<T?> Limit<T>(Task<T> task, Task limit) =>
        await Task.WhenAny(task, limit) == task ? await task : default;
}
