using System.Runtime.InteropServices;

namespace ReAim.Capture.Commands;

/// <summary>Whether somebody wants the command to stop: Ctrl-C, or SIGTERM.</summary>
internal sealed class StopRequest : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private readonly bool _isPipe;
    private readonly Action? _abandon;
    private int _interrupts;

    /// <summary>Listens from now on.</summary>
    /// <param name="isPipe">
    /// True if the input comes through a pipe: its writer gets the first Ctrl-C as well, and what it still writes is the end
    /// of the input; the second one ends this program too.
    /// </param>
    /// <param name="abandon">Called when a signal is about to end this program outright, on another thread: whoever waits for a pipe ends no other way.</param>
    public StopRequest(bool isPipe, Action? abandon = null)
    {
        (_isPipe, _abandon) = (isPipe, abandon);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Terminate);
    }

    /// <summary>Cancelled when the command is to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        _source.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        if (!_isPipe)
        {
            Stop(context);
            return;
        }

        context.Cancel = Interlocked.Increment(ref _interrupts) == 1;
        if (!context.Cancel)
        {
            // Where the shell had it ignored, the system would let this program go on.
            _abandon?.Invoke();
            Environment.Exit(ExitCode.Interrupted);
        }
    }

    private void Terminate(PosixSignalContext context)
    {
        if (_isPipe)
        {
            _abandon?.Invoke();
        }
        else
        {
            Stop(context);
        }
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _source.Cancel();
    }
}
