namespace ReAim.NatLab.Tests.Net;

/// <summary>Something that will happen, unless it is cancelled.</summary>
internal sealed class Timer(Action action, long time)
{
    public long Time { get; } = time;

    public bool IsCancelled { get; private set; }

    public void Cancel() => IsCancelled = true;

    public void Fire()
    {
        IsCancelled = true;
        action();
    }
}
