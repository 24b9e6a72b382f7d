namespace ReAim.Capture.Windows;

/// <summary>One ReAim on a machine: it holds a mutex, which vanishes with it however it ends.</summary>
internal sealed class SingleInstance : IDisposable
{
    /// <summary>The mutex's name, for all sessions.</summary>
    public const string Name = @"Global\ReAim";

    // One that was ended may be there for an instant more.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Mutex _mutex;

    private SingleInstance(Mutex mutex) => _mutex = mutex;

    /// <summary>Takes it; it belongs to the calling thread.</summary>
    /// <param name="name">The mutex's name.</param>
    /// <exception cref="BadInputException">Another ReAim has it.</exception>
    public static SingleInstance Take(string name = Name)
    {
        Mutex? mutex = null;
        try
        {
            mutex = new Mutex(initiallyOwned: false, name);
            if (mutex.WaitOne(Patience))
            {
                return new SingleInstance(mutex);
            }
        }
        catch (AbandonedMutexException)
        {
            return new SingleInstance(mutex!);
        }
        catch (UnauthorizedAccessException)
        {
            // It belongs to the service, whose mutex others cannot open.
        }

        mutex?.Dispose();
        throw new BadInputException("reaim runs here already, perhaps as a service: stop that one first.");
    }

    /// <summary>True if somebody has it.</summary>
    public static bool IsTaken(string name = Name)
    {
        try
        {
            if (!Mutex.TryOpenExisting(name, out Mutex? mutex))
            {
                return false;
            }

            mutex.Dispose();
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    /// <summary>Gives it back, on the thread that took it.</summary>
    public void Dispose()
    {
        _mutex.ReleaseMutex();
        _mutex.Dispose();
    }
}
