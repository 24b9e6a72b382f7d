using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation;

/// <summary>Peers' connects where a kernel translates: who may use a mapping, and what of them comes by at all.</summary>
[TestFixture]
internal sealed class PeerStandingTests
{
    private static readonly Ipv4Endpoint Listener = new(Addresses.Alice, 5190);

    private static (Gateway Gateway, Conversation Flow) Offered(EngineOptions? options = null)
    {
        var gateway = new Gateway((options ?? Gateway.Options()) with { KeepsStandings = true }) { Marks = [] };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        return (gateway, flow);
    }

    /// <summary>A peer's connection: its segments are the "server's", for they come in.</summary>
    private static Conversation From(Gateway gateway, Ipv4Address peer, ushort port = 50_000) => new(gateway, Listener, new(peer, port));

    private static bool Syn(Conversation peer)
    {
        int before = peer.Gateway.Departures.Count;
        peer.ServerAt(-1, [], TcpFlags.Syn);
        return peer.Gateway.Departures.Count > before;
    }

    private static void SynAck(Conversation peer) => peer.ClientAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);

    private static void Ack(Conversation peer) => peer.ServerAt(0, [], TcpFlags.Ack);

    private static bool Connects(Conversation peer)
    {
        bool admitted = Syn(peer);
        if (admitted)
        {
            SynAck(peer);
            Ack(peer);
        }

        return admitted;
    }

    private static int Count(Gateway gateway, EffectKind kind) => gateway.Effects.Count(effect => effect.Kind == kind);

    [Test]
    public void A_peers_handshake_comes_by_and_nothing_after_it()
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        Assert.That(gateway.Marks![bob.Key], Is.EqualTo(FlowStanding.Peer));
        SynAck(bob);
        Assert.That(gateway.Marks[bob.Key], Is.EqualTo(FlowStanding.Peer));
        Ack(bob);
        Assert.That((gateway.Marks[bob.Key], Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((FlowStanding.Done, 1)));
        bob.Client(new byte[1_000]);
        bob.Server(new byte[1_000]);
        Assert.That(gateway.Bypassed, Is.EqualTo(2));
    }

    [Test]
    public void A_mapping_that_a_peer_has_taken_refuses_everybody_else_and_lets_that_peer_come_again()
    {
        (Gateway gateway, _) = Offered();
        Assert.That(Connects(From(gateway, Addresses.Bob)), Is.True);
        Assert.That(Connects(From(gateway, Addresses.Server)), Is.False);
        Assert.That(Connects(From(gateway, Addresses.Bob, 50_001)), Is.True);
        Assert.That((gateway.Dropped, gateway.Count(Reason.MappingTaken)), Is.EqualTo((1, 1L)));
    }

    [Test]
    public void An_offer_that_waits_on_another_port_admits_nobody_to_one_that_is_taken()
    {
        (Gateway gateway, Conversation flow) = Offered();
        flow.Client(Offer(Addresses.Alice, 5191, cookie: 2, peer: "carol"));
        Connects(From(gateway, Addresses.Bob));
        Assert.That(Connects(From(gateway, Addresses.Server)), Is.False);
        Assert.That(Connects(new Conversation(gateway, new(Addresses.Alice, 5191), new(Addresses.Server, 50_000))), Is.True);
    }

    [Test]
    public void A_scan_of_syns_refuses_nobody()
    {
        (Gateway gateway, _) = Offered();
        for (uint i = 0; i < 100; i++)
        {
            Conversation scanner = From(gateway, new Ipv4Address(0x0B00_0000 + i));
            Syn(scanner);
            SynAck(scanner);
            scanner.ServerAt(0, [], TcpFlags.Rst);
        }

        Assert.That(Connects(From(gateway, Addresses.Bob)), Is.True);
        Assert.That((gateway.Dropped, Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((0, 1)));
    }

    [Test]
    public void A_neighbour_that_connects_through_the_public_end_is_known_by_its_inside_address()
    {
        (Gateway gateway, _) = Offered();
        Assert.That(gateway.Engine.IsMapped(Listener), Is.True);
        Assert.That(Connects(From(gateway, Addresses.Dave)), Is.True);
        Assert.That(Connects(From(gateway, Addresses.Dave, 50_001)), Is.True);
        Assert.That(Connects(From(gateway, Addresses.Bob)), Is.False);
        Offer offer = gateway.Effects.Single(effect => effect.Kind == EffectKind.OfferConnected).Offer!;
        Assert.That(offer.ConnectedFrom, Is.EqualTo(Addresses.Dave));
    }

    /// <summary>A SYN while the offer waits, the rest once it is taken, or closed.</summary>
    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(false, false)]
    public void A_stranger_who_began_before_Bob_does_not_get_in_after_him(bool hasMarks, bool closes)
    {
        (Gateway gateway, Conversation flow) = Offered();
        gateway.Marks = hasMarks ? gateway.Marks : null;
        Conversation stranger = From(gateway, Addresses.Server);
        Syn(stranger);
        SynAck(stranger);
        Conversation bob = From(gateway, Addresses.Bob);
        Connects(bob);
        if (closes)
        {
            flow.Client(Cancel());
            gateway.WaitSeconds(40);
            Assert.That(gateway.Mappings, Is.Empty);
        }

        int before = gateway.Departures.Count;
        FlowStanding standing = FlowStanding.Peer;
        foreach (byte[] payload in (byte[][])[[], [1, 2, 3]])
        {
            Assert.That(gateway.Engine.Process(stranger.Packet(Direction.Inbound, 0, payload, TcpFlags.Ack, acknowledged: 0), Direction.Inbound, 1, gateway.Now, standing), Is.EqualTo(Verdict.Drop));
            standing = gateway.Engine.Standing;
        }

        bob.Server([1, 2, 3]);
        Assert.That((gateway.Departures.Count, standing), Is.EqualTo((before + 1, FlowStanding.Peer)));
    }

    [Test]
    public void Of_an_engine_before_nobody_passes_who_is_not_known()
    {
        (Gateway gateway, _) = Offered();
        Conversation begun = From(gateway, Addresses.Server);
        Syn(begun);
        SynAck(begun);
        gateway.Restart();
        Conversation bob = From(gateway, Addresses.Bob);
        Assert.That(Connects(bob), Is.False);
        int before = gateway.Departures.Count;
        Ack(begun);
        begun.Server([1, 2, 3]);
        Assert.That((gateway.Departures.Count - before, gateway.Dropped, gateway.Count(Reason.NoMapping)), Is.EqualTo((0, 3, 3L)));
    }

    [Test]
    public void An_offer_that_was_written_down_waits_on_for_its_peer_and_one_that_is_taken_is_the_peers()
    {
        (Gateway gateway, Conversation flow) = Offered();
        flow.Client(Offer(Addresses.Alice, 5191, cookie: 2, peer: "carol"));
        Connects(new Conversation(gateway, new(Addresses.Alice, 5191), new(Addresses.Dave, 50_000)));
        gateway.Restart(remembers: true);
        Assert.That((gateway.Adopted, gateway.Mappings.Count, gateway.Engine.PendingOffers.Length), Is.EqualTo((2, 2, 2)));
        Assert.That(Connects(From(gateway, Addresses.Bob)), Is.True);
        Assert.That(Connects(From(gateway, Addresses.Server)), Is.False);
        Conversation carol = new(gateway, new(Addresses.Alice, 5191), new(Addresses.Dave, 50_001)), other = new(gateway, new(Addresses.Alice, 5191), new(Addresses.Server, 50_001));
        Assert.That((Connects(other), Connects(carol)), Is.EqualTo((false, true)));
        Effect connected = gateway.Effects.Last(effect => effect.Kind == EffectKind.OfferConnected);
        Assert.That((connected.Offer!.PeerName, connected.Flow), Is.EqualTo(("bob", flow.Key)));
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [Test]
    public void What_breaks_a_rule_of_the_engine_is_not_taken_over()
    {
        (Gateway gateway, Conversation flow) = Offered();
        var saved = new List<SavedOffer>();
        gateway.Engine.CopyOffersTo(saved);
        SavedOffer good = saved.Single();
        EngineOptions options = Gateway.Options() with { MaxOffersPerHost = 2, ReservedPorts = new HashSet<ushort> { 7_000 }, Access = new PortAccess { Denied = new HashSet<ushort> { 8_080 } } };
        long now = gateway.Now;
        Assert.Multiple(() =>
        {
            Assert.That(new Engine(options).TryAdopt(good, now), Is.True);
            Assert.That(new Engine(options).TryAdopt(good, good.Deadline), Is.False, "it is over");
            Assert.That(new Engine(options).TryAdopt(good with { Protocol = "irc" }, now), Is.False);
            Assert.That(new Engine(options).TryAdopt(good with { Mapping = good.Mapping with { Lan = new(Addresses.Alice, 8_080) } }, now), Is.False);
            Assert.That(new Engine(options).TryAdopt(good with { Mapping = good.Mapping with { Lan = new(Addresses.Alice, 80) } }, now), Is.False);
            Assert.That(new Engine(options).TryAdopt(good with { Mapping = good.Mapping with { Public = new(Addresses.Gateway, 7_000) } }, now), Is.False);
        });
        var engine = new Engine(options);
        Assert.That(engine.TryAdopt(good, now) && engine.TryAdopt(good with { Cookie = 2 }, now), Is.True, "offers share a mapping");
        Assert.That(engine.TryAdopt(good with { Cookie = 3 }, now), Is.False, "a host has its cap");
        Assert.That((engine.MappingCount, engine.PendingOffers.Length, flow.Gateway), Is.EqualTo((1, 2, gateway)));
    }

    /// <summary>What the peer sends alone must not count: anybody could write that.</summary>
    [TestCase(0, 0, true)]
    [TestCase(1, 0, false)]
    [TestCase(-1, 0, false)]
    [TestCase(7, 3, true)]
    public void A_handshake_that_went_by_unseen_is_noticed_when_the_LAN_host_goes_on_from_what_the_peer_has(int acknowledged, int bytes, bool isNoticed)
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        gateway.Restart(remembers: true);
        gateway.Send(Direction.Inbound, bob.Packet(Direction.Inbound, 0, [], TcpFlags.Ack, acknowledged));
        gateway.Send(Direction.Inbound, bob.Packet(Direction.Inbound, 0, [1, 2, 3], TcpFlags.Ack, acknowledged));
        Assert.That((gateway.Marks![bob.Key], Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((FlowStanding.Peer, 0)));
        bob.ClientAt(0, new byte[bytes], TcpFlags.Ack);
        Assert.That((gateway.Marks[bob.Key], gateway.Dropped, Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((isNoticed ? FlowStanding.Done : FlowStanding.Peer, 0, isNoticed ? 1 : 0)));
    }

    [Test]
    public void A_flood_of_answered_connects_does_not_push_out_a_peer_who_is_far_away()
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        SynAck(bob);
        for (uint i = 0; i < 20_000; i++)
        {
            Conversation flood = From(gateway, new Ipv4Address(0x0B00_0000 + i));
            Syn(flood);
            SynAck(flood);
        }

        Ack(bob);
        Assert.That((gateway.Marks![bob.Key], Count(gateway, EffectKind.OfferConnected), gateway.Count(Reason.PeerLimit)), Is.EqualTo((FlowStanding.Done, 1, 0L)));
        Assert.That(Connects(From(gateway, Addresses.Server)), Is.False);
    }

    [Test]
    public void A_handshake_that_a_flood_pushed_out_goes_on_and_leaves_the_queue()
    {
        (Gateway gateway, _) = Offered(Gateway.Options() with { MaxPeerConnections = 8 });
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        for (uint i = 0; i < 8; i++)
        {
            Syn(From(gateway, new Ipv4Address(0x0B00_0000 + i)));
        }

        SynAck(bob);
        Ack(bob);
        bob.Client([1]);
        Assert.That((gateway.Marks![bob.Key], gateway.Dropped, gateway.Count(Reason.PeerLimit)), Is.EqualTo((FlowStanding.Done, 0, 2L)));
    }

    [Test]
    public void A_stray_segment_from_outside_buys_no_way_past_the_question_who_may_connect()
    {
        (Gateway gateway, _) = Offered();
        Conversation stranger = From(gateway, Addresses.Server);
        Ack(stranger);
        stranger.ClientAt(0, [], TcpFlags.Rst);
        Assert.That(gateway.Marks![stranger.Key], Is.EqualTo(FlowStanding.Peer));
        Connects(From(gateway, Addresses.Bob));
        Assert.That(Syn(stranger), Is.False);
    }

    [Test]
    public void A_handshake_is_not_completed_blindly()
    {
        (Gateway gateway, _) = Offered();
        Conversation blind = From(gateway, Addresses.Server);
        Syn(blind);
        SynAck(blind);
        gateway.Send(Direction.Inbound, blind.Packet(Direction.Inbound, 0, [], TcpFlags.Ack, acknowledged: 1));
        gateway.Send(Direction.Inbound, blind.Packet(Direction.Inbound, 0, [], TcpFlags.Ack, acknowledged: -1));
        blind.ClientAt(0, [], TcpFlags.Ack);
        Assert.That((gateway.Marks![blind.Key], Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((FlowStanding.Peer, 0)));
    }

    [Test]
    public void A_handshake_whose_syn_ack_or_ack_went_by_unseen_is_completed_by_what_comes_next()
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        bob.Client(new byte[76]);
        gateway.Send(Direction.Inbound, bob.Packet(Direction.Inbound, 0, [1], TcpFlags.Ack, acknowledged: 76));
        Assert.That((gateway.Marks![bob.Key], Count(gateway, EffectKind.OfferConnected)), Is.EqualTo((FlowStanding.Done, 1)));
    }

    [Test]
    public void A_connect_that_is_repeated_without_an_answer_is_reported_once_with_its_offer()
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        gateway.WaitSeconds(0.5);
        Syn(bob);
        Assert.That(gateway.Count(Reason.BlockedByFirewall), Is.Zero, "too soon");
        gateway.WaitSeconds(0.5);
        Syn(bob);
        gateway.WaitSeconds(2);
        Syn(bob);
        Assert.That(gateway.Count(Reason.BlockedByFirewall), Is.EqualTo(1));
        Effect effect = gateway.Effects.Single(effect => effect.Kind == EffectKind.PeerUnanswered);
        Assert.That((effect.Flow, effect.Mapping, effect.Reason), Is.EqualTo((bob.Key, gateway.Mappings.Single(), Reason.BlockedByFirewall)));
        Assert.That(effect.Offer!.PeerName, Is.EqualTo("bob"));
    }

    [TestCase(TcpFlags.Syn | TcpFlags.Ack)]
    [TestCase(TcpFlags.Rst | TcpFlags.Ack)]
    public void A_connect_that_was_answered_is_not_reported(TcpFlags answer)
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        bob.ClientAt(-1, [], answer);
        gateway.WaitSeconds(1);
        Syn(bob);
        Assert.That(gateway.Count(Reason.BlockedByFirewall), Is.Zero);
    }

    [Test]
    public void A_new_connect_from_the_same_port_is_not_a_repeated_one()
    {
        (Gateway gateway, _) = Offered();
        Syn(From(gateway, Addresses.Bob));
        gateway.WaitSeconds(1);
        Syn(new Conversation(gateway, Listener, new(Addresses.Bob, 50_000), serverStart: 0x7000_0000));
        Assert.That(gateway.Count(Reason.BlockedByFirewall), Is.Zero);
    }

    [Test]
    public void Where_nothing_is_remembered_an_unanswered_connect_is_reported_too()
    {
        (Gateway gateway, _) = Offered();
        gateway.Marks = null;
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        gateway.WaitSeconds(1);
        Syn(bob);
        Assert.That(gateway.Count(Reason.BlockedByFirewall), Is.EqualTo(1));
    }

    [Test]
    public void A_neighbours_connect_is_never_taken_for_a_flow_of_its_own()
    {
        (Gateway gateway, _) = Offered();
        int flows = gateway.Engine.FlowCount;
        Connects(From(gateway, Addresses.Dave));
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(flows));
    }
}
