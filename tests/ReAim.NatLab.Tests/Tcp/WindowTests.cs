using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A receiver that does not read.</summary>
[TestFixture]
internal sealed class WindowTests
{
    private const long Second = Simulation.Second;

    [Test]
    public void A_full_receiver_stops_the_sender_which_asks_on_until_the_program_reads()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        byte[] bytes = lab.Simulation.Random.Bytes(200_000);

        a.Send(bytes);
        lab.Run(300 * Second);

        Assert.That(lab.DataFrom(lab.A).Sum(sent => sent.Length), Is.EqualTo(65_535));
        Assert.That(lab.From(lab.B)[^1].Segment.Window, Is.Zero);
        Assert.That(lab.A.SentCount, Is.InRange(50, 90), "probes go on, ever more slowly");
        Assert.That(a.IsBroken, Is.False);

        Task<byte[]?> read = b.ReadExactAsync(bytes.Length);
        lab.Run(Second);
        Assert.That(read.Result, Is.EqualTo(bytes));
    }

    [Test]
    public void A_lost_window_update_is_asked_for()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.Send(new byte[100_000]);
        lab.Run(Second);
        lab.Middle.Filter = (_, port) => port == 0;
        Task<byte[]?> read = b.ReadExactAsync(100_000);
        lab.Run(2 * Simulation.Millisecond);
        lab.Middle.Filter = null;

        lab.Run(Simulation.Millisecond * 100);
        Assert.That(read.IsCompleted, Is.False);
        lab.Run(5 * Second);

        Assert.That(read.IsCompleted, Is.True);
    }

    [Test]
    public void A_FIN_waits_until_there_is_room_for_it()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.Send(new byte[65_535]);
        a.Close();
        lab.Run(10 * Second);

        Task<byte[]?> read = b.ReadExactAsync(65_535);
        lab.Run(Second);
        b.Close();
        lab.Run(10 * Second);

        Assert.That(read.Result, Has.Length.EqualTo(65_535));
        lab.AssertQuiet();
    }

    [Test]
    public void A_slow_reader_gets_everything_without_slivers()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        int total = 0;
        lab.Simulation.Start(async () =>
        {
            byte[] some;
            while ((some = await b.ReadSomeAsync(500)).Length > 0)
            {
                total += some.Length;
                await lab.Simulation.Delay(Simulation.Millisecond);
            }

            b.Close();
        });

        a.Send(new byte[300_000]);
        a.Close();
        lab.Run(20 * Second);

        Assert.That(total, Is.EqualTo(300_000));
        Assert.That(lab.DataFrom(lab.A), Has.Count.LessThan(250));
        lab.AssertQuiet();
    }
}
