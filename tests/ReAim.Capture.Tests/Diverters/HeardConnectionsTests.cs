using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Tests.Diverters;

/// <summary>What a listener makes of connections that it did not see begin, or that are no server's.</summary>
internal sealed class HeardConnectionsTests
{
    private static readonly Ipv4Endpoint s_alice = new(Addresses.Alice, 40_000);
    private static readonly Ipv4Endpoint s_server = new(Addresses.Server, 5190);
    private static readonly Ipv4Endpoint s_listener = new(Addresses.Alice, 5190);
    private static readonly Ipv4Endpoint s_bob = new(Addresses.Bob, 41_000);
    private static readonly byte[] s_hello = Messages.Flap(1, Messages.U32(1));

    private ListenedServers _servers = new();
    private Engine _engine = new(new EngineOptions());
    private HeardConnections _heard = null!;
    private long _now;

    [SetUp]
    public void Listen()
    {
        _servers = new ListenedServers();
        _engine = new Engine(new EngineOptions { ListensOnly = true });
        _heard = new HeardConnections(_engine, [5190], [], _servers);
        _now = 1;
    }

    [Test]
    public void A_transfer_that_came_in_on_a_watched_port_is_no_stray_however_long_it_lasts_and_whenever_it_began()
    {
        foreach (bool isBegun in (bool[])[false, true])
        {
            Ipv4Endpoint bob = s_bob with { Port = (ushort)(41_000 + (isBegun ? 1 : 0)) };
            if (!isBegun)
            {
                Say(bob, s_listener, Direction.Inbound, TcpFlags.Syn, 99, 0, []);
                Say(s_listener, bob, Direction.Outbound, TcpFlags.Syn | TcpFlags.Ack, 199, 100, []);
            }

            for (uint i = 0; i < 100; i++)
            {
                Say(bob, s_listener, Direction.Inbound, TcpFlags.Ack, 100 + (i * 1_000), 200, new byte[1_000]);
                Say(s_listener, bob, Direction.Outbound, TcpFlags.Ack, 200, 1_100 + (i * 1_000), []);
            }
        }

        Assert.That((_engine.Reasons[Reason.MidStream], _engine.FlowCount, Said()), Is.EqualTo((0L, 0, 0)));
    }

    [Test]
    public void A_servers_connection_met_in_mid_stream_is_counted_and_told_once()
    {
        for (uint i = 0; i < 100; i++)
        {
            Say(s_server, s_alice, Direction.Inbound, TcpFlags.Ack, 100 + i, 200, [0]);
            Say(s_alice, s_server, Direction.Outbound, TcpFlags.Ack, 200, 101 + i, []);
        }

        Assert.That((_engine.Reasons[Reason.MidStream], Said()), Is.EqualTo((1L, 1)));
    }

    [Test]
    public void The_same_ends_used_anew_are_a_new_connection()
    {
        Say(s_alice, s_server, Direction.Outbound, TcpFlags.Ack, 7, 8, [1]);
        SignOn(s_server);
        Assert.That(_engine.Reasons[Reason.Recognised], Is.EqualTo(1));
    }

    [Test]
    public void A_server_that_a_client_was_told_of_is_found_though_its_first_packets_were_missed()
    {
        Ipv4Endpoint other = s_server with { Port = 5191 };
        _servers.Add(other);
        uint sent = 500;
        for (ushort i = 0; i < 8; i++)
        {
            byte[] frame = Messages.Flap(2, Messages.U32(0x0001_0016));
            frame[3] = (byte)i;
            Say(s_alice, other, Direction.Outbound, TcpFlags.Ack | TcpFlags.Psh, sent, 900, frame);
            sent += (uint)frame.Length;
        }

        Assert.That((_engine.Reasons[Reason.Resumed], _engine.Reasons[Reason.MidStream]), Is.EqualTo((1L, 0L)));
    }

    [Test]
    public void With_any_port_nothing_is_said_of_what_had_begun_before()
    {
        _heard = new HeardConnections(_engine, [], [], _servers);
        for (uint i = 0; i < 100; i++)
        {
            Say(s_server, s_alice, Direction.Inbound, TcpFlags.Ack, 100 + i, 200, [0]);
        }

        Assert.That((_engine.Reasons[Reason.MidStream], Said()), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_host_that_signs_on_is_listened_to_as_a_whole_for_ten_seconds()
    {
        SignOn(s_server);
        Assert.That(_heard.SigningOn.All, Is.EqualTo(new[] { Addresses.Alice }));
        _heard.SigningOn.Expire(_now + HostsSigningOn.Time - 2);
        Assert.That(_heard.SigningOn.All, Has.Count.EqualTo(1));
        _heard.SigningOn.Expire(_now + HostsSigningOn.Time);
        Assert.That((_heard.SigningOn.All.Count, _heard.SigningOn.Changes), Is.EqualTo((0, 2)));
    }

    [Test]
    public void A_server_that_is_not_trusted_is_none_although_its_packets_are_heard()
    {
        _heard = new HeardConnections(_engine, [5190], [Ipv4Network.Parse("64.12.0.0/16")], _servers);
        SignOn(s_server);
        Assert.That((_engine.FlowCount, _engine.Reasons[Reason.Recognised]), Is.EqualTo((0, 0L)));
        _servers.Add(s_server);
        SignOn(s_server);
        Assert.That(_engine.Reasons[Reason.Recognised], Is.EqualTo(1), "one that a client was told of is trusted");
    }

    private void SignOn(Ipv4Endpoint server)
    {
        Say(s_alice, server, Direction.Outbound, TcpFlags.Syn, 999, 0, []);
        Say(server, s_alice, Direction.Inbound, TcpFlags.Syn | TcpFlags.Ack, 4_999, 1_000, []);
        Say(server, s_alice, Direction.Inbound, TcpFlags.Ack, 5_000, 1_000, s_hello);
        Say(s_alice, server, Direction.Outbound, TcpFlags.Ack, 1_000, 5_000 + (uint)s_hello.Length, s_hello);
    }

    private void Say(Ipv4Endpoint from, Ipv4Endpoint to, Direction direction, TcpFlags flags, uint sequence, uint acknowledgement, byte[] payload) =>
        _heard.Process(new TcpPacket(from, to, sequence, acknowledgement, flags, payload).Build(), direction, ++_now);

    /// <summary>How many connections the engine said were met in mid-stream.</summary>
    private int Said()
    {
        int count = 0;
        while (_engine.TryTakeEffect(out Effect effect))
        {
            count += effect is { Kind: EffectKind.FlowDone, Reason: Reason.MidStream } ? 1 : 0;
        }

        return count;
    }
}
