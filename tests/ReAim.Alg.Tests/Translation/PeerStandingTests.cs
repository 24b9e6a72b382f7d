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
        var gateway = new Gateway(options) { Marks = [] };
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

    [Test]
    public void A_lease_that_outlived_the_engine_lets_peers_in()
    {
        (Gateway gateway, _) = Offered();
        gateway.Restart();
        Conversation bob = From(gateway, Addresses.Bob);
        Assert.That(Connects(bob), Is.True);
        Assert.That(gateway.Marks![bob.Key], Is.EqualTo(FlowStanding.Peer), "nobody watched it");
        bob.Client([1, 2, 3]);
        Assert.That(gateway.Marks[bob.Key], Is.EqualTo(FlowStanding.Done), "the LAN host itself goes on");
    }

    [Test]
    public void A_handshake_in_which_the_engine_died_goes_on()
    {
        (Gateway gateway, _) = Offered();
        Conversation bob = From(gateway, Addresses.Bob);
        Syn(bob);
        gateway.Restart();
        SynAck(bob);
        Ack(bob);
        bob.Server([1, 2, 3]);
        bob.ClientAt(0, [], TcpFlags.Ack);
        Assert.That((gateway.Marks![bob.Key], gateway.Dropped), Is.EqualTo((FlowStanding.Done, 0)));
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
        bob.ClientAt(0, [], TcpFlags.Ack);
        Assert.That((gateway.Marks![bob.Key], gateway.Dropped, gateway.Count(Reason.PeerLimit)), Is.EqualTo((FlowStanding.Done, 0, 1L)));
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
