using System.Diagnostics;
using System.Text.RegularExpressions;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Supervision;

/// <summary>A supervisor with a worker of some habit, in a network namespace of its own, and what the two say.</summary>
internal sealed partial class SupervisedRun : IDisposable
{
    private readonly List<string> _lines = [];
    private readonly Process _process;

    private SupervisedRun(string[] world, Action<ProcessStartInfo>? setUp, string[] command)
    {
        // A run in the background ignores Ctrl-C, one under nohup SIGHUP, and so would everything it starts.
        string[] all = [.. world, "env", "--default-signal=INT,HUP", .. command];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardError = true, RedirectStandardOutput = true };
        // Those that are killed would leave files of their runtime in /tmp.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        setUp?.Invoke(start);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>The supervisor: <c>ip netns exec</c> and <c>env</c> become what they execute.</summary>
    public int Supervisor => _process.Id;

    /// <summary>The newest worker.</summary>
    public int Worker => int.Parse(WorkerLine().Match(Last("worker: ")).Groups[1].Value);

    /// <summary>All lines so far.</summary>
    public string[] Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Starts, and waits until its worker runs.</summary>
    public static SupervisedRun Start(NetNamespace world, string habit = "steady", params string[] more) => StartWith(world, null, [], habit, more);

    /// <summary>The same, with something set up first, or through a program such as setpriv.</summary>
    public static SupervisedRun StartWith(NetNamespace world, Action<ProcessStartInfo>? setUp, string[] through, string habit, params string[] more)
    {
        SupervisedRun run = Launch(world, setUp, through, habit, more);
        run.WaitFor("ready: helping");
        return run;
    }

    /// <summary>Starts.</summary>
    public static SupervisedRun Launch(NetNamespace world, Action<ProcessStartInfo>? setUp, string[] through, string habit, params string[] more) =>
        new(["ip", "netns", "exec", world.Name], setUp, [.. through, TestProgramFiles.Runtime, TestProgramFiles.LibraryPath, "supervise", habit, .. more]);

    /// <summary>Starts a supervisor whose worker is a mere child process, which needs no privileges.</summary>
    public static SupervisedRun LaunchChild(string habit) => new([], null, [TestProgramFiles.Runtime, TestProgramFiles.LibraryPath, "supervise-child", habit]);

    /// <summary>Waits until a line that contains the text was said that often.</summary>
    public void WaitFor(string text, int times = 1, int milliseconds = 10_000)
    {
        if (!Eventually(() => Lines.Count(line => line.Contains(text, StringComparison.Ordinal)) >= times, milliseconds))
        {
            Assert.Fail($"'{text}' was not said {times} times within {milliseconds} ms, but:\n{string.Join('\n', Lines)}");
        }
    }

    /// <summary>Waits for the supervisor's end.</summary>
    /// <returns>Its exit code.</returns>
    public int WaitForEnd(int milliseconds)
    {
        if (!_process.WaitForExit(milliseconds))
        {
            Assert.Fail("it has not ended");
            _process.Kill();
        }

        // The call without a time also waits for the last line.
        _process.WaitForExit();
        return _process.ExitCode;
    }

    /// <summary>Sends a signal, by kill's name for it.</summary>
    public static void Signal(int process, string signal) => Shell.Run("kill", "-s", signal, process.ToString());

    /// <summary>True as soon as the condition is; false if it is not in time.</summary>
    public static bool Eventually(Func<bool> condition, int milliseconds)
    {
        var time = Stopwatch.StartNew();
        while (!condition())
        {
            if (time.ElapsedMilliseconds > milliseconds)
            {
                return false;
            }

            Thread.Sleep(5);
        }

        return true;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // This ends a stopped one too.
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    [GeneratedRegex("worker: ([0-9]+) begins")]
    private static partial Regex WorkerLine();

    private string Last(string text) => Lines.Last(line => line.Contains(text, StringComparison.Ordinal) && line.Contains("begins", StringComparison.Ordinal));

    private void Add(string? line)
    {
        lock (_lines)
        {
            if (line is not null)
            {
                _lines.Add(line);
            }
        }
    }
}
