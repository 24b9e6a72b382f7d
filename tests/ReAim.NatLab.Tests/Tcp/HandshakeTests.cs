using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>How connections begin, or fail to.</summary>
[TestFixture]
internal sealed class HandshakeTests
{
    private const long Second = Simulation.Second;

    [Test]
    public void A_message_and_its_answer_cross_and_both_ends_close()
    {
        var lab = new TwoHosts(seed: 1);
        TcpListener listener = lab.B.Listen(TwoHosts.Port)!;
        byte[]? answer = null;
        byte[]? end = null;
        lab.Simulation.Start(async () =>
        {
            TcpConnection connection = (await listener.AcceptAsync())!;
            connection.Send(await connection.ReadExactAsync(5));
            connection.Close();
        });
        lab.Simulation.Start(async () =>
        {
            TcpConnection connection = (await lab.A.ConnectAsync(lab.Server, Second))!;
            connection.Send("hello"u8);
            answer = await connection.ReadExactAsync(5);
            end = await connection.ReadSomeAsync(1);
            connection.Close();
        });

        lab.Run(5 * Second);

        Assert.That(answer, Is.EqualTo("hello"u8.ToArray()));
        Assert.That(end, Is.Empty);
        lab.AssertQuiet();
    }

    [Test]
    public void A_port_that_nobody_listens_on_refuses_at_once()
    {
        var lab = new TwoHosts(seed: 1);

        Task<TcpConnection?> attempt = lab.A.ConnectAsync(lab.Server, 10 * Second);
        lab.Run(Second / 100);

        Assert.That(attempt.IsCompletedSuccessfully && attempt.Result is null, Is.True);
        lab.AssertQuiet();
    }

    [Test]
    public void A_SYN_without_an_answer_is_repeated_after_1_2_and_4_seconds_until_the_time_is_up()
    {
        var lab = new TwoHosts(seed: 1);
        lab.Middle.Filter = (_, _) => false;
        long start = lab.Simulation.Now;

        Task<TcpConnection?> attempt = lab.A.ConnectAsync(lab.Server, 10 * Second);
        lab.Run(9 * Second);
        Assert.That(attempt.IsCompleted, Is.False);
        lab.Run(60 * Second);

        Assert.That(attempt.IsCompletedSuccessfully && attempt.Result is null, Is.True);
        Assert.That(lab.Sent.Select(sent => (sent.Time - start) / Second), Is.EqualTo(new long[] { 0, 1, 3, 7 }));
        lab.AssertQuiet();
    }

    [Test]
    public void A_SYN_ACK_that_comes_after_the_attempt_was_abandoned_is_reset()
    {
        var lab = new TwoHosts(seed: 1, new LinkOptions { Latency = 300 * Simulation.Millisecond });
        lab.B.Listen(TwoHosts.Port);

        Task<TcpConnection?> attempt = lab.A.ConnectAsync(lab.Server, Second);
        lab.Run(3 * Second);

        Assert.That(attempt.IsCompletedSuccessfully && attempt.Result is null, Is.True);
        Assert.That(lab.From(lab.A)[^1].Segment.Flags, Is.EqualTo(TcpFlags.Rst));
        lab.AssertQuiet();
    }

    [Test]
    public void A_lost_SYN_ACK_and_a_lost_last_acknowledgement_are_made_good()
    {
        for (uint seed = 0; seed < 300; seed++)
        {
            var lab = new TwoHosts(seed, new LinkOptions { Loss = 0.1, Duplication = 0.1, Reordering = 0.2 });
            (TcpConnection a, TcpConnection b) = lab.Connect();

            a.Close();
            b.Close();
            lab.Run(100 * Second);

            Assert.That((a.IsBroken, b.IsBroken), Is.EqualTo((false, false)), $"seed {seed}");
            lab.AssertQuiet();
        }
    }

    [Test]
    public void Two_hosts_that_connect_to_each_other_at_the_same_time_get_one_connection()
    {
        var lab = new TwoHosts(seed: 1);
        Task<TcpConnection?> a = lab.A.ConnectAsync(new Ipv4Endpoint(lab.B.Address, 2000), Second, localPort: 1000);
        Task<TcpConnection?> b = lab.B.ConnectAsync(new Ipv4Endpoint(lab.A.Address, 1000), Second, localPort: 2000);
        lab.Run(Second / 10);

        a.Result!.Send("to b"u8);
        b.Result!.Send("to a"u8);
        Task<byte[]?> atA = a.Result.ReadExactAsync(4);
        Task<byte[]?> atB = b.Result.ReadExactAsync(4);
        lab.Run(Second);

        Assert.That(atA.Result, Is.EqualTo("to a"u8.ToArray()));
        Assert.That(atB.Result, Is.EqualTo("to b"u8.ToArray()));
        a.Result.Close();
        b.Result.Close();
        lab.Run(Second);
        lab.AssertQuiet();
    }

