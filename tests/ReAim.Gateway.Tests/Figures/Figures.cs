using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Figures;

/// <summary>What a live gateway costs, beside what it is compared with, in turn. tests/bench.sh runs them and prints what they say.</summary>
[RequiresRoot, Explicit("Measures.")]
internal sealed class Figures
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("PAIRS") ?? "7", CultureInfo.InvariantCulture);

    [Test]
    public void Peer_connection_through_a_mapping_and_through_a_port_forward()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
        lab.Gateway.AddRules("table ip forwards { chain pre { type nat hook prerouting priority dstnat; iifname wan tcp dport 7000 dnat to 192.168.7.10:7000; }; }");
        using Socket forwarded = RawTalk.Listen(lab.Alice.Namespace, 7_000);
        using Socket mapped = RawTalk.Listen(lab.Alice.Namespace, 6_000);
        List<double> plain = [], ours = [], again = [];
        long queued = 0;
        for (int round = -1; round < Rounds; round++)
        {
            // What comes second in a round may be slower for that alone: so the two change places.
            bool swaps = round % 2 == 0;
            double first = swaps ? 0 : Bulk(lab, forwarded, 7_000);
            talk.Offer(6_000, (ulong)(round + 10));
            long before = lab.Gateway.QueuedCount();
            double second = Bulk(lab, mapped, 6_000);
            queued = Math.Max(queued, lab.Gateway.QueuedCount() - before);
            talk.Cancel((ulong)(round + 10));
            first = swaps ? Bulk(lab, forwarded, 7_000) : first;
            double third = Bulk(lab, forwarded, 7_000);
            if (round >= 0)
            {
                plain.Add(first);
                ours.Add(second);
                again.Add(third);
            }
        }

        Say($"peer connection, {Rounds} rounds of 2 GiB: port forward {Median(plain):F1} Gbit/s ({plain.Min():F1}-{plain.Max():F1}), "
            + $"mapping {Median(ours):F1} ({ours.Min():F1}-{ours.Max():F1}), port forward again {Median(again):F1}; "
            + $"mapping to port forward, median of pairs {Ratio(plain, ours):F3}, A/A {Ratio(plain, again):F3}; at most {queued} packets of a connection were queued");
    }

    [Test]
    public void Processor_time_per_queued_packet_and_that_of_a_small_C_loop()
    {
        string loop = Environment.GetEnvironmentVariable("REAIM_QUEUE_LOOP") ?? throw new InvalidOperationException("REAIM_QUEUE_LOOP names the compiled loop.");
        List<double> ours = [], bare = [], again = [];
        for (int round = 0; round < Rounds; round++)
        {
            bare.Add(CostOfLoop(loop));
            ours.Add(CostOfWorker());
            again.Add(CostOfLoop(loop));
        }

        Say($"CPU per queued packet, {Rounds} rounds: C loop {Median(bare):F2} us ({bare.Min():F2}-{bare.Max():F2}), worker {Median(ours):F2} "
            + $"({ours.Min():F2}-{ours.Max():F2}), C loop again {Median(again):F2}; worker to loop, median of pairs {Ratio(bare, ours):F3}, A/A {Ratio(bare, again):F3}");
    }

    [Test]
    public void Offer_in_to_offer_out_with_the_mapping_installed()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        List<double> offers = [], messages = [];
        using (GatewayTool.Start(lab.Gateway))
        {
            using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
            byte[] message = Alg.Tests.World.Messages.InstantMessage(new string('x', 60));
            for (int i = 0; i < 2_000; i++)
            {
                messages.Add(Time(() => talk.Say(message)));
                byte[] arrived = [];
                offers.Add(Time(() => arrived = talk.Offer((ushort)(6_000 + (i % 100)), (ulong)i + 10)));
                Assert.That(arrived.AsSpan().IndexOf((ReadOnlySpan<byte>)[203, 0, 113, 7]), Is.Positive, "rewritten");
                talk.Cancel((ulong)i + 10);
            }
        }

        Say($"client to server through the gateway, 2,000 each: a message p50 {Percentile(messages, 50):F3} ms, p99 {Percentile(messages, 99):F3}; "
            + $"an offer with its mapping installed p50 {Percentile(offers, 50):F3} ms, p99 {Percentile(offers, 99):F3}");
    }

    [Test]
    public void Start_and_memory()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        List<double> starts = [];
        using var tool = GatewayTool.Start(lab.Gateway);
        using RawTalk talk = RawTalk.Connect(lab, 5190, isOscar: true);
        for (int i = 0; i < Rounds; i++)
        {
            int old = tool.Worker!.Value;
            Signal.Send(old, Signal.Kill);
            starts.Add(lab.Gateway.Namespace.Inside(() =>
            {
                while (tool.Worker is not { } worker || worker == old)
                {
                }

                return Time(() =>
                {
                    while (File.ReadAllText("/proc/thread-self/net/netfilter/nfnetlink_queue").Length == 0)
                    {
                    }
                });
            }));
            Thread.Sleep(1_000);
        }

        Say($"worker's exec to queue bound: median {Median(starts):F0} ms ({starts.Min():F0}-{starts.Max():F0}); "
            + $"resident: supervisor {Memory(tool.Supervisor, "Rss"):F1} MB, worker {Memory(tool.Worker!.Value, "Rss"):F1} MB; "
            + $"with shared pages counted once, both {Memory(tool.Supervisor, "Pss") + Memory(tool.Worker!.Value, "Pss"):F1} MB");
    }

    [Test]
    public void New_connections_with_port_any()
    {
        List<double> plain = [], any = [], again = [];
        for (int round = 0; round < Rounds; round++)
        {
            plain.Add(Connections([]));
            any.Add(Connections(["--port", "any"]));
            again.Add(Connections([]));
        }

        Say($"connect, one byte, close to a port that is not OSCAR's, {Rounds} rounds of 1,000: {Median(plain):F0} us each unwatched, {Median(any):F0} with --port any, "
            + $"{Median(again):F0} again; median of pairs {Ratio(plain, any):F3}, A/A {Ratio(plain, again):F3}");
    }

    private static double Connections(string[] arguments)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, arguments);
        using Socket listener = RawTalk.Listen(lab.Bob.Namespace, 8_080);
        byte[] one = [0x16];
        double time = 0;
        for (int i = -100; i < 1_000; i++)
        {
            double took = Time(() =>
            {
                (Socket client, Socket server) = RawTalk.Connect(lab.Bob.Namespace, lab.Alice.Namespace, Lab.BobAddress, 8_080, listener);
                client.Send(one);
                server.Receive(one);
                server.Dispose();
                client.Dispose();
            });
            time += i >= 0 ? took : 0;
        }

        return time;
    }

    private static double Bulk(Lab lab, Socket listener, int port)
    {
        (Socket bob, Socket alice) = RawTalk.Connect(lab.Alice.Namespace, lab.Bob.Namespace, Lab.PublicAddress, port, listener);
        const long Total = 2L << 30;
        byte[] chunk = new byte[1 << 20];
        var clock = Stopwatch.StartNew();
        Task sending = Task.Run(() =>
        {
            for (long sent = 0; sent < Total; sent += chunk.Length)
            {
                bob.Send(chunk);
            }
        });
        byte[] buffer = new byte[1 << 20];
        for (long received = 0; received < Total;)
        {
            received += alice.Receive(buffer);
        }

        double time = clock.Elapsed.TotalSeconds;
        sending.Wait();
        bob.Dispose();
        alice.Dispose();
        return Total * 8 / time / 1e9;
    }

    private static double CostOfWorker()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        return Cost(lab, () => tool.Worker!.Value);
    }

    private static double CostOfLoop(string loop)
    {
        using var lab = new Lab(new LabOptions { Capture = null });

        // The rules that a killed helper leaves, so that packets go the same way.
        using (var tool = GatewayTool.Start(lab.Gateway))
        {
            tool.Kill();
            Thread.Sleep(500);
        }

        using Process process = Process.Start(new ProcessStartInfo("ip", ["netns", "exec", lab.Gateway.Namespace.Name, loop, "5190", "0x8000000"]) { RedirectStandardOutput = true })!;
        process.StandardOutput.ReadLine();
        try
        {
            return Cost(lab, () => process.Id);
        }
        finally
        {
            Signal.Send(process.Id, Signal.Terminate);
            process.WaitForExit();
        }
    }

    /// <summary>A small frame on each of many connections, in turn; their acknowledgements are queued too.</summary>
    private static double Cost(Lab lab, Func<int> process)
    {
        RawTalk[] talks = [.. Enumerable.Range(0, 32).Select(_ => RawTalk.Connect(lab, 5190, isOscar: true))];
        byte[] frame = [0x2A, 5, 0, 0, 0, 0];
        Send(500);
        (long packets, long time) = (lab.Gateway.QueuedCount(), ProcessorTime(process()));
        Send(5_000);
        (packets, time) = (lab.Gateway.QueuedCount() - packets, ProcessorTime(process()) - time);
        foreach (RawTalk talk in talks)
        {
            talk.Dispose();
        }

        Assert.That(packets, Is.GreaterThan(5_000 * talks.Length - 1), "packets were queued");
        return time / 1e3 / packets;

        void Send(int rounds)
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach (RawTalk talk in talks)
                {
                    talk.Client.Send(frame);
                }

                foreach (RawTalk talk in talks)
                {
                    talk.Take(talk.Server, frame.Length);
                }
            }
        }
    }

    /// <summary>Nanoseconds on a processor, of all threads (proc(5), schedstat).</summary>
    private static long ProcessorTime(int process) => Directory.GetDirectories($"/proc/{process}/task")
        .Sum(task => long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[0], CultureInfo.InvariantCulture));

    /// <summary>In MB (proc(5), smaps_rollup).</summary>
    private static double Memory(int process, string what) => double.Parse(
        File.ReadLines($"/proc/{process}/smaps_rollup").First(line => line.StartsWith(what + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture) / 1_024;

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> values) => Percentile(values, 50);

    private static double Percentile(List<double> values, int percent) => values.Order().ElementAt(values.Count * percent / 100);

    private static double Ratio(List<double> a, List<double> b) => Median([.. a.Zip(b, (x, y) => y / x)]);

    private static void Say(string text) => TestContext.Progress.WriteLine("figure: " + text);
}
