namespace ReAim.Capture.Gateway;

/// <summary>Wakes one thread that waits, from any other. A wake that nobody waits for is kept; several are one.</summary>
internal sealed class Wakeup : IDisposable
{
    private readonly AutoResetEvent _event = new(initialState: false);

    /// <summary>Wakes it. Afterwards, once it is gone, does nothing.</summary>
    public void Wake()
    {
        try
        {
            _event.Set();
        }
        catch (ObjectDisposedException)
        {
            // Threads that read from a process may still have something to say when nobody waits any more.
        }
    }

    /// <summary>Waits to be woken.</summary>
    /// <param name="milliseconds">How long at most.</param>
    public void Wait(int milliseconds) => _event.WaitOne(milliseconds);

    /// <inheritdoc/>
    public void Dispose() => _event.Dispose();
}
