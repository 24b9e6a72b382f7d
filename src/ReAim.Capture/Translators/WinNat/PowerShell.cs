using System.Collections.Concurrent;
using System.Diagnostics;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// One PowerShell that is started at the first command and kept: starting one takes a second, a command in it a tenth. If it ends,
/// all that were asked for are answered with no, and the next command starts another.
/// </summary>
/// <param name="program">What is started.</param>
/// <param name="arguments">Its arguments: it must read commands from its standard input.</param>
/// <param name="wake">Is called, on any thread, when an answer has come.</param>
internal sealed class PowerShell(string program, IReadOnlyList<string> arguments, Action wake) : ICommandShell
{
    /// <summary>So many commands at most wait for their answer.</summary>
    private const int MaxPending = 256;

    private readonly ConcurrentQueue<(Action<string?, string> Answered, string? Answer, string Failure)> _answers = new();
    private readonly Dictionary<long, Action<string?, string>> _pending = [];
    private readonly Lock _lock = new();
    private Process? _process;
    private long _lastNumber;

    /// <summary>Windows' own.</summary>
    /// <param name="wake">Is called, on any thread, when an answer has come.</param>
    public static PowerShell OfSystem(Action wake) => new(
        Path.Combine(Environment.SystemDirectory, "WindowsPowerShell", "v1.0", "powershell.exe"),
        ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-Command", "-"],
        wake);

    /// <inheritdoc/>
    public void Ask(string command, Action<string?, string> answered)
    {
        lock (_lock)
        {
            if (_pending.Count >= MaxPending)
            {
                Answer(answered, null, "too many commands wait for PowerShell");
                return;
            }

            try
            {
                Process process = _process ??= Start();
                _pending.Add(++_lastNumber, answered);
                process.StandardInput.Write($"{PowerShellLine.Command(_lastNumber, command)}\n");
                process.StandardInput.Flush();
            }
            catch (Exception failure) when (failure is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                _pending.Remove(_lastNumber);
                Answer(answered, null, $"PowerShell cannot be asked: {failure.Message.TrimEnd('.')}");
            }
        }
    }

    /// <inheritdoc/>
    public void Deliver()
    {
        while (_answers.TryDequeue(out (Action<string?, string> Answered, string? Answer, string Failure) next))
        {
            next.Answered(next.Answer, next.Failure);
        }
    }

    /// <summary>Ends it. What was asked for before is still done, as far as it reads it in a second.</summary>
    public void Dispose()
    {
        Process? process;
        lock (_lock)
        {
            process = _process;
            _process = null;
        }

        if (process is null)
        {
            return;
        }

        try
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(TimeSpan.FromSeconds(1)))
            {
                process.Kill();
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It is gone already.
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start) ?? throw new IOException($"{program} did not start");
        new Thread(() => Read(process)) { IsBackground = true, Name = "powershell answers" }.Start();
        new Thread(() => Skip(process)) { IsBackground = true, Name = "powershell errors" }.Start();
        return process;
    }

    private static void Skip(Process process)
    {
        // A full pipe would stop it.
        while (process.StandardError.ReadLine() is not null)
        {
        }
    }

    private void Read(Process process)
    {
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (PowerShellLine.TryRead(line, out long number, out string? answer, out string failure))
            {
                lock (_lock)
                {
                    if (_pending.Remove(number, out Action<string?, string>? answered))
                    {
                        Answer(answered, answer, failure);
                    }
                }
            }
        }

        lock (_lock)
        {
            if (ReferenceEquals(_process, process))
            {
                _process = null;
            }

            foreach (Action<string?, string> answered in _pending.Values)
            {
                Answer(answered, null, "PowerShell has ended");
            }

            _pending.Clear();
        }

        process.Dispose();
    }

    private void Answer(Action<string?, string> answered, string? answer, string failure)
    {
        _answers.Enqueue((answered, answer, failure));
        wake();
    }
}
