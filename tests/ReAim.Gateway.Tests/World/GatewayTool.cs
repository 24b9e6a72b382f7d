using System.Diagnostics;

namespace ReAim.Gateway.Tests.World;

/// <summary><c>reaim run</c> on a gateway: a process that a test starts, stops, kills and freezes.</summary>
internal sealed class GatewayTool : IDisposable
{
    private const int Patience = 5_000;

    // ip netns exec gives the process mounts of its own.
    private static readonly string[] s_withoutPrograms = ["sh", "-c", "mount -t tmpfs none /usr/sbin && exec \"$@\"", "sh"];

    private readonly List<string> _log = [];
    private readonly HashSet<int> _workers = [];
    private readonly Process _process;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GatewayTool(HomeGateway gateway, string[] before, string[] arguments)
    {
        Gateway = gateway;

        // ip and env become the program: the process is the supervisor itself. A run in the background ignores Ctrl-C, one under nohup
        // SIGHUP, and so would everything it starts.
        string[] command = ["netns", "exec", gateway.Namespace.Name, .. before, "env", "--default-signal=INT,HUP", .. Program, "run", "--lan", "lan", "--wan", "wan", .. arguments];
        _process = Process.Start(new ProcessStartInfo("ip", command)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Supervisor = _process.Id;
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _ready.TrySetResult(false);
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The program's command line: the one built with these tests, or what <c>REAIM_TEST_PROGRAM</c> names.</summary>
    public static IReadOnlyList<string> Program { get; } = Environment.GetEnvironmentVariable("REAIM_TEST_PROGRAM") is { } path
        ? [path]
        : ["dotnet", Path.Combine(AppContext.BaseDirectory, "reaim.dll")];

    public HomeGateway Gateway { get; }

    /// <summary>The supervisor's process id.</summary>
    public int Supervisor { get; }

    public bool IsRunning => !_process.HasExited;

    /// <summary>What it has said so far.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            lock (_log)
            {
                return [.. _log];
            }
        }
    }

    /// <summary>The worker's process id: the supervisor's child that runs the same program; null while there is none.</summary>
    public int? Worker
    {
        get
        {
            int? worker = ProcessTable.Children(Supervisor).Cast<int?>()
                .FirstOrDefault(child => ProcessTable.CommandLine(child!.Value).Contains("worker"));
            if (worker is { } id)
            {
                _workers.Add(id);
            }

            return worker;
        }
    }

    /// <summary>True if the worker that is there now has said that it is ready.</summary>
    public bool HasReadyWorker => Worker is { } worker && IsReady(worker);

    /// <summary>Starts it and waits until it says that it is ready.</summary>
    public static GatewayTool Start(HomeGateway gateway, params string[] arguments)
    {
        GatewayTool tool = Launch(gateway, arguments);
        try
        {
            tool.WaitUntilReady();
            return tool;
        }
        catch
        {
            tool.Dispose();
            throw;
        }
    }

    /// <summary>Starts it.</summary>
    public static GatewayTool Launch(HomeGateway gateway, params string[] arguments) => new(gateway, [], arguments);

    /// <summary>Starts it where nft, iptables and the like are not installed.</summary>
    public static GatewayTool LaunchWithoutPrograms(HomeGateway gateway, params string[] arguments) => new(gateway, s_withoutPrograms, arguments);

    public void WaitUntilReady(double seconds = 15)
    {
        bool isReady = _ready.Task.Wait(TimeSpan.FromSeconds(seconds)) && _ready.Task.Result;
        Assert.That(isReady, $"reaim is ready; it said:\n{string.Join('\n', Log)}");
        Assert.That(Moment.Comes(() => Worker is not null, 2), "a worker is there");
    }

    /// <summary>Waits for a line that contains a text.</summary>
    public bool WaitForLine(string text, double seconds) =>
        Moment.Comes(() => Log.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase)), seconds);

    /// <summary>Waits until another worker than a given one is ready.</summary>
    public bool WaitForNewWorker(int? old, double seconds) => Moment.Comes(() => Worker is { } worker && worker != old && IsReady(worker), seconds);

    /// <summary>Asks it to end, as a service manager does.</summary>
    /// <returns>How long that took, and its exit code.</returns>
    public (TimeSpan Duration, int Code) Stop(int signal = Signal.Terminate)
    {
        var clock = Stopwatch.StartNew();
        Signal.Send(Supervisor, signal);
        Assert.That(WaitForExit(Patience), "reaim ends when asked");
        return (clock.Elapsed, _process.ExitCode);
    }

    /// <summary>Kills the supervisor, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        Signal.Send(Supervisor, Signal.Kill);
        WaitForExit(Patience);
    }

    public void Dispose()
    {
        _ = Worker;
        if (IsRunning)
        {
            Signal.Send(Supervisor, Signal.Continue);
            Signal.Send(Supervisor, Signal.Terminate);
            if (!WaitForExit(3_000))
            {
                Signal.Send(Supervisor, Signal.Kill);
                WaitForExit(Patience);
            }
        }

        // A worker that has outlived its supervisor would be a fault; it must not outlive the test as well.
        foreach (int worker in _workers.Where(worker => ProcessTable.CommandLine(worker).Contains(Program[^1])))
        {
            Signal.Send(worker, Signal.Kill);
        }

        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed)
        {
            TestContext.Out.WriteLine($"reaim on {Gateway.PublicAddress} said:\n{string.Join('\n', Log)}");
        }

        _process.Dispose();
    }

    private bool IsReady(int worker) => Log.Any(line => line.EndsWith($"process {worker}.", StringComparison.Ordinal));

    /// <summary>With a limit it waits for the process only, not for the end of what a surviving child may still say.</summary>
    private bool WaitForExit(int milliseconds) => _process.WaitForExit(milliseconds);

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_log)
        {
            _log.Add(line);
        }

        if (line.Contains("reaim: ready", StringComparison.Ordinal))
        {
            _ready.TrySetResult(true);
        }
    }
}
