using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Nagle and the delayed acknowledgement; the round trip here is 2 ms.</summary>
[TestFixture]
internal sealed class SmallSegmentTests
{
    private const long Second = Simulation.Second;

    [Test]
    public void A_second_small_segment_waits_for_the_delayed_acknowledgement_of_the_first()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        a.Send(new byte[30]);
        lab.Run(Second);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (42.0, 50) }));
    }

    [Test]
    public void Without_delayed_acknowledgements_it_waits_for_a_round_trip()
    {
        var lab = new TwoHosts(seed: 1, b: new HostOptions { DelayedAck = false });
        (TcpConnection a, _) = lab.Connect();
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        lab.Run(Second);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (2.0, 20) }));
    }

    [Test]
    public void Data_going_the_other_way_carries_the_acknowledgement()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        lab.Simulation.Start(async () => b.Send(await b.ReadExactAsync(10)));
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        lab.Run(Second);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (2.0, 20) }));
    }

    [Test]
    public void Without_Nagle_every_send_is_a_segment_of_its_own()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        a.NoDelay = true;
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        a.Send(new byte[30]);
        lab.Run(5 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (0.0, 20), (0.0, 30) }));
    }

    [Test]
    public void Turning_Nagle_off_lets_what_waits_go()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        a.NoDelay = true;
        lab.Run(5 * Simulation.Millisecond);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (0.0, 20) }));
    }

    [Test]
    public void Full_segments_do_not_wait_and_the_last_of_a_send_pushes()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        long start = lab.Simulation.Now;

        a.Send(new byte[4_000]);
        lab.Run(Second);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 1_460), (0.0, 1_460), (2.0, 1_080) }));
        Assert.That(
            lab.From(lab.A, start).Select(sent => sent.Segment.Flags),
            Is.EqualTo(new[] { TcpFlags.Ack, TcpFlags.Ack, TcpFlags.Ack | TcpFlags.Psh }));
    }

    [Test]
    public void The_last_bytes_do_not_wait_before_a_FIN()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, _) = lab.Connect();
        long start = lab.Simulation.Now;

        a.Send(new byte[10]);
        a.Send(new byte[20]);
        a.Close();
        lab.Run(Second);

        Assert.That(lab.DataFrom(lab.A, start), Is.EqualTo(new[] { (0.0, 10), (0.0, 20) }));
        Assert.That(lab.From(lab.A, start)[1].Segment.Has(TcpFlags.Fin), Is.True);
    }
}
