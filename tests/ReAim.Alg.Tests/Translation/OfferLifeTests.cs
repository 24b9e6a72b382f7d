using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation;

/// <summary>How long a mapping lives, and what ends it (PROTOCOL 7.2, 7.4).</summary>
[TestFixture]
internal sealed class OfferLifeTests
{
    private static (Gateway Gateway, Conversation Flow) Offered(EngineOptions? options = null)
    {
        var gateway = new Gateway(options);
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        return (gateway, flow);
    }

    private static IEnumerable<TestCaseData> Endings()
    {
        yield return new TestCaseData(Direction.Outbound, Cancel(), Reason.Cancelled).SetArgDisplayNames("the client cancels");
        yield return new TestCaseData(Direction.Outbound, Decline(), Reason.Declined).SetArgDisplayNames("the client declines");
        yield return new TestCaseData(Direction.Inbound, Relayed(1, DirectIm, 1, "bob"), Reason.Cancelled).SetArgDisplayNames("the peer cancels");
        yield return new TestCaseData(Direction.Inbound, Relayed(1, DirectIm, 1, "B o B"), Reason.Cancelled).SetArgDisplayNames("the peer cancels, its name written otherwise");
        yield return new TestCaseData(Direction.Inbound, Decline(code: 4), Reason.Declined).SetArgDisplayNames("the peer declines");
        yield return new TestCaseData(Direction.Inbound, Snac(4, 1, 7, U16(4)), Reason.ServerError).SetArgDisplayNames("the server refuses the message");
        yield return new TestCaseData(Direction.Outbound, Offer(default, 5190), Reason.NotListening).SetArgDisplayNames("the client stops listening");
    }

