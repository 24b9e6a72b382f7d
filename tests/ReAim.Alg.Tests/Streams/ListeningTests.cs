using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Given copies of packets only, the engine delays, changes and drops nothing, and helps by mappings of the same port.</summary>
[TestFixture]
internal sealed class ListeningTests
{
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);

    private static Gateway Listening(EngineOptions? options = null) => new((options ?? Gateway.Options()) with { ListensOnly = true });

    [Test]
    public void An_offer_leaves_unchanged_and_gets_a_mapping_of_the_same_port()
    {
        Gateway gateway = Listening();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Proposal));
        Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("203.0.113.7:5190 -> 192.168.7.10:5190"));
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
    }

    [Test]
    public void Nothing_waits_wherever_an_offer_is_cut_and_in_whatever_order_it_comes()
    {
        for (int cut = 1; cut < Proposal.Length; cut++)
        {
            foreach (bool inOrder in (bool[])[true, false])
            {
                Gateway gateway = Listening();
                gateway.Installs = null;
                Conversation flow = Conversation.SignOn(gateway);
                int at = flow.ReserveClient(Proposal.Length);
                flow.ClientAt(at + (inOrder ? 0 : cut), inOrder ? Proposal[..cut] : Proposal[cut..]);
                Assert.That(gateway.Held, Is.Zero);
                flow.ClientAt(at + (inOrder ? cut : 0), inOrder ? Proposal[cut..] : Proposal[..cut]);
                Assert.That((gateway.Held, gateway.Engine.MappingCount), Is.EqualTo((0, 1)));
                Assert.That(flow.Received(Direction.Outbound)[at..], Is.EqualTo(Proposal));
            }
        }
    }

    [Test]
    public void A_port_that_is_taken_gets_no_mapping_because_nobody_would_know_another()
    {
        Gateway gateway = Listening(Gateway.RemappingOptions());
        Conversation.SignOn(gateway).Client(Proposal);
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.PortTaken)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void A_neighbours_offer_is_not_translated_back_and_its_accept_ends_the_mapping()
    {
        Gateway gateway = Listening();
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        alice.Client(Offer(Addresses.Alice, 5190, peer: "dave"));
        byte[] told = Relayed(0, DirectIm, 1, "alice", Address(0x0003, Addresses.Alice), Port(5190), Address(0x0004, Addresses.Gateway));
        dave.Server(told.AsSpan(0, 70));
        dave.Server(told.AsSpan(70));
        Assert.That(dave.Received(Direction.Inbound)[Conversation.ServerHello.Length..], Is.EqualTo(told));
        Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.Release), Is.Zero);
        alice.Server(Relayed(2, DirectIm, 1, "dave"));
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [Test]
    public void A_relayed_offer_that_names_the_public_end_stays_too()
    {
        Gateway gateway = Listening();
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190, peer: "dave"));
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        byte[] told = Relayed(0, DirectIm, 1, "alice", Address(0x0003, Addresses.Gateway), Port(5190));
        dave.Server(told);
        Assert.That(dave.Received(Direction.Inbound)[Conversation.ServerHello.Length..], Is.EqualTo(told));
    }

    [Test]
    public void No_peer_is_refused_even_if_the_caller_remembers_it()
    {
        Gateway gateway = Listening();
        gateway.Marks = [];
        Conversation.SignOn(gateway).Client(Proposal);
        foreach (Ipv4Address peer in (Ipv4Address[])[Addresses.Bob, Addresses.Server])
        {
            var connect = new Conversation(gateway, new(Addresses.Alice, 5190), new(peer, 50_000));
            connect.ServerAt(-1, [], TcpFlags.Syn);
            connect.ClientAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
            connect.ServerAt(0, [], TcpFlags.Ack);
        }

        Assert.That((gateway.Dropped, gateway.Count(Reason.MappingTaken)), Is.EqualTo((0, 0L)));
        Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.OfferConnected), Is.EqualTo(1));
    }
}
