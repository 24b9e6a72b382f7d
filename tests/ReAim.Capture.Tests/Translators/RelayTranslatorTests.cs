using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Translators.Relay;

namespace ReAim.Capture.Tests.Translators;

/// <summary>What comes by a relay, over real sockets.</summary>
[TestFixture]
internal sealed class RelayTranslatorTests
{
    [Test]
    public async Task Bytes_go_both_ways_exactly_and_each_end_may_end_first()
    {
        using var world = new RelayWorld();
        Assert.That(world.Install().IsInstalled);
        (byte[] toHost, byte[] toPeer) = (Bytes(1, 3_000_001), Bytes(2, 2_000_003));
        (Socket peer, Socket host) = await world.ConnectAsync();
        Task<byte[]> heard = RelayWorld.ReadAllAsync(host);
        await RelayWorld.SayAllAsync(peer, toHost);
        Assert.That(await heard, Is.EqualTo(toHost), "the peer's end of bytes is known, and the host goes on");
        Task<byte[]> answered = RelayWorld.ReadAllAsync(peer);
        await RelayWorld.SayAllAsync(host, toPeer);
        Assert.That(await answered, Is.EqualTo(toPeer));
        Assert.That(world.Reports.Select(report => report.Step), Is.EqualTo(new[] { PeerStep.Arrived, PeerStep.Connected }));
        Assert.That((world.Count("relay-carried"), world.Count("relay-reset")), Is.EqualTo((1, 0)));
    }

