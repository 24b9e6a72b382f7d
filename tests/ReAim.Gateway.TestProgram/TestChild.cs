using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Gateway.Supervision.Portable;
using ReAim.Capture.Monitoring.Pipes;
using ReAim.Capture.Windows;

namespace ReAim.Gateway.TestProgram;

/// <summary>A worker without work, as a child process. Habits: steady; stuck (its loop stops after the first turns); hasty (ends by
/// itself); refusing; stubborn (does not drain).</summary>
internal static class TestChild
{
    public static int Run(string habit, WorkerHistory history)
    {
        if (habit == "refusing")
        {
            Console.Error.WriteLine("worker: cannot work here");
            return 2;
        }

        using var wakeup = new Wakeup();
        using var channel = new StreamChannel(Console.OpenStandardInput(), Console.OpenStandardOutput(), wakeup.Wake);
        using var signals = new ConsoleSignals(_ => { });
        using PipeStatusListener? status = OperatingSystem.IsWindows() ? new PipeStatusListener(AdministratorPipe.Open, wakeup.Wake, Console.Error.WriteLine) : null;
        Console.Error.WriteLine($"worker: {Environment.ProcessId} begins, restarts {history.Restarts}");
        for (int turn = 0; ; turn++)
        {
            channel.Tick(0);
            wakeup.Wait((int)IWorkerChannel.LongestTurn.TotalMilliseconds);
            status?.Answer(() => TestWorker.Snapshot(history), 0);
            if (habit == "hasty")
            {
                return 7;
            }

            if (habit == "stuck" && turn == 5)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            WorkerOrder orders = channel.TakeOrders();
            if (orders != WorkerOrder.None)
            {
                Console.Error.WriteLine($"worker: {orders}");
            }

            if (orders.HasFlag(WorkerOrder.Exit) || (orders.HasFlag(WorkerOrder.Drain) && habit != "stubborn"))
            {
                return 0;
            }
        }
    }
}
