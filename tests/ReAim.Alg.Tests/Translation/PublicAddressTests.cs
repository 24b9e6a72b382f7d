using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation;

/// <summary>A flow's public address is asked for when it is recognised, and may be another one later, or for another flow.</summary>
[TestFixture]
internal sealed class PublicAddressTests
{
    private static readonly EngineOptions NoAddress = new();
    private static readonly Ipv4Address Second = Addresses.Parse("203.0.113.99");

    private static byte[] Offered(Conversation flow) => flow.Received(Direction.Outbound)[^Offer(Addresses.Alice, 5190).Length..];

    [Test]
    public void A_flow_is_announced_once_when_both_hellos_were_seen()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        flow.Server(Conversation.ServerHello);
        Assert.That(gateway.Effects, Is.Empty);
        flow.Client(Conversation.ClientHello);
        flow.Client(InstantMessage("hello"));
        Effect effect = gateway.Effects.Single();
        Assert.That((effect.Kind, effect.Reason, effect.Flow), Is.EqualTo((EffectKind.FlowRecognised, Reason.Recognised, flow.Key)));
    }

    [Test]
    public void An_offer_gets_the_address_that_was_named_for_its_flow()
    {
        foreach (EngineOptions options in (EngineOptions[])[NoAddress, Gateway.Options()])
        {
            var gateway = new Gateway(options) { PublicAddressOf = _ => Second };
            Conversation flow = Conversation.SignOn(gateway);
            flow.Client(Offer(Addresses.Alice, 5190));
            Assert.That(Offered(flow), Is.EqualTo(Offer(Second, 5190)));
            Assert.That(gateway.Mappings.Single().Public, Is.EqualTo(new Ipv4Endpoint(Second, 5190)));
        }
    }

    [Test]
    public void An_offer_passes_unchanged_while_nobody_knows_the_public_address()
    {
        var gateway = new Gateway(NoAddress);
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Addresses.Alice, 5190)));
        Assert.That((gateway.Count(Reason.PublicAddressUnknown), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
        gateway.Engine.SetPublicAddress(flow.Key, Second);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Second, 5190, cookie: 2)), "from then on it is helped");
    }

    [Test]
    public void A_flow_that_is_not_translated_is_never_rewritten()
    {
        var gateway = new Gateway(NoAddress) { PublicAddressOf = flow => flow.Lan.Address };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Addresses.Alice, 5190)));
        Assert.That(gateway.Count(Reason.NotTranslated), Is.EqualTo(1));
    }

    [Test]
    public void Naming_the_address_of_a_flow_that_is_gone_does_no_harm()
    {
        var gateway = new Gateway(NoAddress);
        gateway.Engine.SetPublicAddress(new Conversation(gateway, new(Addresses.Alice, 1), new(Addresses.Server, 5190)).Key, Second);
        Assert.That(gateway.Engine.FlowCount, Is.Zero);
    }

    [Test]
    public void Two_flows_of_a_host_that_leave_by_two_lines_get_a_mapping_on_each()
    {
        var gateway = new Gateway(NoAddress) { PublicAddressOf = flow => flow.Lan.Port == 40_000 ? Addresses.Gateway : Second };
        Conversation first = Conversation.SignOn(gateway);
        Conversation second = Conversation.SignOn(gateway, port: 40_001);
        first.Client(Offer(Addresses.Alice, 5190));
        second.Client(Offer(Addresses.Alice, 5190));
        Assert.That((Offered(first), Offered(second)), Is.EqualTo((Offer(Addresses.Gateway, 5190), Offer(Second, 5190))));
        Assert.That(gateway.Mappings.Select(mapping => mapping.Public.Address), Is.EquivalentTo(new[] { Addresses.Gateway, Second }));

        // One is closed, whichever it is: the other still leads to the host.
        first.Client(Cancel());
        Assert.That(gateway.Mappings.Single().Public.Address, Is.EqualTo(Second));
        first.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        second.Client(Cancel());
        Assert.That(gateway.Mappings.Single().Public.Address, Is.EqualTo(Addresses.Gateway));
        Assert.That(gateway.Engine.IsMapped(new(Addresses.Alice, 5190)), Is.True);
        first.Client(Cancel(2));
        Assert.That(gateway.Engine.IsMapped(new(Addresses.Alice, 5190)), Is.False);
    }

    [Test]
    public void Two_public_addresses_each_have_their_own_ports()
    {
        var gateway = new Gateway(NoAddress) { PublicAddressOf = flow => flow.Lan.Address == Addresses.Alice ? Addresses.Gateway : Second };
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Conversation.SignOn(gateway, Addresses.Dave).Client(Offer(Addresses.Dave, 5190));
        Assert.That(gateway.Mappings.Select(mapping => mapping.KeepsPort), Is.EqualTo(new[] { true, true }));
    }

    [Test]
    public void After_the_public_address_changed_older_mappings_stay_and_new_offers_get_the_new_one()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 1));
        gateway.Engine.SetPublicAddress(flow.Key, Second);
        Assert.That(gateway.Mappings.Single().Public.Address, Is.EqualTo(Addresses.Gateway));
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Second, 5190, cookie: 2)));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(2));
        flow.Client(Cancel(1));
        Assert.That(gateway.Mappings.Single().Public.Address, Is.EqualTo(Second));
    }

    [Test]
    public void The_same_rendezvous_offered_again_after_the_change_moves_to_the_new_address()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        gateway.Engine.SetPublicAddress(flow.Key, Second);
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Second, 5190)));
        Assert.That((gateway.Mappings.Single().Public.Address, gateway.Count(Reason.Replaced)), Is.EqualTo((Second, 1L)));
    }

    [Test]
    public void A_retransmission_after_the_change_gets_the_bytes_it_had_before()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        gateway.Engine.SetPublicAddress(flow.Key, Second);
        flow.ClientAt(Conversation.ClientHello.Length, Offer(Addresses.Alice, 5190));
        Assert.That(Offered(flow), Is.EqualTo(Offer(Addresses.Gateway, 5190)), "the judge compares both copies");
    }

    [Test]
    public void A_neighbour_whose_flow_leaves_by_another_line_still_gets_the_inside_address_back()
    {
        var gateway = new Gateway(NoAddress) { PublicAddressOf = flow => flow.Lan.Address == Addresses.Alice ? Addresses.Gateway : Second };
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        alice.Client(Offer(Addresses.Alice, 5190, peer: "dave"));
        byte[] Told(Ipv4Address address) => Relayed(0, DirectIm, 1, "alice", Address(0x0003, address), Port(5190), Address(0x0004, address));
        dave.Server(Told(Addresses.Gateway));
        Assert.That(dave.Received(Direction.Inbound)[Conversation.ServerHello.Length..], Is.EqualTo(Told(Addresses.Alice)));
    }

    [Test]
    public void The_peer_of_an_offer_on_either_line_is_followed_to_the_same_host()
    {
        var gateway = new Gateway(NoAddress) { PublicAddressOf = flow => flow.Lan.Port == 40_000 ? Addresses.Gateway : Second };
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Conversation.SignOn(gateway, port: 40_001).Client(Offer(Addresses.Alice, 5190, peer: "carol"));
        foreach (ushort port in (ushort[])[1, 2])
        {
            Peer.FromOutside(gateway, new(Addresses.Parse($"198.51.100.{port}"), port), new(Addresses.Alice, 5190), new(Addresses.Alice, 5190)).Connects();
        }

        Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.OfferConnected), Is.EqualTo(2));
    }
}