    [TestCaseSource(nameof(Endings))]
    public void The_mapping_is_closed_at_once_when(Direction direction, byte[] message, Reason reason)
    {
        (Gateway gateway, Conversation flow) = Offered();
        if (direction == Direction.Outbound)
        {
            flow.Client(message);
        }
        else
        {
            flow.Server(message);
        }

        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(reason));
        Assert.That(gateway.Engine.MappingCount, Is.Zero);
    }

    private static IEnumerable<TestCaseData> NonEndings()
    {
        yield return new TestCaseData(Direction.Outbound, Cancel(cookie: 2)).SetArgDisplayNames("another rendezvous is cancelled");
        yield return new TestCaseData(Direction.Inbound, Relayed(1, DirectIm, 1, "mallory")).SetArgDisplayNames("a stranger cancels");
        yield return new TestCaseData(Direction.Inbound, Decline(peer: "mallory")).SetArgDisplayNames("a stranger declines");
        yield return new TestCaseData(Direction.Inbound, Snac(4, 1, 8, U16(4))).SetArgDisplayNames("the server refuses another message");
        yield return new TestCaseData(Direction.Inbound, Relayed(2, DirectIm, 1, "bob")).SetArgDisplayNames("the peer accepts");
        yield return new TestCaseData(Direction.Outbound, Accept()).SetArgDisplayNames("the client accepts");
        yield return new TestCaseData(Direction.Outbound, Decline(code: 9)).SetArgDisplayNames("a code that is no decline");
    }

    [TestCaseSource(nameof(NonEndings))]
    public void The_mapping_stays_when(Direction direction, byte[] message)
    {
        (Gateway gateway, Conversation flow) = Offered();
        if (direction == Direction.Outbound)
        {
            flow.Client(message);
        }
        else
        {
            flow.Server(message);
        }

        gateway.WaitSeconds(599);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void A_pending_offer_expires_after_ten_minutes()
    {
        (Gateway gateway, _) = Offered();
        long opened = gateway.Now;
        gateway.WaitSeconds(599.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(100);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Offers[^1], Is.EqualTo(("- 203.0.113.7:5190 -> 192.168.7.10:5190 bob", Reason.Expired, opened + (600 * EngineOptions.Second))));
    }

    private static IEnumerable<TestCaseData> SignOffs()
    {
        yield return new TestCaseData((Action<Conversation>)(flow => flow.Client([], TcpFlags.Fin | TcpFlags.Ack))).SetArgDisplayNames("FIN of the client");
        yield return new TestCaseData((Action<Conversation>)(flow => flow.Server([], TcpFlags.Fin | TcpFlags.Ack))).SetArgDisplayNames("FIN of the server");
        yield return new TestCaseData((Action<Conversation>)(flow => flow.Client([], TcpFlags.Rst))).SetArgDisplayNames("RST");
        yield return new TestCaseData((Action<Conversation>)(flow => flow.Client(Flap(4)))).SetArgDisplayNames("FLAP channel 4");
        yield return new TestCaseData((Action<Conversation>)(flow => Conversation.Open(flow.Gateway, clientStart: 99))).SetArgDisplayNames("a new SYN on the same port");
    }

    [TestCaseSource(nameof(SignOffs))]
    public void A_sign_off_leaves_the_mapping_for_a_minute(Action<Conversation> signOff)
    {
        (Gateway gateway, Conversation flow) = Offered();
        signOff(flow);
        gateway.WaitSeconds(59.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(0.2);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(Reason.SignedOff));
    }

    [Test]
    public void When_the_peer_listens_instead_the_mapping_stays_for_half_a_minute()
    {
        (Gateway gateway, Conversation flow) = Offered();
        flow.Server(Relayed(0, DirectIm, 1, "bob", Address(0x0003, Addresses.Bob), Port(5190), Tlv(0x000A, U16(2))));
        gateway.WaitSeconds(29.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(0.2);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(Reason.Redirected));
    }

    [TestCase(Direction.Inbound, Reason.Redirected)]
    [TestCase(Direction.Outbound, Reason.Proxied)]
    public void When_either_side_goes_to_the_proxy_the_mapping_stays_for_half_a_minute(Direction direction, Reason reason)
    {
        (Gateway gateway, Conversation flow) = Offered();
        byte[][] proxied = [Address(0x0002, Addresses.Server), Port(5190), Tlv(0x000A, U16(3)), Tlv(0x0010)];
        if (direction == Direction.Inbound)
        {
            flow.Server(Relayed(0, DirectIm, 1, "bob", proxied));
        }
        else
        {
            flow.Client(Rendezvous(0, DirectIm, 1, "bob", proxied));
        }

        gateway.WaitSeconds(29.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(0.2);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(reason));
    }

    [Test]
    public void A_completed_handshake_takes_the_offer_and_the_same_peer_may_connect_for_half_a_minute()
    {
        (Gateway gateway, _) = Offered();
        Connect(gateway, Addresses.Bob, 50_000, complete: true);
        gateway.WaitSeconds(10);
        Connect(gateway, Addresses.Bob, 50_001, complete: true);
        gateway.WaitSeconds(19.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(0.2);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(Reason.Connected));
        Offer offer = gateway.Effects[^2].Offer ?? gateway.Effects[^1].Offer!;
        Assert.That(offer.ConnectedFrom, Is.EqualTo(Addresses.Bob));
    }

    [Test]
    public void A_peer_that_connects_again_takes_the_offer_that_was_made_since_on_the_same_port()
    {
        (Gateway gateway, Conversation flow) = Offered();
        Connect(gateway, Addresses.Bob, 50_000, complete: true);
        gateway.WaitSeconds(0.5);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        gateway.WaitSeconds(0.5);
        Connect(gateway, Addresses.Bob, 50_001, complete: true);
        gateway.WaitSeconds(30.1);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Count(Reason.Connected), Is.EqualTo(2));
    }

    [Test]
    public void Offers_whose_peer_has_connected_do_not_keep_the_next_one_from_being_helped()
    {
        (Gateway gateway, Conversation flow) = Offered();
        for (ushort port = 5191; port < 5231; port++)
        {
            gateway.WaitSeconds(0.1);
            Connect(gateway, Addresses.Bob, port, complete: true);
            flow.Client(Offer(Addresses.Alice, 5190, cookie: port));
        }

        Assert.That((gateway.Count(Reason.OfferRewritten), gateway.Count(Reason.HostLimit)), Is.EqualTo((41L, 0L)));
    }

    [Test]
    public void An_offer_that_needs_nothing_says_why()
    {
        var gateway = new Gateway();
        Conversation.SignOn(gateway).Client(Offer(Addresses.Dave, 5190));
        Effect passed = gateway.Effects.Single(effect => effect.Kind == EffectKind.OfferPassed);
        Assert.That((passed.Reason, passed.Named, passed.Host), Is.EqualTo((Reason.AddressForeign, Addresses.Dave, Addresses.Alice)));
    }

    [Test]
    public void A_peer_that_tries_two_addresses_at_once_does_not_take_another_offer_on_the_same_port()
    {
        (Gateway gateway, Conversation flow) = Offered();
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2, peer: "carol"));
        gateway.WaitSeconds(1);
        Connect(gateway, Addresses.Bob, 50_000, complete: true);
        Connect(gateway, Addresses.Bob, 50_001, complete: true);
        gateway.WaitSeconds(60);
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.Connected)), Is.EqualTo((1, 1L)));
    }

    [Test]
    public void A_scan_of_syns_takes_nothing()
    {
        (Gateway gateway, _) = Offered(Gateway.Options() with { MaxPeerConnections = 1_024 });
        for (int i = 0; i < 3_000; i++)
        {
            Connect(gateway, new Ipv4Address(0x0B00_0000 + (uint)i), 50_000, complete: false);
        }

        gateway.WaitSeconds(60);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        Assert.That(gateway.Count(Reason.PeerLimit), Is.EqualTo(3_000 - 1_024));
        Connect(gateway, Addresses.Bob, 50_000, complete: true);
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    private static void Connect(Gateway gateway, Ipv4Address peer, ushort port, bool complete)
    {
        var flow = new Conversation(gateway, new Ipv4Endpoint(Addresses.Alice, 5190), new Ipv4Endpoint(peer, port));
        flow.ServerAt(-1, [], TcpFlags.Syn);
        flow.ClientAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
        if (complete)
        {
            flow.ServerAt(0, [], TcpFlags.Ack);
        }
    }
}
