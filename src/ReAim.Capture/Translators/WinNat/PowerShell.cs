using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// One PowerShell that is started at the first command and kept: starting one takes a second, a command in it a tenth. If it ends, or
/// a command takes too long, all that were asked for are answered with no, and the next command starts another. Whoever asks never
/// waits: threads of its own start it, write to it and read from it.
/// </summary>
internal sealed class PowerShell : ICommandShell
{
    /// <summary>So many commands at most wait for their answer.</summary>
    private const int MaxPending = 256;

    /// <summary>How long a command may take; a PowerShell that starts on a slow machine takes some of it.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>How long what was asked for before the end is still waited for.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(3);

    private readonly ConcurrentQueue<(Action<string?, string> Answered, string? Answer, string Failure)> _answers = new();
    private readonly BlockingCollection<(long Number, string Command)> _commands = [];
    private readonly SortedDictionary<long, (Action<string?, string> Answered, long Since)> _pending = [];
    private readonly Lock _lock = new();
    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly Action _wake;
    private readonly TimeSpan _patienceOfCommand;
    private readonly Thread _writer;
    private volatile Thread? _reader;
    private Process? _process;
    private long _lastNumber;

    /// <summary>Starts nothing yet.</summary>
    /// <param name="program">What is started.</param>
    /// <param name="arguments">Its arguments: it must read commands from its standard input.</param>
    /// <param name="wake">Is called, on any thread, when an answer has come.</param>
    /// <param name="patience">How long a command may take; 20 s if not given.</param>
    public PowerShell(string program, IReadOnlyList<string> arguments, Action wake, TimeSpan? patience = null)
    {
        (_program, _arguments, _wake, _patienceOfCommand) = (program, arguments, wake, patience ?? s_patience);
        _writer = new Thread(Write) { IsBackground = true, Name = "powershell commands" };
        _writer.Start();
    }

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
            if (_pending.Count >= MaxPending || _commands.IsAddingCompleted)
            {
                Answer(answered, null, "too many commands wait for PowerShell");
                return;
            }

            _pending.Add(++_lastNumber, (answered, Environment.TickCount64));
            _commands.Add((_lastNumber, command));
        }
    }

    /// <inheritdoc/>
    public void Deliver()
    {
        EndIfStuck();
        while (_answers.TryDequeue(out (Action<string?, string> Answered, string? Answer, string Failure) next))
        {
            next.Answered(next.Answer, next.Failure);
        }
    }

    /// <summary>Ends it. What was asked for before is still done, as far as it is in three seconds.</summary>
    public void Dispose()
    {
        _commands.CompleteAdding();
        bool isWritten = _writer.Join(s_farewell);
        Process? process;
        lock (_lock)
        {
            process = _process;
        }

        try
        {
            // One that does not read cannot be told to end either.
            if (isWritten)
            {
                process?.StandardInput.Close();
            }

            if (!isWritten || process?.WaitForExit(s_farewell) == false)
            {
                process?.Kill(entireProcessTree: true);
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // It ended by itself at this moment.
        }

        // Nobody is woken any more afterwards.
        _reader?.Join(s_farewell);
    }

    private static bool IsGone(Exception failure) => failure is IOException or InvalidOperationException or Win32Exception;

    private static void Skip(StreamReader errors)
    {
        try
        {
            // A full pipe would stop it.
            while (errors.ReadLine() is not null)
            {
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // It ended in the middle.
        }
    }

    private void EndIfStuck()
    {
        lock (_lock)
        {
            if (_process is null || _pending.Count == 0 || Environment.TickCount64 - _pending.First().Value.Since < _patienceOfCommand.TotalMilliseconds)
            {
                return;
            }

            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception gone) when (IsGone(gone))
            {
                // Its end is heard anyway.
            }

            _process = null;
        }
    }

    private void Write()
    {
        foreach ((long number, string command) in _commands.GetConsumingEnumerable())
        {
            try
            {
                Process process = TakeProcess();
                process.StandardInput.Write($"{PowerShellLine.Command(number, command)}\n");
                process.StandardInput.Flush();
            }
            catch (Exception failure) when (IsGone(failure))
            {
                Fail(number, $"PowerShell cannot be asked: {failure.Message.TrimEnd('.')}");
            }
        }
    }

    private Process TakeProcess()
    {
        lock (_lock)
        {
            if (_process is not null)
            {
                return _process;
            }
        }

        Process started = Start();
        lock (_lock)
        {
            _process = started;
        }

        started.StandardInput.Write($"{PowerShellLine.OwnModulesOnly}\n");
        return started;
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(_program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach (string argument in _arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = Process.Start(start) ?? throw new IOException($"{_program} did not start");
        StreamReader answers = process.StandardOutput, errors = process.StandardError;
        _reader = new Thread(() => Read(process, answers)) { IsBackground = true, Name = "powershell answers" };
        _reader.Start();
        new Thread(() => Skip(errors)) { IsBackground = true, Name = "powershell errors" }.Start();
        return process;
    }

    private void Read(Process process, StreamReader answers)
    {
        try
        {
            while (answers.ReadLine() is { } line)
            {
                if (PowerShellLine.TryRead(line, out long number, out string? answer, out string failure))
                {
                    lock (_lock)
                    {
                        if (_pending.Remove(number, out (Action<string?, string> Answered, long Since) asked))
                        {
                            Answer(asked.Answered, answer, failure);
                        }
                    }
                }
            }
        }
        catch (Exception gone) when (IsGone(gone))
        {
            // It ended in the middle of a line.
        }

        lock (_lock)
        {
            if (ReferenceEquals(_process, process))
            {
                _process = null;
            }

            // Those not written yet go with the others: they would come out of order.
            foreach ((Action<string?, string> answered, _) in _pending.Values)
            {
                Answer(answered, null, "PowerShell has ended");
            }

            _pending.Clear();
        }
    }

    private void Fail(long number, string why)
    {
        lock (_lock)
        {
            if (_pending.Remove(number, out (Action<string?, string> Answered, long Since) asked))
            {
                Answer(asked.Answered, null, why);
            }
        }
    }

    private void Answer(Action<string?, string> answered, string? answer, string failure)
    {
        _answers.Enqueue((answered, answer, failure));
        _wake();
    }
}
