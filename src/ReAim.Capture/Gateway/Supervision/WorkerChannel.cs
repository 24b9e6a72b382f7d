using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>A worker's line to its supervisor by pipes that the kernel lets nobody else have.</summary>
internal sealed class WorkerChannel : IWorkerChannel
{
    private const long TickInterval = 25_000_000;
    private const int StandardInput = 0;

    private readonly SafeFileHandle _ticks;
    private readonly SafeFileHandle _orders = new(StandardInput, ownsHandle: false);
    private long _nextTick = long.MinValue;

    private WorkerChannel(SafeFileHandle ticks) => _ticks = ticks;

    /// <summary>To wait for orders, with <see cref="PollDescriptor.Readable"/>.</summary>
    public static int OrdersDescriptor => StandardInput;

    /// <summary>
    /// Opens the line, and has the kernel end this process when the supervisor ends. If that has happened already, the
    /// first <see cref="TakeOrders"/> says so.
    /// </summary>
    /// <param name="ticks">The number of the file to tick into, inherited from the supervisor.</param>
    public static WorkerChannel Open(int ticks)
    {
        LibC.ProcessControl(LibC.PrctlSetParentDeathSignal, LibC.SignalKill);
        return new WorkerChannel(new SafeFileHandle(ticks, ownsHandle: true));
    }

    /// <summary>Writes no more often than is of use.</summary>
    /// <param name="now">The time, in nanoseconds of any clock that runs evenly.</param>
    public void Tick(long now)
    {
        if (now < _nextTick)
        {
            return;
        }

        // A full pipe is a supervisor that is stopped: it will find enough ticks when it goes on.
        _nextTick = now + TickInterval;
        LibC.Write(_ticks, [(byte)'.']);
    }

    /// <inheritdoc/>
    public WorkerOrder TakeOrders()
    {
        Span<byte> letters = stackalloc byte[64];
        var orders = WorkerOrder.None;
        nint count;
        while ((count = LibC.Read(_orders, letters)) > 0)
        {
            orders |= OrderLetters.Read(letters[..(int)count]);
        }

        return count == 0 ? orders | WorkerOrder.Exit : orders;
    }

    /// <summary>Closes the line.</summary>
    public void Dispose() => _ticks.Dispose();
}
