using System.ComponentModel;
using System.Diagnostics;

namespace ReAim.Capture.Gateway.Supervision.Portable;

/// <summary>Workers as child processes with the supervisor's own rights.</summary>
internal sealed class ChildWorkerHost : IWorkerHost
{
    private readonly Wakeup _wakeup = new();
    private readonly WorkerProgram _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Action<Process> _adopt;
    private readonly Func<IMailbox, IDisposable> _signals;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="program">What to start.</param>
    /// <param name="arguments">A worker's arguments, but for its history.</param>
    /// <param name="adopt">Is given each process that was started, to make it end with this one.</param>
    /// <param name="signals">Has the system's wish to end posted to a mailbox, until what it returns is disposed of.</param>
    public ChildWorkerHost(WorkerProgram program, IReadOnlyList<string> arguments, Action<Process> adopt, Func<IMailbox, IDisposable> signals)
    {
        (_program, _arguments, _adopt, _signals) = (program, arguments, adopt, signals);
        Mailbox = new QueuedMailbox(_wakeup);
    }

    /// <inheritdoc/>
    public IMailbox Mailbox { get; }

    /// <inheritdoc/>
    public string? Remark => null;

    /// <inheritdoc/>
    public IDisposable PostSignals() => _signals(Mailbox);

    /// <inheritdoc/>
    public IWorkerProcess Start(WorkerHistory history)
    {
        var start = new ProcessStartInfo(_program.Path, [.. _program.First, .. _arguments, .. history.ToArguments()])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        try
        {
            Process process = Process.Start(start) ?? throw new IOException("the worker could not be started.");
            _adopt(process);
            return new ChildWorker(process, _wakeup.Wake);
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            throw new IOException($"the worker could not be started: {failure.Message}", failure);
        }
    }

    /// <inheritdoc/>
    public void Wait(int milliseconds) => _wakeup.Wait(milliseconds);

    /// <inheritdoc/>
    public void Dispose() => _wakeup.Dispose();
}