    /// <summary>Else its own system would say that it is connected, before anybody here was asked.</summary>
    [Test]
    public async Task A_neighbour_that_is_kept_out_is_never_connected_until_it_is_let_in()
    {
        using var world = new RelayWorld(new RelayOptions { Lan = ["lo", "is-not-there"] });
        world.Relay.KeepNeighboursOut(world.Mapping);
        Assert.That(world.Install().IsInstalled);
        using var early = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Task waiting = early.ConnectAsync(SocketAddresses.EndPoint(world.Mapping.Public));
        Assert.That(waiting.Wait(300), Is.False, "its SYN is lost");
        world.Relay.LetNeighboursIn(world.Mapping);
        await waiting.WaitAsync(TimeSpan.FromSeconds(20));
        await world.HostAsync();
        world.Relay.KeepNeighboursOut(world.Mapping);
        using var late = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.That(late.ConnectAsync(SocketAddresses.EndPoint(world.Mapping.Public)).Wait(300), Is.False, "and again");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_reset_of_one_end_is_a_reset_at_the_other(bool byPeer)
    {
        using var world = new RelayWorld();
        world.Install();
        (Socket peer, Socket host) = await world.ConnectAsync();
        Assert.That(await RelayWorld.Comes(() => world.Count("relay-carried") == 1));
        (Socket one, Socket other) = byPeer ? (peer, host) : (host, peer);
        one.LingerState = new LingerOption(true, 0);
        one.Dispose();
        Assert.That(await RelayWorld.IsResetAsync(other));
        Assert.That(await RelayWorld.Comes(() => world.Count("relay-reset") == 1));
    }

    [Test]
    public async Task A_peer_that_is_not_admitted_is_reset_and_the_LAN_host_never_hears_of_it()
    {
        using var world = new RelayWorld { Decision = _ => false };
        world.Install();
        Assert.That(await world.TurnsAwayAsync());
        Assert.That(world.Lan.Poll(100_000, SelectMode.SelectRead), Is.False, "a connect at the LAN host");
        Assert.That((world.Reports.Count, world.Count("relay-refused")), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task Nothing_is_carried_before_the_second_decision_and_who_comes_too_late_is_reset_at_both_ends()
    {
        using var world = new RelayWorld { Decision = report => report.Step == PeerStep.Arrived };
        world.Install();
        Task<bool> peer = world.TurnsAwayAsync();
        Socket host = await world.HostAsync();
        Assert.That((await peer, await RelayWorld.IsResetAsync(host)), Is.EqualTo((true, true)));
        Assert.That((world.Count("relay-refused"), world.Count("relay-carried")), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Where_the_LAN_host_refuses_the_peer_is_reset_and_nothing_is_taken()
    {
        using var world = new RelayWorld();
        world.Install();
        world.Lan.Dispose();
        Assert.That(await world.TurnsAwayAsync());
        Assert.That(world.Reports.Select(report => report.Step), Is.EqualTo(new[] { PeerStep.Arrived }));
        Assert.That(world.Count("relay-lan-refused"), Is.EqualTo(1));
    }

    [Test]
    public async Task Where_the_LAN_host_does_not_answer_the_peer_is_reset_and_that_is_reported()
    {
        // A time that is over at once stands for a host that is silent for longer.
        using var world = new RelayWorld(new RelayOptions { ConnectTime = TimeSpan.Zero });
        world.Install();
        Assert.That(await world.TurnsAwayAsync());
        Assert.That(world.Reports.Select(report => report.Step), Is.EqualTo(new[] { PeerStep.Arrived, PeerStep.Unanswered }));
        Assert.That(world.Count("relay-lan-silent"), Is.EqualTo(1));
    }

    [Test]
    public void A_port_that_somebody_listens_on_is_refused_in_words()
    {
        using var world = new RelayWorld();
        var taken = new Mapping(RelayWorld.Loopback(RelayWorld.PortOf(world.Lan)), world.Mapping.Lan);
        MappingAnswer answer = world.Install(taken);
        Assert.That((answer.IsInstalled, answer.Refusal), Is.EqualTo((false, $"another program uses port {taken.Public.Port}")));
        Assert.That(world.Relay.OwnPorts, Is.Empty);
    }

    [Test]
    public async Task An_address_that_is_not_this_machines_is_listened_for_at_all_of_its_own()
    {
        using var world = new RelayWorld();
        var elsewhere = world.Mapping with { Public = world.Mapping.Public with { Address = new Ipv4Address(0xC000_0201) } };
        Assert.That(world.Install(elsewhere).IsInstalled);
        (Socket peer, Socket host) = await world.ConnectAsync();
        await RelayWorld.SayAllAsync(peer, Bytes(1, 10));
        Assert.That(await RelayWorld.ReadAllAsync(host), Has.Length.EqualTo(10));
    }

    [Test]
    public async Task A_mapping_that_is_removed_takes_nobody_more_and_connections_that_came_by_it_go_on()
    {
        using var world = new RelayWorld();
        world.Install();
        Assert.That(world.Relay.OwnPorts, Is.EqualTo(new[] { world.Mapping.Public.Port }));
        (Socket peer, Socket host) = await world.ConnectAsync();
        world.Relay.Remove(world.Mapping);
        Assert.That(world.Relay.OwnPorts, Is.Empty);
        Assert.That(async () => await world.PeerAsync(), Throws.TypeOf<SocketException>());
        await RelayWorld.SayAllAsync(peer, Bytes(1, 100_000));
        Assert.That(await RelayWorld.ReadAllAsync(host), Is.EqualTo(Bytes(1, 100_000)));

        // The port is free for the next offer at once, whatever state its connections are in.
        Assert.That(world.Install().IsInstalled);
        await world.ConnectAsync();
    }

    [TestCase(256, 2, 4, 64, "relay-mapping-full")]
    [TestCase(256, 32, 2, 64, "relay-peer-full")]
    [TestCase(256, 32, 4, 2, "relay-peer-full")]
    [TestCase(2, 8, 4, 64, "relay-full")]
    public async Task More_connections_than_there_may_be_are_reset_and_counted(int all, int perMapping, int perPeerAndMapping, int perPeer, string word)
    {
        using var world = new RelayWorld(new RelayOptions
        {
            MaxConnections = all,
            MaxConnectionsPerMapping = perMapping,
            MaxConnectionsPerPeerAndMapping = perPeerAndMapping,
            MaxConnectionsPerPeer = perPeer,
        });
        world.Install();
        (Socket first, Socket host) = await world.ConnectAsync();
        await world.ConnectAsync();
        Assert.That(await world.TurnsAwayAsync());
        Assert.That((world.Count(word), world.Count("relay-accepted")), Is.EqualTo((1, 3)));

        // A place that is free again is given again.
        first.Dispose();
        host.Dispose();
        Assert.That(await RelayWorld.Comes(() => IsLetIn(world)), "the next one");
    }

    [Test]
    public async Task Peers_that_wait_for_a_decision_count_too()
    {
        using var world = new RelayWorld(new RelayOptions { MaxConnectionsPerMapping = 2 }) { Decision = _ => null };
        world.Install();
        await world.PeerAsync();
        await world.PeerAsync();
        Assert.That(await world.TurnsAwayAsync());
    }

    [Test]
    public async Task Who_reads_slowly_is_sent_slowly_and_gets_every_byte()
    {
        const int Most = 64 << 20;
        using var world = new RelayWorld();
        world.Install();
        (Socket peer, Socket host) = await world.ConnectAsync();
        byte[] piece = Bytes(1, 1 << 20);
        peer.Blocking = false;
        int sent = 0;
        for (int stuck = 0; sent < Most && stuck < 20;)
        {
            // The relay takes what it has room for, and then the sender's own kernel is full too.
            int before = sent;
            sent += peer.Send(piece.AsSpan(sent % piece.Length), SocketFlags.None, out _);
            stuck = sent > before ? 0 : stuck + 1;
            await Task.Delay(sent > before ? 0 : 10);
        }

        Assert.That(sent, Is.LessThan(Most), "what was taken from the sender while nobody read");
        peer.Shutdown(SocketShutdown.Send);
        byte[] heard = await RelayWorld.ReadAllAsync(host);
        Assert.That(heard, Has.Length.EqualTo(sent));
        Assert.That(heard.Chunk(piece.Length).All(chunk => chunk.AsSpan().SequenceEqual(piece.AsSpan(0, chunk.Length))));
    }

    [Test]
    public async Task Who_is_silent_for_two_hours_and_four_minutes_is_reset()
    {
        using var world = new RelayWorld();
        world.Install();
        (Socket peer, Socket host) = await world.ConnectAsync();
        Assert.That(await RelayWorld.Comes(() => world.Count("relay-carried") == 1));
        world.Relay.EndIdle(Environment.TickCount64 + ((2 * 60) + 3) * 60_000L);
        Assert.That(world.Count("relay-idle"), Is.Zero);
        world.Relay.EndIdle(Environment.TickCount64 + ((2 * 60) + 5) * 60_000L);
        Assert.That((await RelayWorld.IsResetAsync(peer), await RelayWorld.IsResetAsync(host)), Is.EqualTo((true, true)));
        Assert.That(world.Count("relay-idle"), Is.EqualTo(1));
    }

    [Test]
    public async Task Once_one_end_has_said_all_four_minutes_of_silence_are_enough()
    {
        using var world = new RelayWorld();
        world.Install();
        (Socket peer, Socket host) = await world.ConnectAsync();
        peer.Shutdown(SocketShutdown.Send);
        Assert.That(await RelayWorld.ReadAllAsync(host), Is.Empty);
        Assert.That(await RelayWorld.Comes(() =>
        {
            world.Relay.EndIdle(Environment.TickCount64 + (5 * 60_000L));
            return world.Count("relay-idle") == 1;
        }));
        Assert.That(await RelayWorld.IsResetAsync(peer));
    }

    [Test]
    public async Task A_relay_that_ends_resets_all_its_connections_and_listens_no_more()
    {
        using var world = new RelayWorld();
        world.Install();
        (Socket peer, Socket host) = await world.ConnectAsync();
        Assert.That(await RelayWorld.Comes(() => world.Count("relay-carried") == 1));
        world.Relay.Dispose();
        Assert.That((await RelayWorld.IsResetAsync(peer), await RelayWorld.IsResetAsync(host)), Is.EqualTo((true, true)));
        Assert.That(async () => await world.PeerAsync(), Throws.TypeOf<SocketException>());
    }

    private static bool IsLetIn(RelayWorld world)
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            long before = world.Count("relay-carried");
            peer.Connect(SocketAddresses.EndPoint(world.Mapping.Public));
            while (world.Count("relay-carried") == before)
            {
                if (peer.Poll(5_000, SelectMode.SelectRead))
                {
                    return false;
                }
            }

            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] Bytes(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
