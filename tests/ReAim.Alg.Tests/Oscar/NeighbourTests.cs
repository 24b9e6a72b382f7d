using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
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
        (Gateway gateway, Conversation alice, Conversation dave) = LateNeighbours();
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

    [TestCase(false, TestName = "A_neighbour_reads_the_inside_end_in_0002_0003_0004_and_their_checks")]
    [TestCase(true, TestName = "So_it_does_where_connects_are_turned_back")]
    public void A_neighbour_reads_the_inside_end_everywhere(bool hairpins)
    {
        (Gateway gateway, _, Conversation dave) = Neighbours(Gateway.RemappingOptions() with { Hairpins = hairpins });
        dave.Server(Told(Addresses.Gateway, 40_001));
        Assert.That(SeenBy(dave), Is.EqualTo(Told(Addresses.Alice, 5190)));
        Assert.That((gateway.Count(Reason.OfferTranslatedBack), TurnsBack(gateway)), Is.EqualTo((1, false)));

        static byte[] Told(Ipv4Address address, ushort port) => Relayed(
            0, DirectIm, 1, "alice",
            Address(0x0004, address), Address(0x0002, address), Address(0x0016, new(~address.Value)), Address(0x0003, address),
            Port(port), Tlv(0x0017, U16((ushort)~port)), Address(0x0004, address));
    }

    /// <summary>A cut in the server's address is held as one in the client's own.</summary>
    [Test]
    public void A_cut_inside_0004_is_held_until_the_rest_arrives()
    {
        byte[] offer = Relayed(0, DirectIm, 1, "alice", Port(5190), Address(0x0004, Addresses.Gateway));
        (Gateway gateway, _, Conversation dave) = Neighbours();
        dave.Server(offer.AsSpan(0, offer.Length - 2));
        Assert.That(gateway.Held, Is.EqualTo(1));
        dave.Server(offer.AsSpan(offer.Length - 2));
        Assert.That(SeenBy(dave), Is.EqualTo(Relayed(0, DirectIm, 1, "alice", Port(5190), Address(0x0004, Addresses.Alice))));
    }

    [TestCase(0x0002)]
    [TestCase(0x0003)]
    public void Where_the_offer_left_too_late_the_servers_address_becomes_the_inside_one_that_is_named_beside_it(int own)
    {
        (Gateway gateway, _, Conversation dave) = LateNeighbours();
        Assert.That(TurnsBack(gateway), Is.False, "its peer may be told both ends");
        dave.Server(Told(Addresses.Gateway));
        Assert.That(SeenBy(dave), Is.EqualTo(Told(Addresses.Alice)));
        Assert.That(gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(1));

        byte[] Told(Ipv4Address verified) => Relayed(0, DirectIm, 1, "alice", Address((ushort)own, Addresses.Alice), Port(5190), Address(0x0004, verified));
    }

    [Test]
    public void What_came_too_late_to_be_changed_and_names_the_public_end_only_is_left_to_the_hairpin()
    {
        (Gateway gateway, _, Conversation dave) = LateNeighbours(Gateway.Options() with { Hairpins = true });
        dave.Server(ToDave.AsSpan(0, ToDave.Length - 1));
        gateway.WaitSeconds(2);
        dave.Server(ToDave.AsSpan(ToDave.Length - 1));
        Assert.That(SeenBy(dave), Is.EqualTo(ToDave));
        Assert.That((gateway.Count(Reason.OfferHairpinned), TurnsBack(gateway)), Is.EqualTo((1, true)));
    }

    [Test]
    public void What_came_too_late_to_be_changed_and_names_both_ends_is_not()
    {
        byte[] both = Relayed(0, DirectIm, 1, "alice", Address(0x0003, Addresses.Alice), Port(5190), Address(0x0004, Addresses.Gateway));
        (Gateway gateway, _, Conversation dave) = Neighbours(Gateway.Options() with { Hairpins = true });
        Assert.That(TurnsBack(gateway), "it left rewritten");
        dave.Server(both.AsSpan(0, both.Length - 1));
        gateway.WaitSeconds(2);
        dave.Server(both.AsSpan(both.Length - 1));
        Assert.That((gateway.Count(Reason.OfferHairpinned), TurnsBack(gateway)), Is.EqualTo((0, false)));
    }

    /// <summary>No client connects to 0002, which a server leaves as it is: it takes it for a proxy's.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void Who_only_listens_turns_neighbours_back_once_the_server_is_seen_to_name_the_public_end_only(bool overwrites)
    {
        (Gateway gateway, _, Conversation dave) = Neighbours(Gateway.Options() with { Hairpins = true, ListensOnly = true });
        Assert.That(TurnsBack(gateway), Is.False, "nobody knows yet what the server makes of it");
        byte[] seen = Relayed(
            0, DirectIm, 1, "alice", Address(0x0002, Addresses.Alice), Address(0x0003, overwrites ? Addresses.Gateway : Addresses.Alice), Port(5190), Address(0x0004, Addresses.Gateway));
        dave.Server(seen);
        Assert.That(SeenBy(dave), Is.EqualTo(seen));
        Assert.That(TurnsBack(gateway), Is.EqualTo(overwrites));
    }

    [Test]
    public void A_mapping_whose_answer_comes_after_its_offer_had_to_go_turns_nobody_back()
    {
        var gateway = new Gateway { Installs = null };
        Conversation alice = Conversation.SignOn(gateway);
        alice.Client(Offer(Addresses.Alice, 5190, peer: "dave"));
        Assert.That(TurnsBack(gateway), "it is to be rewritten");
        gateway.WaitSeconds(2);
        Assert.That(alice.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Offer(Addresses.Alice, 5190, peer: "dave")));
        Assert.That(TurnsBack(gateway), Is.False);
    }

    [Test]
    public void Of_offers_that_share_a_mapping_one_that_names_the_inside_end_is_enough()
    {
        (Gateway gateway, Conversation alice, _) = Neighbours();
        byte[] late = Offer(Addresses.Alice, 5190, cookie: 2, peer: "erin");
        alice.Client(late.AsSpan(0, 95));
        gateway.WaitSeconds(2);
        alice.Client(late.AsSpan(95));
        Assert.That((gateway.Mappings.Count, TurnsBack(gateway)), Is.EqualTo((1, false)));
        alice.Client(Cancel(2));
        Assert.That((gateway.Mappings.Count, TurnsBack(gateway)), Is.EqualTo((1, true)));
    }

    [Test]
    public void An_offer_that_names_the_public_address_itself_turns_neighbours_back()
    {
        var gateway = new Gateway();
        Conversation.SignOn(gateway).Client(Offer(Addresses.Gateway, 5190, peer: "dave"));
        Assert.That((gateway.Mappings.Count, TurnsBack(gateway)), Is.EqualTo((1, true)));
    }

    /// <summary>Its cookie is the offer's, its port may be: but it speaks of its own sender's listener.</summary>
    [Test]
    public void A_counter_offer_from_behind_the_same_gateway_is_not_taken_for_the_offer_it_answers()
    {
        (_, Conversation alice, _) = Neighbours();
        byte[] counter = Relayed(0, DirectIm, 2, "dave", Address(0x0003, Addresses.Dave), Port(5190), Address(0x0004, Addresses.Gateway));
        alice.Server(counter);
        Assert.That(alice.Received(Direction.Inbound)[Conversation.ServerHello.Length..], Is.EqualTo(counter));
    }

    private static (Gateway Gateway, Conversation Alice, Conversation Dave) LateNeighbours(EngineOptions? options = null)
    {
        var gateway = new Gateway(options);
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave, port: 40_001);
        byte[] offer = Offer(Addresses.Alice, 5190, peer: "dave");
        alice.Client(offer.AsSpan(0, 95));
        gateway.WaitSeconds(2);
        alice.Client(offer.AsSpan(95));
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
        return (gateway, alice, dave);
    }

    [Test]
    public void However_many_neighbours_accept_in_half_a_minute_the_next_offer_is_helped()
    {
        var gateway = new Gateway();
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave, port: 40_001);
        for (ulong cookie = 1; cookie <= 40; cookie++)
        {
            alice.Client(Offer(Addresses.Alice, 5190, cookie: cookie, peer: "dave"));
            dave.Server(Relayed(0, DirectIm, cookie, "alice", Address(0x0003, Addresses.Gateway), Port(5190), Address(0x0004, Addresses.Gateway)));
            alice.Server(Relayed(2, DirectIm, cookie, "dave"));
        }

        Assert.That((gateway.Count(Reason.OfferTranslatedBack), gateway.Count(Reason.HostLimit)), Is.EqualTo((40, 0)));
    }

    /// <summary>What the translator was told last.</summary>
    private static bool TurnsBack(Gateway gateway) =>
        gateway.Effects.FindLast(effect => effect.Kind is EffectKind.OpenMapping or EffectKind.TurnMapping).TurnsBack;
}
