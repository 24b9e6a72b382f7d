using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using ReAim.Capture.Diverters.Nfqueue;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Nfqueue;

/// <summary>What the queue costs; run by name, nothing is asserted.</summary>
[RequiresRoot]
[Explicit("Measures.")]
internal sealed class QueueMeasurements
{
    [Test]
    public void Cost_per_packet_and_bulk_throughput()
    {
        using var route = new Route();
        route.Divert(5190);
        using PacketQueue queue = QueueThread.Open(route.Gateway, new QueueOptions(5190));
        long cpu = 0;
        using (new QueueThread(queue, (queue, packet) =>
        {
            queue.Pass(packet.Ticket, NetfilterVerdict.Accept, packet.Ticket.Mark);
            if (queue.Counters.Packets % 10_000 == 0)
            {
                Volatile.Write(ref cpu, ThreadTicks());
            }
        }))
        {
            (Socket client, Socket server) = route.Connect();
            byte[] buffer = new byte[1 << 20];
            Task reading = Task.Run(() =>
            {
                while (server.Receive(buffer) > 0)
                {
                }
            });
            (long packets, long before) = (queue.Counters.Packets, Volatile.Read(ref cpu));
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < 400_000; i++)
            {
                client.Send([1]);
            }

            packets = queue.Counters.Packets - packets;
            double used = (Volatile.Read(ref cpu) - before) * 10_000.0;
            TestContext.Out.WriteLine(
                $"small: {packets} packets in {watch.ElapsedMilliseconds} ms, {used / packets:F2} us of CPU each, "
                + $"overruns {queue.Counters.Overruns}");

            byte[] bulk = new byte[1 << 20];
            watch.Restart();
            for (int i = 0; i < 2_000; i++)
            {
                client.Send(bulk);
            }

            TestContext.Out.WriteLine($"bulk: {2_000 * 8.388608e6 / watch.Elapsed.TotalSeconds / 1e9:F1} Gbit/s");
            client.Shutdown(SocketShutdown.Send);
            reading.Wait();
        }
    }

    /// <summary>The calling thread's CPU time in hundredths of a second (proc(5), stat).</summary>
    private static long ThreadTicks()
    {
        string[] fields = File.ReadAllText("/proc/thread-self/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
