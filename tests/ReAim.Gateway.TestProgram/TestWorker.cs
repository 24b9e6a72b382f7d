using System.Diagnostics;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;

namespace ReAim.Gateway.TestProgram;

/// <summary>A worker without work. Habits: steady; stubborn (does not drain); mute (never ticks); refusing; hasty (ends by itself);
/// aloof (closes its line).</summary>
internal static class TestWorker
{
    public static int Run(string habit, WorkerLink link)
    {
        if (habit == "refusing")
        {
            Console.Error.WriteLine("worker: cannot work here");
            return 2;
        }

        using WorkerChannel channel = WorkerChannel.Open(link.Ticks);
        using var status = new StatusListener(link.Status, _ => { });
        Console.Error.WriteLine($"worker: {Environment.ProcessId} begins, restarts {link.History.Restarts}");
        while (true)
        {
            if (habit != "mute")
            {
                channel.Tick(Stopwatch.GetTimestamp());
            }

            if (habit == "aloof")
            {
                channel.Dispose();
                Thread.Sleep(Timeout.Infinite);
            }

            if (habit == "hasty")
            {
                return 7;
            }

            LibC.Poll(
                [
                    new PollDescriptor { Descriptor = WorkerChannel.OrdersDescriptor, Events = PollDescriptor.Readable },
                    new PollDescriptor { Descriptor = status.Descriptor, Events = PollDescriptor.Readable },
                ],
                (int)IWorkerChannel.LongestTurn.TotalMilliseconds);
            status.Answer(() => Snapshot(link.History), 0);
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

    internal static StatusSnapshot Snapshot(WorkerHistory history) => new()
    {
        Version = "0.0.0",
        Process = Environment.ProcessId,
        Uptime = TimeSpan.FromMilliseconds(Environment.TickCount64 - history.Started),
        Restarts = history.Restarts,
        Mode = "divert",
        Mappings = [.. Enumerable.Range(0, 512).Select(Mapping)],
    };

    private static StatusMapping Mapping(int number) => new(
        new Mapping(End(0xCB007107, 61_000 + number), End(0xC0A8070A, 5190)), new string('\u0001', 97), TimeSpan.Zero, TimeSpan.Zero);

    private static Ipv4Endpoint End(uint address, int port) => new(new Ipv4Address(address), (ushort)port);
}
