namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// When a worker is started, when its silence means that it hangs, and how long to wait before the next one. It has no clock:
/// times are milliseconds of any clock that runs evenly.
/// </summary>
/// <remarks>
/// Silence is counted in slices, at whose ends the supervisor looks. Of a slice that took longer the rest is the supervisor's own
/// lateness, or the whole machine's: the worker may have had no turn either, and nobody heard its ticks. So a worker is only blamed
/// for time in which the supervisor was there to hear it.
/// </remarks>
internal sealed class WorkerHealth
{
    /// <summary>How long a worker may be silent: 400 ms.</summary>
    public const long LongestSilence = 400;

    /// <summary>How long it may be silent at first, for <see cref="Beginning"/>: 600 ms. What runs for the first time is loaded, and on many machines compiled.</summary>
    public const long LongestFirstSilence = 600;

    /// <summary>How long after its first tick a worker is at its beginning: 5 s.</summary>
    public const long Beginning = 5_000;

    /// <summary>How long it may take to its first tick: 10 s.</summary>
    public const long LongestStart = 10_000;

    /// <summary>The pause before the next worker: 50 ms, then twice as long each time.</summary>
    public const long FirstPause = 50;

    /// <summary>The longest pause: 10 s.</summary>
    public const long LongestPause = 10_000;

    /// <summary>A worker that ticked for so long was healthy: 30 s. The pauses begin anew.</summary>
    public const long LongEnough = 30_000;

    /// <summary>How often to look while a worker is silent: 100 ms.</summary>
    public const long Slice = 100;

    private State _state = State.Awaited;
    private long _firstTick;
    private long _lastLook;
    private long _silence;

    /// <summary>Nothing runs yet; the first worker is due at once.</summary>
    /// <param name="now">The time.</param>
    public WorkerHealth(long now) => Deadline = now;

    private enum State
    {
        Awaited,
        Starting,
        Ticking,
        Doomed,
    }

    /// <summary>When to look again, whatever happens before; <see cref="long.MaxValue"/> if only its end is awaited.</summary>
    public long Deadline { get; private set; }

    /// <summary>How many workers have ended.</summary>
    public int Restarts { get; private set; }

    /// <summary>The pause before the next worker.</summary>
    public long Pause { get; private set; } = FirstPause;

    /// <summary>True if a worker is to be started now.</summary>
    public bool IsDue(long now) => _state == State.Awaited && now >= Deadline;

    /// <summary>A worker was started.</summary>
    public void Start(long now)
    {
        _state = State.Starting;
        Hear(now);
    }

    /// <summary>It ticked.</summary>
    /// <returns>True if that was its first tick.</returns>
    public bool Tick(long now)
    {
        if (_state is State.Awaited or State.Doomed)
        {
            return false;
        }

        bool isFirst = _state == State.Starting;
        if (isFirst)
        {
            (_state, _firstTick) = (State.Ticking, now);
        }

        Hear(now);
        return isFirst;
    }

    /// <summary>True if it has been silent for too long. To be asked after all its ticks were told.</summary>
    public bool IsSilent(long now)
    {
        if (_state is State.Awaited or State.Doomed)
        {
            return false;
        }

        _silence += Math.Min(now - _lastLook, Slice);
        _lastLook = now;
        long patience = Patience(now);
        Deadline = now + Math.Clamp(patience - _silence, 0, Slice);
        return _silence >= patience;
    }

    /// <summary>It is being ended: nothing but its end counts any more.</summary>
    public void GiveUp()
    {
        if (_state != State.Awaited)
        {
            (_state, Deadline) = (State.Doomed, long.MaxValue);
        }
    }

    /// <summary>It has ended, or could not be started: the next one is due after a pause.</summary>
    /// <returns>The pause.</returns>
    public long End(long now)
    {
        bool wasHealthy = _firstTick != 0 && now - _firstTick >= LongEnough;
        long pause = wasHealthy ? FirstPause : Pause;
        Pause = Math.Min(pause * 2, LongestPause);
        Restarts++;
        (_state, _firstTick, Deadline) = (State.Awaited, 0, now + pause);
        return pause;
    }

    private long Patience(long now) => _state == State.Starting ? LongestStart
        : now - _firstTick < Beginning ? LongestFirstSilence
        : LongestSilence;

    private void Hear(long now) => (_silence, _lastLook, Deadline) = (0, now, now + Slice);
}
