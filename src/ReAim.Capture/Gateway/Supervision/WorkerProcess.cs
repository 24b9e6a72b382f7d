using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>A running worker, as its supervisor sees it. Made by <see cref="WorkerStarter"/>.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int ReadLength = 4096;
    private const int LongestEnd = 1000;

    private readonly SafeFileHandle _exit;
    private readonly SafeFileHandle _ticks;
    private readonly SafeFileHandle _control;
    private bool _hasEnded;
    private bool _isSilent;

    /// <summary>Takes over the files.</summary>
    /// <param name="id">The process id.</param>
    /// <param name="exit">Readable once it has ended.</param>
    /// <param name="ticks">Where its ticks come from.</param>
    /// <param name="control">Its standard input.</param>
    public WorkerProcess(int id, SafeFileHandle exit, SafeFileHandle ticks, SafeFileHandle control)
    {
        Id = id;
        _exit = exit;
        _ticks = ticks;
        _control = control;
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>To wait for its end: readable then.</summary>
    public int ExitDescriptor => (int)_exit.DangerousGetHandle();

    /// <summary>To wait for its ticks; -1 once it has closed its line.</summary>
    public int TicksDescriptor => _isSilent ? -1 : (int)_ticks.DangerousGetHandle();

    /// <summary>Takes all ticks that have come.</summary>
    /// <returns>True if there was one.</returns>
    public bool TakeTicks()
    {
        Span<byte> bytes = stackalloc byte[ReadLength];
        bool ticked = false;
        nint count;
        while ((count = LibC.Read(_ticks, bytes)) > 0)
        {
            ticked = true;
        }

        _isSilent = count == 0;
        return ticked;
    }

    /// <summary>Sends an order. A worker that reads none is about to be ended anyway.</summary>
    public void Send(WorkerOrder order) => LibC.Write(_control, [WorkerChannel.Letter(order)]);

    /// <summary>Ends it at once, stopped or not.</summary>
    public void Kill()
    {
        // Until its end has been taken, its id is nobody else's.
        if (!_hasEnded)
        {
            LibC.Kill(Id, LibC.SignalKill);
        }
    }

    /// <summary>Takes its end, if it has ended.</summary>
    public bool TryTakeEnd(out WorkerEnd end)
    {
        if (_hasEnded || !LibC.TryWait(Id, out int status))
        {
            end = default;
            return false;
        }

        _hasEnded = true;
        end = new WorkerEnd(status);
        return true;
    }

    /// <summary>Ends it at once and waits for that, for a second at most: a process can be stuck in the kernel.</summary>
    public void End()
    {
        Kill();
        LibC.Poll([new PollDescriptor { Descriptor = ExitDescriptor, Events = PollDescriptor.Readable }], LongestEnd);
        TryTakeEnd(out _);
    }

    /// <summary>Closes the files; it notices that nobody supervises it any more.</summary>
    public void Dispose()
    {
        _exit.Dispose();
        _ticks.Dispose();
        _control.Dispose();
    }
}
