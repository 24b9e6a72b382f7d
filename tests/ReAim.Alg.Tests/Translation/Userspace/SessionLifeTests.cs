using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>How long translated connections are remembered (RFC 5382 REQ-5, RFC 7857 2), and how many.</summary>
[TestFixture]
internal sealed class SessionLifeTests
{
    private const double TwoHoursFourMinutes = 7_440;
    private const double FourMinutes = 240;
    private static readonly TranslatorOptions Options = new() { Masquerade = true };

    private static Peer Connection(Gateway gateway, ushort port = 50_000) => Peer.FromLan(
        gateway, new(Addresses.Alice, port), new(Addresses.Gateway, port), new(Addresses.Server, 5190));

    private static IEnumerable<TestCaseData> Lives()
    {
        yield return new TestCaseData((Func<Peer, bool>)(c => c.Connects()), TwoHoursFourMinutes).SetArgDisplayNames("an established one for 2 hours 4 minutes");
        yield return new TestCaseData((Func<Peer, bool>)(c => c.There(TcpFlags.Syn)), FourMinutes).SetArgDisplayNames("an unanswered one for 4 minutes");
        yield return new TestCaseData((Func<Peer, bool>)(c => c.There(TcpFlags.Syn) && c.Back(TcpFlags.Syn | TcpFlags.Ack)), FourMinutes).SetArgDisplayNames("an unconfirmed one for 4 minutes");
        yield return new TestCaseData((Func<Peer, bool>)(c => c.Connects() && c.There(TcpFlags.Fin | TcpFlags.Ack)), TwoHoursFourMinutes).SetArgDisplayNames("a half-closed one for 2 hours 4 minutes");
        yield return new TestCaseData((Func<Peer, bool>)(c => c.Connects() && c.There(TcpFlags.Fin | TcpFlags.Ack) && c.Back(TcpFlags.Fin | TcpFlags.Ack)), FourMinutes).SetArgDisplayNames("a closed one for 4 minutes");
        yield return new TestCaseData((Func<Peer, bool>)(c => c.Connects() && c.Back(TcpFlags.Rst)), FourMinutes).SetArgDisplayNames("a reset one for 4 minutes");
    }

    [TestCaseSource(nameof(Lives))]
    public void A_silent_connection_is_remembered(Func<Peer, bool> begin, double seconds)
    {
        var gateway = new Gateway(null, Options);
        Assert.That(begin(Connection(gateway)));
        gateway.WaitSeconds(seconds - 0.001);
        Assert.That(gateway.Translator!.SessionCount, Is.EqualTo(1));
        gateway.WaitSeconds(0.001);
        Assert.That(gateway.Translator.SessionCount, Is.Zero);
        Assert.That(Connection(gateway).Back(TcpFlags.Ack, [1]), Is.False);
    }

    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    public void A_clock_at_the_end_of_time_does_no_harm(long now)
    {
        var gateway = new Gateway(null, Options) { Now = now };
        Assert.That(Connection(gateway).Connects() && Connection(gateway).Back(TcpFlags.Ack, [1]));
    }

    [Test]
    public void A_blind_reset_does_not_cut_a_connection_that_is_in_use()
    {
        var gateway = new Gateway(null, Options);
        Peer connection = Connection(gateway);
        Assert.That(connection.Connects() && connection.Back(TcpFlags.Rst));
        for (int i = 0; i < 20; i++)
        {
            gateway.WaitSeconds(200);
            Assert.That(connection.There(TcpFlags.Ack, [1]) && connection.Back(TcpFlags.Ack, [2]));
        }
    }

    [Test]
    public void The_port_is_free_again_when_the_last_connection_that_had_it_is_forgotten()
    {
        var gateway = new Gateway(null, Options);
        Peer first = Connection(gateway);
        Peer second = Peer.FromLan(gateway, new(Addresses.Alice, 50_000), new(Addresses.Gateway, 50_000), new(Addresses.Bob, 80));
        Peer other = Peer.FromLan(gateway, new(Addresses.Dave, 50_000), new(Addresses.Gateway, 50_000), new(Addresses.Bob, 81));
        Assert.That(first.Connects() && first.There(TcpFlags.Rst));
        gateway.WaitSeconds(100);
        Assert.That(second.Connects() && second.There(TcpFlags.Rst));
        gateway.WaitSeconds(140);
        Assert.That(gateway.Translator!.SessionCount, Is.EqualTo(1));
        Assert.That(other.There(TcpFlags.Syn), Is.False, "the first is forgotten, the second still has the port");
        gateway.WaitSeconds(500);
        Assert.That(gateway.Translator.SessionCount, Is.Zero);
        Assert.That(other.Connects());
    }

    [Test]
    public void Room_for_no_session_at_all_is_refused_at_once()
    {
        Assert.That(() => new Gateway(null, Options with { MaxSessions = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new Gateway(null, Options with { MaxHalfOpenSessions = 0 }), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_flood_of_syns_overwrites_the_oldest_half_open_connection_and_no_other()
    {
        var gateway = new Gateway(null, Options with { MaxHalfOpenSessions = 10 });
        Peer established = Connection(gateway, 1_024);
        Assert.That(established.Connects());
        for (ushort port = 2_000; port < 2_100; port++)
        {
            Assert.That(Connection(gateway, port).There(TcpFlags.Syn));
        }

        Assert.That((gateway.Translator!.SessionCount, gateway.Count(Reason.HalfOpenLimit)), Is.EqualTo((11, 90L)));
        Assert.That(established.Back(TcpFlags.Ack, [1]));
        Assert.That(Connection(gateway, 2_099).Back(TcpFlags.Syn | TcpFlags.Ack), "the newest are there");
        Assert.That(Connection(gateway, 2_000).Back(TcpFlags.Syn | TcpFlags.Ack), Is.False, "the oldest is not");
    }

    [Test]
    public void A_full_table_forgets_closing_connections_but_no_established_one()
    {
        var gateway = new Gateway(null, Options with { MaxSessions = 3 });
        Assert.That(Connection(gateway, 2_000).Connects() && Connection(gateway, 2_000).There(TcpFlags.Rst));
        Assert.That(Connection(gateway, 2_001).Connects() && Connection(gateway, 2_002).Connects());
        Assert.That(Connection(gateway, 2_003).Connects(), "the closing one made room");
        Assert.That(Connection(gateway, 2_004).There(TcpFlags.Syn), Is.False);
        Assert.That((gateway.Translator!.SessionCount, gateway.Count(Reason.SessionLimit)), Is.EqualTo((3, 2L)));
        Assert.That(Connection(gateway, 2_001).Back(TcpFlags.Ack, [1]));
    }
}
