using System.ComponentModel;
using System.Diagnostics;

namespace ReAim.Capture.Gateway.Supervision.Portable;

/// <summary>A worker as a child process: its standard input takes orders, its standard output brings ticks.</summary>
internal sealed class ChildWorker : IWorkerProcess
{
    private const int LongestEnd = 1000;

    private readonly Process _process;
    private readonly Stream _orders;
    private readonly Stream _ticks;
    private readonly Action _wake;
    private int _ticked;
    private bool _hasEnded;

    /// <summary>Begins to listen to a process that was just started.</summary>
    /// <param name="process">The process, which it owns.</param>
    /// <param name="wake">Is called when it has ticked or ended, on any thread.</param>
    public ChildWorker(Process process, Action wake)
    {
        (_process, _wake) = (process, wake);
        (_orders, _ticks) = (process.StandardInput.BaseStream, process.StandardOutput.BaseStream);
        Id = process.Id;
        process.Exited += (_, _) => wake();
        process.EnableRaisingEvents = true;
        new Thread(Listen) { IsBackground = true, Name = "ticks" }.Start();
    }

    /// <inheritdoc/>
    public int Id { get; }

    /// <inheritdoc/>
    public bool TakeTicks() => Interlocked.Exchange(ref _ticked, 0) != 0;

    /// <inheritdoc/>
    public void Send(WorkerOrder order)
    {
        try
        {
            _orders.WriteByte(OrderLetters.Write(order));
            _orders.Flush();
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // It has ended, or is about to: that is heard by its end.
        }
    }

    /// <inheritdoc/>
    public void Kill()
    {
        try
        {
            if (!_hasEnded)
            {
                // And what it has started: a command of its PowerShell must not come after those of the next worker.
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended by itself at this moment.
        }
    }

    /// <inheritdoc/>
    public bool TryTakeEnd(out WorkerEnd end)
    {
        if (_hasEnded || !_process.HasExited)
        {
            end = default;
            return false;
        }

        _hasEnded = true;
        end = new WorkerEnd(_process.ExitCode);
        return true;
    }

    /// <inheritdoc/>
    public void End()
    {
        Kill();
        _process.WaitForExit(LongestEnd);
        TryTakeEnd(out _);
    }

    /// <summary>Closes its lines; it notices that nobody supervises it any more.</summary>
    public void Dispose()
    {
        try
        {
            _orders.Dispose();
        }
        catch (IOException)
        {
            // An order that nobody took.
        }

        _ticks.Dispose();
        _process.Dispose();
    }

    private void Listen()
    {
        Span<byte> bytes = stackalloc byte[256];
        try
        {
            while (_ticks.Read(bytes) > 0)
            {
                Volatile.Write(ref _ticked, 1);
                _wake();
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Its end is heard elsewhere.
        }
    }
}
