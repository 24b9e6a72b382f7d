using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Which connects belong to which rendezvous, and how each is told.</summary>
[TestFixture]
internal sealed class PeerConnectionTests
{
    private const string Server = "198.51.100.5:5190";
    private const string Bob = "198.51.100.77:40312";
    private static readonly byte[] Hello = Messages.Flap(1, Messages.U32(1));

    [Test]
    public void A_refused_connect_is_told_from_one_nobody_answered()
    {
        var refused = new TcpTalk(Bob, "192.168.7.10:5190");
        var ignored = new TcpTalk("198.51.100.77:40313", "192.168.7.10:5190");
        string text = Inspecting.Text(Inspecting.Datagrams([.. Offering(5190), refused.Syn(), refused.Refusal(), .. Enumerable.Repeat(ignored.Syn(), 120)]));
        Assert.That(text, Does.Contain("[2] 198.51.100.77:40312 → 192.168.7.10:5190\n                   refused\n"));
        Assert.That(text, Does.Contain("[3] 198.51.100.77:40313 → 192.168.7.10:5190\n                   SYN unanswered 3 times\n"));
        Assert.That(text, Does.Contain("outcome  no connect was reached"));
    }

    [Test]
    public void A_connect_captured_twice_is_not_asked_for_twice()
    {
        byte[] syn = new TcpTalk(Bob, "192.168.7.10:5190").Syn();
        var inspector = new Inspector();
        foreach (long milliseconds in (long[])[0, 1, 49, 1_000, 1_002, 3_000])
        {
            inspector.Add(syn, milliseconds * 1_000_000);
        }

        Assert.That(inspector.Finish().Conversations.Single().Syns, Is.EqualTo(3));
    }

    [Test]
    public void A_third_request_that_succeeds_is_told_by_who_reached_whom()
    {
        var peer = new TcpTalk(Bob, "192.168.7.10:5190");
        string text = Inspecting.Text(Inspecting.Datagrams([
            .. Offering(5191, Messages.Offer(Addresses.Alice, 5190, request: 3)),
            .. peer.Handshake(), peer.Send(true, Odc(cookie: 1))]));
        Assert.That(text, Does.Contain("connected by the counter-offer: bob reached this client"));
    }

    [Test]
    public void A_connect_counts_for_an_offer_whichever_clients_connection_it_was_last_seen_on()
    {
        InspectionReport report = Inspecting.Datagrams([.. BothClients(), new TcpTalk(Bob, "203.0.113.7:5190").Syn()]);
        Assert.That(report.Rendezvous.Single().Connections, Has.Count.EqualTo(1));
        Assert.That(Inspecting.Text(report), Does.Not.Contain("no connect to"));
    }

    [Test]
    public void Many_offers_of_one_port_and_cookie_and_many_connects_to_it_are_matched_in_passing()
    {
        const int Many = 20_000;
        byte[][] offers = [.. Enumerable.Range(0, Many).Select(number => Messages.Offer(Addresses.Alice, 5190, cookie: (ulong)(number % 2 == 0 ? 7 : number), peer: $"bob{number}"))];
        IEnumerable<byte[]> connects = Enumerable.Range(0, Many).Select(number => new TcpTalk($"198.51.100.77:{1_024 + number}", "192.168.7.10:5190").Syn());
        long start = Environment.TickCount64;
        InspectionReport report = Inspecting.Datagrams([.. Offering(5190, offers), .. connects]);
        Assert.That(Inspecting.Text(report), Does.Contain("from this client to bob19999"));
        Assert.That(report.Rendezvous[^1].Connections, Has.Count.EqualTo(Many));
        Assert.That(Environment.TickCount64 - start, Is.LessThan(15_000), "one by one it takes a minute");
    }

    [Test]
    public void A_connect_that_icmp_answers_says_who_answered_what()
    {
        var talk = new TcpTalk(Bob, "192.168.7.10:5190");
        byte[] syn = talk.Syn();
        byte[] icmp = [0x45, 0, 0, 56, 0, 0, 0, 0, 64, 1, 0, 0, 203, 0, 113, 7, 198, 51, 100, 77, 3, 13, 0, 0, 0, 0, 0, 0, .. syn[..28]];
        Assert.That(Inspecting.Text(Inspecting.Datagrams([.. Offering(5190), syn, icmp])), Does.Contain("SYN, forbidden by a filter, says 203.0.113.7"));
    }

