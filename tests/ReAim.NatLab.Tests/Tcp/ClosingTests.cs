using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>How connections end.</summary>
[TestFixture]
internal sealed class ClosingTests
{
    private const long Second = Simulation.Second;

    [Test]
    public void A_half_closed_connection_still_carries_data_the_other_way()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.Close();
        lab.Run(Second);
        Assert.That(b.ReadSomeAsync(1).Result, Is.Empty);

        b.Send(new byte[50_000]);
        Task<byte[]?> read = a.ReadExactAsync(50_000);
        lab.Run(10 * Second);
        Assert.That(read.Result, Has.Length.EqualTo(50_000));
        Assert.That((lab.A.ConnectionCount, lab.B.ConnectionCount), Is.EqualTo((1, 1)));

        b.Close();
        lab.Run(Second);
        lab.AssertQuiet();
    }

    [Test]
    public void Both_ends_may_close_at_the_same_time()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();

        a.Close();
        b.Close();
        lab.Run(Second / 2);

        Assert.That((a.State, b.State), Is.EqualTo((TcpState.TimeWait, TcpState.TimeWait)));
        Assert.That((a.IsBroken, b.IsBroken), Is.EqualTo((false, false)));
        lab.AssertQuiet();
    }

    [Test]
    public void A_lost_last_acknowledgement_is_repeated_by_TIME_WAIT()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.Close();
        lab.Run(Second / 10);
        int count = 0;
        lab.Middle.Filter = (_, port) => port != 0 || count++ > 0;
        b.Close();
        lab.Run(Second);

        Assert.That(count, Is.EqualTo(2));
        lab.AssertQuiet();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_pair_in_TIME_WAIT_at_either_end_is_used_again_at_once(bool clientClosesFirst)
    {
        var lab = new TwoHosts(seed: 1);
        for (int round = 0; round < 5; round++)
        {
            (TcpConnection a, TcpConnection b) = lab.Connect(localPort: 1234);
            a.Send("x"u8);
            (clientClosesFirst ? a : b).Close();
            lab.Run(Second / 20);
            (clientClosesFirst ? b : a).Close();
            lab.Run(Second / 20);
            Assert.That((clientClosesFirst ? a : b).State, Is.EqualTo(TcpState.TimeWait));
        }

        Assert.That(lab.Sent.Any(sent => sent.Segment.Has(TcpFlags.Rst)), Is.False);
        lab.AssertQuiet();
    }

    [Test]
    public void An_abort_resets_the_other_end_and_what_came_before_is_still_read()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        a.Send("hello"u8);
        lab.Run(Second);

        a.Abort();
        lab.Run(Second);
        b.Send("nobody hears this"u8);

        Assert.That((a.IsBroken, b.IsBroken), Is.EqualTo((true, true)));
        Assert.That(b.ReadExactAsync(5).Result, Is.EqualTo("hello"u8.ToArray()));
        Assert.That(b.ReadSomeAsync(5).Result, Is.Empty);
        lab.AssertQuiet();
    }

    [Test]
    public void A_reset_counts_only_with_the_exact_sequence_number()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();

        lab.B.Receive(Reset(a, a.Sender.Next + 100), 0);
        lab.B.Receive(Reset(a, a.Sender.Next + 100_000), 0);
        lab.Run(Second);
        Assert.That(b.IsBroken, Is.False);
        Assert.That(lab.From(lab.B)[^1].Segment.Acknowledgement, Is.EqualTo(a.Sender.Next), "a challenge");

        lab.B.Receive(Reset(a, a.Sender.Next), 0);
        Assert.That(b.IsBroken, Is.True);
    }

    [Test]
    public void A_segment_of_a_connection_that_is_gone_is_answered_with_a_reset()
    {
        var lab = new TwoHosts(seed: 1);
        (TcpConnection a, TcpConnection b) = lab.Connect();
        lab.Middle.Filter = (_, _) => false;
        b.Abort();
        lab.Run(Second);
        lab.Middle.Filter = null;

        a.Send("x"u8);
        lab.Run(Second);

        Assert.That(a.IsBroken, Is.True);
        lab.AssertQuiet();
    }

    [Test]
    public void Sending_after_closing_is_a_mistake_of_the_program()
    {
        (TcpConnection a, _) = new TwoHosts(seed: 1).Connect();
        a.Close();

        Assert.That(() => a.Send("x"u8), Throws.InvalidOperationException);
    }

    private static byte[] Reset(TcpConnection from, uint sequence)
    {
        var fields = new SegmentFields(from.Local, from.Remote, TcpFlags.Rst, sequence);
        byte[] datagram = SegmentWriter.Begin(fields, payloadLength: 0);
        SegmentWriter.Finish(datagram, fields, identification: 1);
        return datagram;
    }
}
