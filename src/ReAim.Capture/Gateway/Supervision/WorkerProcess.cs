using Microsoft.Win32.SafeHandles;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Gateway.Supervision;

/// <summary>A worker that <see cref="WorkerStarter"/> started.</summary>
internal sealed class WorkerProcess : IWorkerProcess
{
    /// <summary>No file: it has closed it, or has been disposed of.</summary>
    public const int None = -1;

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

    /// <inheritdoc/>
    public int Id { get; }

    /// <summary>To wait for its end: readable then.</summary>
    public int ExitDescriptor => _exit.IsClosed ? None : (int)_exit.DangerousGetHandle();

    /// <summary>To wait for its ticks; <see cref="None"/> once it has closed its line.</summary>
    public int TicksDescriptor => _isSilent || _ticks.IsClosed ? None : (int)_ticks.DangerousGetHandle();

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Send(WorkerOrder order) => LibC.Write(_control, [OrderLetters.Write(order)]);

    /// <inheritdoc/>
    public void Kill()
    {
        // Until its end has been taken, its id is nobody else's.
        if (!_hasEnded)
        {
            LibC.Kill(Id, LibC.SignalKill);
        }
    }

    /// <inheritdoc/>
    public bool TryTakeEnd(out WorkerEnd end)
    {
        if (_hasEnded || !LibC.TryWait(Id, out int status))
        {
            end = default;
            return false;
        }

        _hasEnded = true;
        end = WorkerEnd.OfStatus(status);
        return true;
    }

    /// <inheritdoc/>
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
