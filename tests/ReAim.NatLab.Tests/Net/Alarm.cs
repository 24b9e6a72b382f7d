namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// A deadline that moves often. Moving it later costs nothing: the event that comes too early asks for another one, so that
/// the queue of events does not fill with cancelled ones.
/// </summary>
internal sealed class Alarm(Simulation simulation, Action action)
{
    private const long Never = -1;

    private long _deadline = Never;
    private Timer? _event;

    public bool IsSet => _deadline != Never;

    public void Set(long time)
    {
        _deadline = Math.Max(time, simulation.Now);
        if (_event is null || _event.Time > _deadline)
        {
            _event?.Cancel();
            _event = simulation.After(_deadline - simulation.Now, Ring);
        }
    }

    public void Clear() => _deadline = Never;

    private void Ring()
    {
        _event = null;
        if (!IsSet)
        {
            return;
        }

        if (simulation.Now < _deadline)
        {
            Set(_deadline);
            return;
        }

        Clear();
        action();
    }
}
