using System.Diagnostics;
using ReAim.Alg.Tests.World;
using ReAim.Gateway.Tests.Figures;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>While somebody's nftables transaction runs, the kernel makes everybody wait who wants to change the rules.</summary>
[RequiresRoot, RequiresRun, Full]
internal sealed class BusyKernelTests
{
    private const int Addresses = 1_000_000;
    private static readonly byte[] Rewritten = [203, 0, 113, 7];

    [Test]
    public void While_the_administrator_loads_a_million_addresses_no_message_waits_and_offers_go_on_as_they_are()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--port", "5190", "5191");
        using RawTalk offering = RawTalk.Connect(lab, 5190, isOscar: true);
        using RawTalk talking = RawTalk.Connect(lab, 5191, isOscar: true);
        Assert.That(offering.Offer(6_000, 1).AsSpan().IndexOf(Rewritten), Is.Positive);
        int? worker = tool.Worker;
        string list = BigList();
        byte[] message = Messages.InstantMessage("hello");
        TimeSpan longestOffer = default, longestMessage = default;

        Task loading = Task.Run(() => lab.Gateway.AddRules(list));
        Task offers = Task.Run(() =>
        {
            for (ushort i = 1; !loading.IsCompleted; i++)
            {
                longestOffer = Longest(longestOffer, () => offering.Offer((ushort)(6_000 + i), i + 1u));
                offering.Cancel(i + 1u);
            }
        });
        while (!offers.IsCompleted)
        {
            longestMessage = Longest(longestMessage, () => talking.Say(message));
            Thread.Sleep(5);
        }

        Task.WaitAll(loading, offers);
        TestContext.Out.WriteLine($"an offer took at most {longestOffer.TotalMilliseconds:F0} ms, a message {longestMessage.TotalMilliseconds:F0} ms");
        Assert.That(longestOffer, Is.GreaterThan(TimeSpan.FromMilliseconds(500)), "the kernel was busy");
        Assert.That(longestMessage, Is.LessThan(TimeSpan.FromMilliseconds(400)));
        Assert.That(tool.Worker, Is.EqualTo(worker), "nobody had to end it");
        Assert.That(offering.Offer(7_000, 9_999).AsSpan().IndexOf(Rewritten), Is.Positive, "helped again");
    }

    private static TimeSpan Longest(TimeSpan before, Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed > before ? watch.Elapsed : before;
    }

    private static string BigList() =>
        "table ip big {\nset listed {\ntype ipv4_addr\nelements = {\n"
        + string.Join(",\n", Enumerable.Range(0, Addresses).Select(i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"))
        + "}\n}\n}\n";
}
