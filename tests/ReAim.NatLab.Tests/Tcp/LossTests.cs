using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>What is sent again, when, and in which pieces; the round trip here is 2 ms.</summary>
[TestFixture]
internal sealed class LossTests
{
    private const long Second = Simulation.Second;

    private static readonly HostOptions WithoutProbe = new() { TailLossProbe = false };

    [Test]
    public void The_tail_loss_probe_sends_what_Nagle_holds_back()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        List<byte[]> held = HoldDataFromA(lab);
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        lab.Run(300 * Simulation.Millisecond);

        // 2 * SRTT + 200 ms, but not later than the timeout of SRTT + 200 ms would be.
        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (202.0, 20) }));

        lab.Middle.Filter = null;
        held.ForEach(datagram => lab.Middle.Pass(datagram, 0));
        Task<byte[]?> read = b.ReadExactAsync(30);
        lab.Run(Second);
        Assert.That(read.Result, Is.EqualTo(new byte[30]));
        Assert.That(lab.DataFrom(lab.A, start), Has.Count.EqualTo(2));
    }

    [Test]
    public void At_a_round_trip_of_100_ms_the_probe_leaves_after_300_ms()
    {
        var lab = new TwoHosts(seed: 1, new LinkOptions { Latency = 25 * Simulation.Millisecond });
        (TcpConnection a, _) = lab.Connect();
        HoldDataFromA(lab);
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        lab.Run(500 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (300.0, 20) }));
    }

    [Test]
    public void Without_the_probe_only_the_first_segment_goes_again()
    {
        var lab = new TwoHosts(seed: 1, a: WithoutProbe, b: new HostOptions { DelayedAck = false });
        (TcpConnection a, _) = lab.Connect();
        lab.LoseDataFromA(0, 1);
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        lab.Run(Second);

        // The second timeout is twice the first; then the acknowledgement lets the rest go.
        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (202.0, 10), (606.0, 10), (608.0, 20) }));
    }

    [Test]
    public void The_probe_repeats_the_last_segment_if_there_is_nothing_new()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.NoDelay = true;
        lab.LoseDataFromA(1);
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        Task<byte[]?> read = b.ReadExactAsync(30);
        lab.Run(Second);

        // Two are out: no allowance for a delayed acknowledgement.
        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (0.0, 20), (10.0, 20) }));
        Assert.That(read.Result, Is.Not.Null);
    }

    [Test]
    public void Small_segments_go_again_one_by_one_or_as_one_by_chance()
    {
        var lengths = new List<int>();
        for (uint seed = 0; seed < 20; seed++)
        {
            var lab = new TwoHosts(seed, a: WithoutProbe);
            (TcpConnection a, TcpConnection b) = lab.Connect();
            a.NoDelay = true;
            lab.LoseDataFromA(0, 1, 2);
            long start = lab.Simulation.Now;
            a.Send(new byte[10]);
            a.Send(new byte[20]);
            a.Send(new byte[30]);
            Task<byte[]?> read = b.ReadExactAsync(60);
            lab.Run(Second);

            lengths.Add(lab.DataFrom(lab.A, start)[3].Length);
            Assert.That(read.Result, Is.Not.Null);
        }

        Assert.That(lengths, Is.SupersetOf(new[] { 10, 60 }));
        Assert.That(lengths, Is.All.AnyOf(10, 60));
    }

    [Test]
    public void Three_duplicate_acknowledgements_bring_a_lost_segment_within_a_round_trip()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        lab.LoseDataFromA(1);
        long start = lab.Simulation.Now;

        a.Send(new byte[1_460 * 6]);
        Task<byte[]?> read = b.ReadExactAsync(1_460 * 6);
        lab.Run(5 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start).Skip(6), Is.EqualTo(new[] { (2.0, 1_460) }));
        Assert.That(read.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void Two_lost_segments_of_one_window_are_made_good_by_a_partial_acknowledgement()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        lab.LoseDataFromA(1, 3);
        long start = lab.Simulation.Now;

        a.Send(new byte[1_460 * 8]);
        Task<byte[]?> read = b.ReadExactAsync(1_460 * 8);
        lab.Run(10 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start).Skip(8), Is.EqualTo(new[] { (2.0, 1_460), (4.0, 1_460) }));
        Assert.That(read.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void Fragmentation_needed_brings_smaller_pieces_at_once_and_never_larger_ones_again()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        lab.Middle.Filter = (datagram, _) =>
        {
            bool fits = datagram.Length <= 700;
            if (!fits)
            {
                lab.A.Receive(DestinationUnreachable.About(datagram, DestinationUnreachable.FragmentationNeeded, mtu: 700, lab.B.Address, identification: 1)!, 0);
            }

            return fits;
        };
        long start = lab.Simulation.Now;

        a.Send(new byte[2_920]);
        Task<byte[]?> read = b.ReadExactAsync(2_920);
        lab.Run(5 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start).Select(sent => sent.Length), Is.EqualTo(new[] { 1_460, 1_460, 660, 660, 140, 660, 660, 140 }));
        Assert.That(read.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void A_damaged_segment_is_dropped_and_sent_again()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        int count = 0;
        lab.Middle.Filter = (datagram, port) =>
        {
            if (port == 0 && TwoHosts.HasPayload(datagram) && count++ == 0)
            {
                datagram[^1] ^= 1;
            }

            return true;
        };

        a.Send("hello"u8);
        Task<byte[]?> read = b.ReadExactAsync(5);
        lab.Run(Second);

        Assert.That(read.Result, Is.EqualTo("hello"u8.ToArray()));
        Assert.That(lab.B.DroppedCount, Is.EqualTo(1));
    }

    [Test]
    public void A_cut_cable_that_is_mended_within_a_minute_costs_time_only()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        LinkOptions good = lab.LinkA.Options;
        Task<byte[]?> read = b.ReadExactAsync(500_000);
        a.Send(new byte[500_000]);
        lab.Run(5 * Simulation.Millisecond);
        lab.LinkA.Options = good with { Loss = 1 };
        lab.Run(30 * Second);
        Assert.That(read.IsCompleted, Is.False);

        lab.LinkA.Options = good;
        lab.Run(40 * Second);

        Assert.That(read.IsCompletedSuccessfully && read.Result is not null, Is.True);
        Assert.That(a.IsBroken, Is.False);
    }

    [Test]
    public void A_connection_gives_up_after_a_minute_of_silence_and_tells_those_who_wait()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        lab.LinkA.Options = lab.LinkA.Options with { Loss = 1 };

        a.Send(new byte[10]);
        Task<bool> flush = a.FlushAsync();
        Task<byte[]?> read = a.ReadExactAsync(1);
        lab.Run(59 * Second);
        Assert.That(a.IsBroken, Is.False);
        lab.Run(2 * Second);

        Assert.That(a.IsBroken, Is.True);
        Assert.That(flush.Result, Is.False);
        Assert.That(read.Result, Is.Null);
        Assert.That(lab.A.ConnectionCount, Is.Zero);
        Assert.That(lab.DataFrom(lab.A), Has.Count.LessThan(15));
    }

    private static List<byte[]> HoldDataFromA(TwoHosts lab)
    {
        var held = new List<byte[]>();
        lab.Middle.Filter = (datagram, port) =>
        {
            bool isHeld = port == 0 && TwoHosts.HasPayload(datagram);
            if (isHeld)
            {
                held.Add(datagram);
            }

            return !isHeld;
        };
        return held;
    }
}
