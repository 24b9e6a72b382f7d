namespace ReAim.NatLab.Tests.Net;

/// <summary>What a link does to datagrams.</summary>
[TestFixture]
internal sealed class LinkTests
{
    [Test]
    public void Datagrams_arrive_in_order_after_the_latency_even_if_it_falls()
    {
        (Simulation simulation, Link link, Recorder b) = Make(new LinkOptions { Latency = 10 });
        link.A.Send([1]);
        link.Options = new LinkOptions { Latency = 5 };
        link.A.Send([2]);

        simulation.Run(9);
        Assert.That(b.Received, Is.Empty);
        simulation.Run(1);
        Assert.That(b.Received.Select(datagram => datagram[0]), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void What_is_larger_than_the_link_carries_does_not_arrive()
    {
        (Simulation simulation, Link link, Recorder b) = Make(new LinkOptions { Mtu = 100 });
        link.A.Send(new byte[101]);
        link.A.Send(new byte[100]);
        simulation.Run(Simulation.Second);

        Assert.That(b.Received.Single(), Has.Length.EqualTo(100));
    }

    [Test]
    public void Shares_are_as_told_and_every_copy_is_its_own()
    {
        (Simulation simulation, Link link, Recorder b) = Make(new LinkOptions { Loss = 0.1, Duplication = 0.2, Reordering = 0.3 });
        for (int i = 0; i < 10_000; i++)
        {
            link.A.Send(BitConverter.GetBytes(i));
            simulation.Run(Simulation.Millisecond);
        }

        simulation.Run(Simulation.Second);
        int[] numbers = [.. b.Received.Select(datagram => BitConverter.ToInt32(datagram))];
        Assert.That(numbers.Distinct().Count(), Is.EqualTo(9_000).Within(200));
        Assert.That(numbers, Has.Length.EqualTo(10_800).Within(300));
        Assert.That(b.Received.Distinct(ReferenceEqualityComparer.Instance).Count(), Is.EqualTo(numbers.Length));
        int overtaken = numbers.Zip(numbers.Skip(1)).Count(pair => pair.Second < pair.First);
        Assert.That(overtaken, Is.InRange(1_500, 4_000));
    }

    [Test]
    public void The_tap_sees_what_leaves_and_what_arrives()
    {
        (Simulation simulation, Link link, _) = Make(new LinkOptions { Latency = 7 });
        var seen = new List<(bool AtA, bool IsLeaving, long Time)>();
        long start = simulation.Now;
        link.Tap = crossing => seen.Add((crossing.End == link.A, crossing.IsLeaving, crossing.Time - start));

        link.A.Send([1]);
        simulation.Run(10);
        link.A.Options = link.A.Options with { Loss = 1 };
        link.A.Send([2]);
        link.B.Send([3]);
        simulation.Run(10);

        Assert.That(
            seen,
            Is.EqualTo(new[] { (true, true, 0L), (false, false, 7), (true, true, 10), (false, true, 10), (true, false, 17) }));
    }

    private static (Simulation Simulation, Link Link, Recorder B) Make(LinkOptions options)
    {
        var simulation = new Simulation(1);
        var b = new Recorder();
        return (simulation, Link.Join(simulation, new Recorder(), b, options), b);
    }
}
