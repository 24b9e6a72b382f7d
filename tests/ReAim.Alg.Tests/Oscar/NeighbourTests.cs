using ReAim.Alg.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Oscar;

/// <summary>Both peers behind one gateway: what the second is told, and what becomes of the first one's mapping (PROTOCOL 7.2).</summary>
[TestFixture]
internal sealed class NeighbourTests
{
    private static readonly byte[] ToDave = Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Gateway), Address(0x0003, Addresses.Gateway), Port(5190), Address(0x0004, Addresses.Gateway));

    private static (Gateway Gateway, Conversation Alice, Conversation Dave) Neighbours(EngineOptions? options = null)
    {
        var gateway = new Gateway(options);
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave, port: 40_001);
        alice.Client(Offer(Addresses.Alice, 5190, peer: "dave"));
        return (gateway, alice, dave);
    }

    private static byte[] SeenBy(Conversation dave) => dave.Received(Direction.Inbound)[Conversation.ServerHello.Length..];

    [Test]
    public void A_neighbour_that_accepts_needs_the_mapping_no_longer_than_half_a_minute()
    {
        (Gateway gateway, Conversation alice, Conversation dave) = Neighbours();
        dave.Server(ToDave);
        Assert.That(gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(1));
        alice.Server(Relayed(2, DirectIm, 1, "dave"));
        gateway.WaitSeconds(29.9);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(0.2);
        Assert.That((gateway.Mappings.Count, gateway.Offers[^1].Reason), Is.EqualTo((0, Reason.Accepted)));
    }

    [Test]
    public void So_it_is_when_the_offer_left_too_late_and_names_the_inside_address_still()
    {
        var gateway = new Gateway();
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave, port: 40_001);
        byte[] offer = Offer(Addresses.Alice, 5190, peer: "dave");
        alice.Client(offer.AsSpan(0, 95));
        gateway.WaitSeconds(2);
        alice.Client(offer.AsSpan(95));
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
        byte[] seen = Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Alice), Address(0x0003, Addresses.Alice), Port(5190));
        dave.Server(seen);
        Assert.That(SeenBy(dave), Is.EqualTo(seen));
        alice.Server(Relayed(2, DirectIm, 1, "dave"));
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [TestCase("bob", Description = "somebody else accepts")]
    [TestCase("dave", Description = "the peer accepts, but an offer of the same cookie that it got is another host's")]
    public void The_mapping_stays_when(string who)
    {
        (Gateway gateway, Conversation alice, Conversation dave) = Neighbours();
        dave.Server(who == "bob" ? ToDave : Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Bob), Address(0x0003, Addresses.Bob), Port(5190)));
        alice.Server(Relayed(2, DirectIm, 1, who));
        gateway.WaitSeconds(500);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Where_connects_are_turned_back_an_offer_whose_port_was_changed_keeps_the_public_end()
    {
        byte[] remapped = Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Gateway), Address(0x0003, Addresses.Gateway), Port(40_001), Address(0x0004, Addresses.Gateway));
        (Gateway gateway, _, Conversation dave) = Neighbours(Gateway.RemappingOptions() with { Hairpins = true });
        dave.Server(remapped);
        Assert.That(SeenBy(dave), Is.EqualTo(remapped), "0004 with the inside port would lead to whoever has that port outside");
        Assert.That(gateway.Count(Reason.OfferHairpinned), Is.EqualTo(1));

        (gateway, _, dave) = Neighbours(Gateway.RemappingOptions());
        dave.Server(remapped);
        Assert.That(gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(1), "nobody would turn the connect back");

        (gateway, _, dave) = Neighbours(Gateway.Options() with { Hairpins = true });
        dave.Server(ToDave);
        Assert.That(gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(1), "both ways lead there: the short one is better");
    }
}