    [Test]
    public void They_do_also_over_bad_links()
    {
        for (uint seed = 0; seed < 300; seed++)
        {
            var lab = new TwoHosts(seed, new LinkOptions { Loss = 0.1, Duplication = 0.2, Reordering = 0.2 });
            Task<TcpConnection?> a = lab.A.ConnectAsync(new Ipv4Endpoint(lab.B.Address, 2000), 60 * Second, localPort: 1000);
            Task<TcpConnection?> b = lab.B.ConnectAsync(new Ipv4Endpoint(lab.A.Address, 1000), 60 * Second, localPort: 2000);
            lab.Run(60 * Second);

            a.Result!.Send("to b"u8);
            b.Result!.Send("to a"u8);
            Task<byte[]?> atA = a.Result.ReadExactAsync(4);
            Task<byte[]?> atB = b.Result.ReadExactAsync(4);
            a.Result.Close();
            b.Result.Close();
            lab.Run(60 * Second);

            Assert.That(atA.Result, Is.EqualTo("to a"u8.ToArray()), $"seed {seed}");
            Assert.That(atB.Result, Is.EqualTo("to b"u8.ToArray()), $"seed {seed}");
            lab.AssertQuiet();
        }
    }

    [Test]
    public void A_host_connects_from_a_port_it_listens_on()
    {
        var lab = new TwoHosts(seed: 1);
        TcpListener listener = lab.A.Listen(4443)!;

        (TcpConnection a, TcpConnection b) = lab.Connect(localPort: 4443);
        Task<TcpConnection?> other = lab.B.ConnectAsync(new Ipv4Endpoint(lab.A.Address, 4443), Second);
        Task<TcpConnection?> accepted = listener.AcceptAsync();
        lab.Run(Second);

        Assert.That((a.Local.Port, b.Remote.Port), Is.EqualTo((4443, 4443)));
        Assert.That(accepted.Result!.Remote, Is.EqualTo(other.Result!.Local));
    }

    [Test]
    public void A_listener_takes_several_connections_and_a_pair_that_is_in_use_is_not_taken_twice()
    {
        var lab = new TwoHosts(seed: 1);
        TcpListener listener = lab.B.Listen(TwoHosts.Port)!;
        Task<TcpConnection?>[] attempts = [.. Enumerable.Range(0, 5).Select(_ => lab.A.ConnectAsync(lab.Server, Second))];
        lab.Run(Second);

        var accepted = new List<Ipv4Endpoint>();
        foreach (Task<TcpConnection?> attempt in attempts)
        {
            accepted.Add(listener.AcceptAsync().Result!.Remote);
            Assert.That(attempt.Result!.Local.Port, Is.InRange(32_768, 60_999));
        }

        Assert.That(accepted, Is.EqualTo(attempts.Select(attempt => attempt.Result!.Local)));
        Assert.That(accepted, Is.Unique);
        Assert.That(lab.A.ConnectAsync(lab.Server, Second, accepted[0].Port).Result, Is.Null);
        Assert.That(lab.B.ConnectionCount, Is.EqualTo(5));
    }

    [Test]
    public void A_port_is_listened_on_once_and_again_as_soon_as_it_is_closed()
    {
        var lab = new TwoHosts(seed: 1);
        TcpListener listener = lab.B.Listen(TwoHosts.Port)!;
        Assert.That(lab.B.Listen(TwoHosts.Port), Is.Null);
        Task<TcpConnection?> waiting = listener.AcceptAsync();

        listener.Close();
        lab.Run(1);

        Assert.That(waiting.IsCompletedSuccessfully && waiting.Result is null, Is.True);
        Assert.That(listener.AcceptAsync().Result, Is.Null);
        Assert.That(lab.B.Listen(TwoHosts.Port), Is.Not.Null);
    }

    [Test]
    public void A_hard_error_by_ICMP_ends_an_attempt_but_not_a_connection()
    {
        var lab = new TwoHosts(seed: 1);
        lab.Middle.Filter = (datagram, port) =>
        {
            // Port unreachable about whatever A sends, as a firewall says it.
            if (port == 0)
            {
                lab.A.Receive(DestinationUnreachable.About(datagram, code: 3, mtu: 0, lab.B.Address, identification: 1)!, 0);
            }

            return port != 0;
        };
        Task<TcpConnection?> attempt = lab.A.ConnectAsync(lab.Server, 10 * Second);
        lab.Run(Second / 10);
        Assert.That(attempt.IsCompletedSuccessfully && attempt.Result is null, Is.True);
        lab.AssertQuiet();

        Func<byte[], int, bool> hostile = lab.Middle.Filter;
        lab.Middle.Filter = null;
        (TcpConnection a, _) = lab.Connect();
        lab.Middle.Filter = hostile;
        a.Send("x"u8);
        lab.Run(Second);
        Assert.That(a.IsBroken, Is.False);
    }

    [Test]
    public void The_segment_size_is_the_smaller_of_what_both_ends_announce()
    {
        var lab = new TwoHosts(seed: 1, a: new HostOptions { Mtu = 1_000 });
        (TcpConnection a, TcpConnection b) = lab.Connect();

        a.Send(new byte[5_000]);
        b.Send(new byte[5_000]);
        lab.Run(Second);

        Assert.That(lab.Sent.Max(sent => sent.Segment.Payload.Length), Is.EqualTo(960));
    }
}
