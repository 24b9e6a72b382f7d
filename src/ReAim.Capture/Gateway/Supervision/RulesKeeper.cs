namespace ReAim.Capture.Gateway.Supervision;

/// <summary>
/// Looks whether the rules are still there, and restores them: at once when somebody has changed rules, as far as the kernel tells,
/// and every two seconds. On a thread of its own, because the programs it asks may take long, and a silent worker must not wait for them.
/// </summary>
internal sealed class RulesKeeper : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Whoever changes rules again and again must not keep us busy.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ManualResetEvent _stop = new(false);
    private readonly AutoResetEvent _touched = new(false);
    private readonly IRules _rules;
    private readonly IMailbox _mailbox;
    private readonly Action<string> _log;
    private readonly HeapWatch _heap = new();
    private readonly Thread _thread;
    private string? _lastFailure;

    /// <summary>Begins.</summary>
    /// <param name="rules">The rules, which are installed.</param>
    /// <param name="mailbox">Where to say that they were restored.</param>
    /// <param name="log">Where sentences go.</param>
    public RulesKeeper(IRules rules, IMailbox mailbox, Action<string> log)
    {
        (_rules, _mailbox, _log) = (rules, mailbox, log);
        _thread = new Thread(Keep) { IsBackground = true, Name = "rules keeper" };
        _thread.Start();
    }

    /// <summary>Ends.</summary>
    /// <param name="milliseconds">How long to wait for a repair that is under way; -1 for ever.</param>
    /// <returns>True if it has ended; afterwards it repairs nothing.</returns>
    public bool TryStop(int milliseconds)
    {
        _stop.Set();
        return _thread.Join(milliseconds);
    }

    /// <summary>Ends, however long it takes.</summary>
    public void Dispose() => TryStop(-1);

    private void Keep()
    {
        using IDisposable? watch = _rules.Watch(() => _touched.Set());
        while (WaitHandle.WaitAny([_stop, _touched], Interval) != 0 && !_stop.WaitOne(0))
        {
            try
            {
                Look();
                _lastFailure = null;
                _heap.Look();
            }
            catch (Exception failure)
            {
                // Whatever it is, the next look may succeed. What stays the same is said once.
                if (failure.Message != _lastFailure)
                {
                    _lastFailure = failure.Message;
                    _log($"the rules could not be checked: {failure.Message}");
                }
            }

            _stop.WaitOne(Pause);
        }
    }

    private void Look()
    {
        if (_rules.Repair() is not { } missing)
        {
            return;
        }

        _log($"rules were missing, as after a firewall's reload ({missing}): they are restored.");
        _mailbox.Post(Letter.Restored);
    }
}
