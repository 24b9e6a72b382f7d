using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>Connections through mappings: who gets in, where to, and for how long.</summary>
[TestFixture]
internal sealed class MappedConnectionTests
{
    private static readonly Ipv4Endpoint Bob = new(Addresses.Bob, 40_312);
    private static readonly Ipv4Endpoint Mallory = new(Addresses.Parse("198.51.100.66"), 40_312);
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 5190);
    private static readonly Ipv4Endpoint Dave = new(Addresses.Dave, 50_000);
    private static readonly Ipv4Endpoint Public = new(Addresses.Gateway, 5190);

    private static (Gateway Gateway, Conversation Flow) Offered(EngineOptions? options = null, TranslatorOptions? translation = null)
    {
        var gateway = new Gateway(options, translation ?? new TranslatorOptions());
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        return (gateway, flow);
    }

    [Test]
    public void A_peer_reaches_the_lan_host_and_answers_come_from_the_public_address()
    {
        (Gateway gateway, _) = Offered();
        Peer bob = Peer.FromOutside(gateway, Bob, Public, Alice);
        Assert.That(bob.Connects());
        Assert.That(bob.There(TcpFlags.Ack | TcpFlags.Psh, "ODC2 hello"u8.ToArray()));
        Assert.That(bob.Back(TcpFlags.Ack | TcpFlags.Psh, "ODC2 hello yourself"u8.ToArray()));
        Assert.That((gateway.Translator!.SessionCount, gateway.Count(Reason.SessionOpened)), Is.EqualTo((1, 1L)));
    }

    [Test]
    public void A_remapped_port_leads_to_the_port_the_client_listens_on()
    {
        (Gateway gateway, _) = Offered(Gateway.RemappingOptions());
        Assert.That(Peer.FromOutside(gateway, Bob, Public with { Port = 40_001 }, Alice).Connects());
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects(), Is.False, "the client's own number leads nowhere");
    }

    [Test]
    public void A_connect_without_a_mapping_stays_at_the_gateway_unchanged()
    {
        var gateway = new Gateway(null, new TranslatorOptions());
        byte[]? stayed = null;
        gateway.Stayed = bytes => stayed = bytes;
        byte[] syn = new TcpPacket(Bob, Public, 1, 0, TcpFlags.Syn, []).Build();
        gateway.Send(Direction.Inbound, syn);
        Assert.That(stayed, Is.EqualTo(syn));
        Assert.That((gateway.Departures.Count, gateway.Count(Reason.NoMapping), gateway.Translator!.SessionCount), Is.EqualTo((0, 1L, 0)));
    }

    [Test]
    public void A_mapping_that_the_engine_was_refused_lets_nobody_in()
    {
        var gateway = new Gateway(null, new TranslatorOptions()) { Installs = null };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects(), Is.False);
        Assert.That(gateway.Count(Reason.NoMapping), Is.EqualTo(1));
    }

    [TestCase(TcpFlags.Ack)]
    [TestCase(TcpFlags.Syn | TcpFlags.Ack)]
    [TestCase(TcpFlags.Fin | TcpFlags.Ack)]
    [TestCase(TcpFlags.Rst)]
    [TestCase(TcpFlags.Syn | TcpFlags.Rst)]
    public void Only_a_syn_opens_a_session(TcpFlags flags)
    {
        (Gateway gateway, _) = Offered();
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).There(flags), Is.False);
        Assert.That((gateway.Translator!.SessionCount, gateway.Count(Reason.NoSession)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void A_syn_with_a_wrong_checksum_opens_no_session()
    {
        (Gateway gateway, _) = Offered();
        byte[] syn = new TcpPacket(Bob, Public, 1, 0, TcpFlags.Syn, []).Build();
        syn[37] ^= 1;
        gateway.Send(Direction.Inbound, syn);
        Assert.That(gateway.Translator!.SessionCount, Is.Zero);
    }

    [Test]
    public void A_scan_takes_nothing_and_the_peer_still_gets_in()
    {
        (Gateway gateway, _) = Offered();
        for (ushort port = 1_024; port < 1_124; port++)
        {
            Peer scan = Peer.FromOutside(gateway, Mallory with { Port = port }, Public, Alice);
            Assert.That(scan.There(TcpFlags.Syn) && scan.Back(TcpFlags.Syn | TcpFlags.Ack) && scan.There(TcpFlags.Rst));
        }

        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
    }

    [Test]
    public void After_the_peer_connected_nobody_else_gets_in_but_the_peer_may_come_again_for_30_seconds()
    {
        (Gateway gateway, _) = Offered();
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
        Assert.That(Peer.FromOutside(gateway, Mallory, Public, Alice).There(TcpFlags.Syn), Is.False);
        Assert.That(gateway.Count(Reason.MappingTaken), Is.EqualTo(1));
        gateway.WaitSeconds(29);
        Assert.That(Peer.FromOutside(gateway, Bob with { Port = 40_313 }, Public, Alice).Connects());
        gateway.WaitSeconds(1);
        Assert.That(Peer.FromOutside(gateway, Bob with { Port = 40_314 }, Public, Alice).There(TcpFlags.Syn), Is.False);
        Assert.That(gateway.Count(Reason.NoMapping), Is.EqualTo(1));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_stranger_who_began_before_the_peer_does_not_get_in_after_him(bool closes)
    {
        (Gateway gateway, _) = Offered();
        Peer stranger = Peer.FromOutside(gateway, Mallory, Public, Alice);
        Assert.That(stranger.There(TcpFlags.Syn) && stranger.Back(TcpFlags.Syn | TcpFlags.Ack));
        Peer bob = Peer.FromOutside(gateway, Bob, Public, Alice);
        Assert.That(bob.Connects());
        gateway.WaitSeconds(closes ? 31 : 1);
        Assert.That(stranger.There(TcpFlags.Ack), Is.False);
        Assert.That(bob.There(TcpFlags.Ack), Is.True);
    }

    [Test]
    public void A_connection_outlives_the_mapping_that_let_it_in()
    {
        (Gateway gateway, Conversation flow) = Offered();
        Peer bob = Peer.FromOutside(gateway, Bob, Public, Alice);
        Assert.That(bob.Connects());
        flow.Client(Cancel());
        Assert.That(gateway.Engine.MappingCount, Is.Zero);
        Assert.That(bob.There(TcpFlags.Ack, [1]) && bob.Back(TcpFlags.Ack, [2]));
        Assert.That(Peer.FromOutside(gateway, Mallory, Public, Alice).There(TcpFlags.Syn), Is.False);
    }

    [Test]
    public void Ends_that_were_used_before_are_admitted_like_any_other_once_the_connection_is_over()
    {
        (Gateway gateway, Conversation flow) = Offered();
        Peer bob = Peer.FromOutside(gateway, Bob, Public, Alice);
        Assert.That(bob.Connects() && bob.There(TcpFlags.Fin | TcpFlags.Ack) && bob.Back(TcpFlags.Fin | TcpFlags.Ack));
        Assert.That(bob.There(TcpFlags.Ack), "the last acknowledgement still passes");
        Assert.That(bob.Connects(), "within the peer's grace");
        Assert.That(bob.Back(TcpFlags.Rst));
        flow.Client(Cancel());
        Assert.That(bob.There(TcpFlags.Syn), Is.False);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        Assert.That(bob.Connects(), "a port is used again within a second");
    }

    [Test]
    public void A_lan_peer_connects_through_the_public_address()
    {
        (Gateway gateway, _) = Offered();
        Peer dave = Peer.Hairpin(gateway, Dave, Public, Alice);
        Assert.That(dave.Connects());
        Assert.That(dave.There(TcpFlags.Ack, [1, 2, 3]) && dave.Back(TcpFlags.Ack, [4, 5]));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).There(TcpFlags.Syn), Is.False, "the offer is taken");
    }

    [Test]
    public void A_lan_host_connects_to_itself_through_the_public_address()
    {
        (Gateway gateway, _) = Offered();
        Assert.That(Peer.Hairpin(gateway, Dave with { Address = Addresses.Alice }, Public, Alice).Connects());
    }

    [Test]
    public void A_lan_host_that_connects_to_the_gateway_itself_is_not_translated()
    {
        (Gateway gateway, _) = Offered();
        byte[] syn = new TcpPacket(Dave, Public with { Port = 22 }, 1, 0, TcpFlags.Syn, []).Build();
        gateway.Send(Direction.Outbound, syn);
        Assert.That(gateway.Departures[^1].Bytes, Is.EqualTo(syn));
        Assert.That((gateway.Count(Reason.NoMapping), gateway.Translator!.SessionCount), Is.EqualTo((1, 0L)));
    }

    [Test]
    public void Two_hosts_with_one_port_are_both_reached()
    {
        (Gateway gateway, _) = Offered();
        Conversation other = Conversation.SignOn(gateway, Addresses.Dave, port: 40_001);
        other.Client(Offer(Addresses.Dave, 5190));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
        Assert.That(Peer.FromOutside(gateway, Bob, Public with { Port = 61_000 }, new(Addresses.Dave, 5190)).Connects());
    }

    [Test]
    public void A_connect_takes_the_offer_of_the_port_it_came_to()
    {
        // Dave had 5190 when Alice's first offer came, and has given it back when her second comes.
        var gateway = new Gateway(null, new TranslatorOptions());
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        dave.Client(Offer(Addresses.Dave, 5190, cookie: 9));
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 1, peer: "carl"));
        dave.Client(Cancel(9));
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2, peer: "bob"));
        Ipv4Endpoint told = gateway.Mappings.Single().Public;
        Assert.That(told.Port, Is.EqualTo(61_000), "a LAN end has one public end");
        Assert.That(Peer.FromOutside(gateway, Bob, told, Alice).Connects());
        Assert.That(Peer.FromOutside(gateway, Mallory, told with { Port = 5190 }, Alice).There(TcpFlags.Syn), Is.False);
        Assert.That(Peer.FromOutside(gateway, Bob with { Address = Addresses.Server }, told, Alice).Connects(), "the other offer's peer");
        Assert.That(Peer.FromOutside(gateway, Mallory, told, Alice).There(TcpFlags.Syn), Is.False, "both are taken");
    }

    [Test]
    public void A_connection_that_was_reset_does_not_keep_out_the_next_from_the_same_ends()
    {
        var gateway = new Gateway(null, new TranslatorOptions());
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        dave.Client(Offer(Addresses.Dave, 5190, cookie: 9));
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 1));
        Peer first = Peer.FromOutside(gateway, Bob, Public with { Port = 61_000 }, Alice);
        Assert.That(first.There(TcpFlags.Syn) && first.Back(TcpFlags.Rst | TcpFlags.Ack), "Alice was not listening yet");
        flow.Client(Cancel(1));
        dave.Client(Cancel(9));
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 2));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
    }

    [Test]
    public void A_syn_with_a_wrong_header_checksum_opens_no_session()
    {
        (Gateway gateway, _) = Offered();
        byte[] syn = new TcpPacket(Bob, Public, 1, 0, TcpFlags.Syn, []).Build();
        syn[10] ^= 0x55;
        gateway.Send(Direction.Inbound, syn);
        Assert.That(gateway.Translator!.SessionCount, Is.Zero);
    }

    [Test]
    public void A_connect_from_an_address_that_is_no_hosts_opens_no_session()
    {
        (Gateway gateway, _) = Offered();
        Assert.That(Peer.FromOutside(gateway, Bob with { Address = default }, Public, Alice).There(TcpFlags.Syn), Is.False);
        Assert.That(Peer.FromOutside(gateway, Bob with { Address = Addresses.Parse("224.0.0.1") }, Public, Alice).There(TcpFlags.Syn), Is.False);
    }

    [Test]
    public void Blind_segments_make_no_connection_last()
    {
        // Whoever spoofs a source never sees Alice's SYN-ACK: what it acknowledges is a guess.
        (Gateway gateway, _) = Offered();
        gateway.Send(Direction.Inbound, new TcpPacket(Mallory, Public, 1_000, 0, TcpFlags.Syn, []).Build());
        gateway.Send(Direction.Outbound, new TcpPacket(Alice, Mallory, 5_000, 1_001, TcpFlags.Syn | TcpFlags.Ack, []).Build());
        gateway.Send(Direction.Inbound, new TcpPacket(Mallory, Public, 0x7777_7777, 0x1234, TcpFlags.Ack, []).Build());
        gateway.Send(Direction.Outbound, new TcpPacket(Alice, Mallory, 5_001, 1_000, TcpFlags.Ack, []).Build());
        gateway.WaitSeconds(241);
        Assert.That(gateway.Translator!.SessionCount, Is.Zero);
    }

    [Test]
    public void Without_masquerading_what_belongs_to_no_mapping_leaves_as_it_came()
    {
        (Gateway gateway, _) = Offered();
        byte[] syn = new TcpPacket(Dave, Bob, 1, 0, TcpFlags.Syn, []).Build();
        gateway.Send(Direction.Outbound, syn);
        Assert.That(gateway.Departures[^1].Bytes, Is.EqualTo(syn));
    }
}