    [Test]
    public void A_handshake_that_was_not_completed_is_no_connection()
    {
        var talk = new TcpTalk(Bob, "192.168.7.10:5190");
        InspectionReport report = Inspecting.Datagrams([.. Offering(5190), talk.Syn(), talk.SynAck(), talk.SynAck()]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.NotReached));
        Assert.That(Inspecting.Text(report), Does.Contain("answered after 1.0 ms, but the handshake was not completed"));
    }

    [Test]
    public void A_connect_before_the_offer_or_to_another_port_or_host_belongs_to_none()
    {
        InspectionReport report = Inspecting.Datagrams([
            .. Enumerable.Repeat(new TcpTalk(Bob, "192.168.7.10:5190").Syn(), 100),
            .. Offering(5190),
            new TcpTalk(Bob, "192.168.7.10:5191").Syn(),
            new TcpTalk(Bob, "192.168.7.11:5190").Syn()]);
        Assert.That(report.Rendezvous.Single().Connections, Is.Empty);
    }

    [Test]
    public void A_peer_stream_to_an_address_that_nat_changed_is_found_by_the_port_and_one_that_names_the_cookie_by_that()
    {
        var plain = new TcpTalk(Bob, "203.0.113.7:5190");
        var named = new TcpTalk("198.51.100.77:40313", "203.0.113.7:5190");
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(5190),
            .. plain.Handshake(), plain.Send(true, Odc(cookie: 0)),
            .. named.Handshake(), named.Send(true, Odc(cookie: 1))]);
        Assert.That(report.Rendezvous.Single().Connections.Select(peer => peer.Match), Is.EqualTo(new[] { PeerMatch.Port, PeerMatch.Cookie }));
        Assert.That(Inspecting.Text(report), Does.Contain("found by the port alone"));
    }

    [Test]
    public void Of_two_offers_of_one_port_the_later_one_gets_the_connect_that_follows()
    {
        InspectionReport report = Inspecting.Datagrams([.. Offering(5190, Messages.Cancel(), Messages.Offer(Addresses.Alice, 5190, cookie: 2)), new TcpTalk(Bob, "192.168.7.10:5190").Syn()]);
        Assert.That(report.Rendezvous.Select(story => (story.Cookie, story.Outcome, story.Connections.Count)), Is.EqualTo(new[] { (1ul, Outcome.Cancelled, 0), (2ul, Outcome.NotReached, 1) }));
    }

    [Test]
    public void A_cookie_used_again_after_the_end_is_another_rendezvous_and_so_is_one_between_others()
    {
        var dave = new TcpTalk("192.168.7.20:40000", Server);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(5190, Messages.Decline(), Messages.Offer(Addresses.Alice, 5190), Messages.Accept(), Messages.Offer(Addresses.Alice, 5190)),
            .. dave.Handshake(), dave.Send(true, Hello), dave.Send(true, Messages.Offer(Addresses.Dave, 5190, peer: "carol"))]);
        Assert.That(report.Rendezvous.Select(story => story.Messages.Count), Is.EqualTo(new[] { 2, 2, 1, 1 }));
    }

    [Test]
    public void One_rendezvous_seen_on_both_clients_connections_is_one_story()
    {
        InspectionReport report = Inspecting.Datagrams(BothClients());
        RendezvousStory story = report.Rendezvous.Single();
        Assert.That((story.Offerer, story.Asked, story.Messages.Count), Is.EqualTo(("Alice", "B o b", 2)));
    }

    [Test]
    public void The_server_refuses_an_offer_by_its_request_id()
    {
        var talk = new TcpTalk("192.168.7.10:40000", Server);
        InspectionReport report = Inspecting.Datagrams([.. talk.Handshake(), talk.Send(true, Hello, Messages.Offer(Addresses.Alice, 5190, requestId: 77)), talk.Send(false, Hello, Messages.Snac(4, 1, 77, Messages.U16(4)))]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.ServerError));
        Assert.That(Inspecting.Text(report), Does.Contain("refused by the server: error 0004: not signed on"));
    }

    [Test]
    public void A_file_that_breaks_off_is_told_with_how_much_was_missing()
    {
        var peer = new TcpTalk(Bob, "192.168.7.10:5190");
        byte[] prompt = new byte[256];
        "OFT2\u0001\0\u0001\u0001"u8.CopyTo(prompt);
        Messages.U32(1_000).CopyTo(prompt, 32);
        "a.txt"u8.CopyTo(prompt.AsSpan(192));
        string text = Inspecting.Text(Inspecting.Datagrams([.. Offering(5190), .. peer.Handshake(), peer.Send(false, prompt), peer.Send(false, new byte[400]), peer.Close(false)]));
        Assert.That(text, Does.Contain("OFT2 0101 file follows: a.txt, 1,000 bytes").And.Contain("the stream ends 600 bytes before what was announced [truncated]"));
        Assert.That(text, Does.Contain("no receipt of the file was seen"));
    }

    /// <summary>An offer on both clients' connections.</summary>
    private static byte[][] BothClients()
    {
        var alice = new TcpTalk("192.168.7.10:40000", Server);
        var bob = new TcpTalk("198.51.100.77:40000", Server);
        byte[] Own(string name) => Messages.Snac(1, 0x0F, 1, [(byte)name.Length, .. System.Text.Encoding.ASCII.GetBytes(name)], Messages.U16(0), Messages.U16(0));
        return [
            .. alice.Handshake(), alice.Send(true, Hello), alice.Send(false, Hello, Own("Alice")),
            .. bob.Handshake(), bob.Send(true, Hello), bob.Send(false, Hello, Own("bob")),
            alice.Send(true, Messages.Offer(Addresses.Alice, 5190, peer: "B o b")),
            bob.Send(false, Messages.Relayed(0, Messages.DirectIm, 1, "alice", Messages.Address(3, Addresses.Alice), Messages.Address(4, Addresses.Gateway), Messages.Port(5190)))];
    }

    private static byte[][] Offering(ushort port, params byte[][] then)
    {
        var talk = new TcpTalk("192.168.7.10:40000", Server);
        return [.. talk.Handshake(), talk.Send(true, Hello), talk.Send(true, Messages.Offer(Addresses.Alice, port)), .. then.Select(message => talk.Send(true, message))];
    }

    private static byte[] Odc(ulong cookie)
    {
        byte[] header = new byte[76];
        "ODC2\0L\0\u0001"u8.CopyTo(header);
        Messages.U64(cookie).CopyTo(header, 12);
        return header;
    }
}
