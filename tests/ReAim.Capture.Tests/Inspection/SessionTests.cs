using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;
using static ReAim.Capture.Tests.World.Rendezvous;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Which of the connects that came was the session, who made them, and how it ended: nobody is credited with a stranger's connect.</summary>
[TestFixture]
internal sealed class SessionTests
{
    [Test]
    public void Of_two_connects_at_once_the_one_that_was_closed_unused_is_not_the_session()
    {
        var unused = new TcpTalk(Bob, Offered);
        var kept = new TcpTalk(BobAgain, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(), .. unused.Handshake(), .. kept.Handshake(),
            unused.Close(true), unused.Close(false), .. Chat(kept)]);
        Assert.That(Sessions(report), Is.EqualTo(new[] { false, true }));
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client, beside a connect that was not used"));
    }

    [Test]
    public void Of_two_connects_that_both_said_hello_the_one_that_carried_messages_is_the_session()
    {
        var closed = new TcpTalk(Bob, Offered);
        var kept = new TcpTalk(BobAgain, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(), .. closed.Handshake(), .. kept.Handshake(),
            closed.Send(true, Odc()), closed.Send(false, Odc()), closed.Close(false), closed.Close(true), .. Chat(kept)]);
        Assert.That(report.Rendezvous.Single().Session!.Conversation.Client, Is.EqualTo(TcpTalk.End(BobAgain)));
    }

    [Test]
    public void When_each_side_closes_the_connect_that_the_other_kept_there_was_no_session()
    {
        var one = new TcpTalk(Bob, Offered);
        var other = new TcpTalk(BobAgain, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(), .. one.Handshake(), .. other.Handshake(),
            one.Close(true), one.Close(false), other.Close(false), other.Close(true)]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.NoSession));
        Assert.That(Outcomes(report), Is.EqualTo("no session: a connect was reached, but closed by this client before it carried data"));
    }

    [Test]
    public void A_connect_that_is_closed_or_reset_at_once_is_no_session_whoever_does_it()
    {
        foreach ((bool byClient, bool isReset, string says) in (((bool, bool, string)[])[
            (true, false, "closed by 198.51.100.77"), (false, false, "closed by this client"),
            (true, true, "reset by 198.51.100.77"), (false, true, "reset by this client")]))
        {
            var talk = new TcpTalk(Bob, Offered);
            byte[][] connect = talk.Handshake();
            byte[] end = isReset ? talk.Packet(byClient, byClient ? 1_001u : 5_001u, byClient ? 5_001u : 1_001u, TcpFlags.Rst | TcpFlags.Ack, []) : talk.Close(byClient);
            InspectionReport report = Inspecting.Datagrams([.. Offering(), .. connect, end]);
            Assert.That(Outcomes(report), Is.EqualTo($"no session: a connect was reached, but {says} before it carried data"));
        }
    }

    [Test]
    public void A_hello_that_was_closed_before_an_answer_is_no_session_and_one_that_waits_still_may_be()
    {
        var refused = new TcpTalk(Bob, Offered);
        byte[][] begun = [.. Offering(), .. refused.Handshake(), refused.Send(true, Odc())];
        InspectionReport waiting = Inspecting.Datagrams(begun);
        InspectionReport closed = Inspecting.Datagrams([.. begun, refused.Close(false), refused.Close(true)]);
        Assert.That((waiting.Rendezvous.Single().Outcome, closed.Rendezvous.Single().Outcome), Is.EqualTo((Outcome.Direct, Outcome.NoSession)));
        Assert.That(Outcomes(closed), Is.EqualTo("no session: a connect was reached, but closed by this client before it was answered"));
    }

    [Test]
    public void A_port_scan_at_an_offer_is_neither_bob_nor_the_session()
    {
        var scan = new TcpTalk(Stranger, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(), .. scan.Handshake(), scan.Close(true), scan.Close(false)]);
        PeerConnection peer = report.Rendezvous.Single().Connections.Single();
        Assert.That((peer.Connector, peer.IsReached, peer.IsSession), Is.EqualTo(((string?)null, true, false)));
        Assert.That(Inspecting.Text(report), Does.Contain($"[2] {Stranger} → {Offered}").And.Not.Contain("bob reached").And.Not.Contain($"bob {Stranger}"));
    }

    [Test]
    public void What_a_stranger_says_in_another_protocol_is_not_the_session_either()
    {
        var web = new TcpTalk(Stranger, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(), .. web.Handshake(), web.Send(true, "GET / HTTP/1.0\r\n\r\n"u8.ToArray()), web.Send(false, [1, 2, 3])]);
        Assert.That(Outcomes(report), Is.EqualTo("no session: a connect was reached, but carried something else (HTTP)"));
    }

    [Test]
    public void A_stranger_who_is_reached_first_does_not_hide_the_session_that_follows()
    {
        var scan = new TcpTalk(Stranger, Offered);
        var peer = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(), .. scan.Handshake(), .. peer.Handshake(), .. Chat(peer)]);
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client, beside a connect that was not used"));
        Assert.That(Inspecting.Text(report), Does.Contain($"[2] {Stranger} → {Offered}").And.Contain($"[3] bob {Bob} → {Offered}"));
    }

    [Test]
    public void Who_connects_is_named_by_his_address_if_that_is_known_to_be_his()
    {
        byte[] counter = Messages.Relayed(0, Messages.DirectIm, Cookie, "bob", Messages.Tlv(0x000A, Messages.U16(2)), Messages.Address(4, Addresses.Bob), Messages.Port(4_443));
        var scan = new TcpTalk(Stranger, Offered);
        var peer = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(fromServer: [counter]), scan.Syn(), peer.Syn()]);
        Assert.That(report.Rendezvous.Single().Connections.Select(connect => connect.Connector), Is.EqualTo(new[] { null, "bob" }));
    }

    [Test]
    public void Who_connects_is_named_by_the_cookie_he_knows_or_by_what_flowed()
    {
        var named = new TcpTalk(Stranger, Offered);
        var speaks = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(), .. named.Handshake(), named.Send(true, Odc(cookie: Cookie)), .. speaks.Handshake(), speaks.Send(true, Odc(cookie: 0))]);
        Assert.That(report.Rendezvous.Single().Connections.Select(connect => connect.Connector), Is.EqualTo(new[] { "bob", "bob" }));
    }

    [Test]
    public void Who_names_himself_otherwise_is_called_what_he_says()
    {
        var peer = new TcpTalk(Stranger, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(), .. peer.Handshake(), peer.Send(true, Odc(name: "mallory"))]);
        Assert.That(report.Rendezvous.Single().Connections.Single().Connector, Is.EqualTo("mallory"));
    }

    [Test]
    public void A_cancel_or_a_decline_outranks_a_bare_connect()
    {
        var talk = new TcpTalk(Stranger, Offered);
        InspectionReport cancelled = Inspecting.Datagrams([.. Offering(then: [Messages.Cancel()], between: talk.Handshake())]);
        InspectionReport declined = Inspecting.Datagrams([.. Offering(fromServer: [Relayed(1)], between: talk.Handshake())]);
        Assert.That((cancelled.Rendezvous.Single().Outcome, declined.Rendezvous.Single().Outcome), Is.EqualTo((Outcome.Cancelled, Outcome.Declined)));
        Assert.That(Outcomes(cancelled), Is.EqualTo("cancelled by this client, beside a connect that was not used"));
        Assert.That(Outcomes(declined), Is.EqualTo("declined by bob, beside a connect that was not used"));
    }

    [Test]
    public void Who_accepted_does_not_decline_any_more_but_cancels()
    {
        InspectionReport report = Inspecting.Datagrams([.. Offering(fromServer: [Relayed(2), Relayed(1)])]);
        Assert.That(Outcomes(report), Is.EqualTo("cancelled by bob"));
    }

    [Test]
    public void A_file_that_flowed_and_was_then_cancelled_is_cancelled_after_so_many_bytes()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] transfer = [.. peer.Handshake(), peer.Send(false, Oft(0x0101, 1_000)), peer.Send(true, Oft(0x0202, 1_000)), peer.Send(false, new byte[400])];
        InspectionReport report = Inspecting.Datagrams([.. Offering(SendFile, fromServer: [Relayed(1, SendFile)], between: [.. transfer, peer.Close(true)])]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.Cancelled));
        Assert.That(Outcomes(report), Is.EqualTo("cancelled by bob after 912 bytes"));
    }

    [Test]
    public void A_file_that_was_received_stays_received_whatever_is_cancelled_afterwards()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] transfer = [
            .. peer.Handshake(), peer.Send(false, Oft(0x0101, 400)), peer.Send(true, Oft(0x0202, 400)), peer.Send(false, new byte[400]),
            peer.Send(true, Oft(0x0204, 400)), peer.Close(true)];
        InspectionReport report = Inspecting.Datagrams([.. Offering(SendFile, then: [Messages.Cancel()], between: transfer)]);
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client; the file was received"));
    }

    [Test]
    public void A_direct_im_that_a_cancel_ends_was_connected()
    {
        var peer = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(then: [Messages.Cancel()], between: [.. peer.Handshake(), .. Chat(peer)])]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.Direct));
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client; cancelled by this client after 238 bytes"));
    }

    [Test]
    public void A_direct_im_that_was_closed_before_a_message_says_so()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] connect = [.. peer.Handshake(), peer.Send(true, Odc()), peer.Send(false, Odc()), peer.Close(true), peer.Close(false)];
        Assert.That(Outcomes(Inspecting.Datagrams([.. Offering(), .. connect])), Is.EqualTo("connected as offered: bob reached this client; closed by bob before a message was sent"));
    }

    [Test]
    public void A_file_that_breaks_off_says_by_whom_and_after_how_much()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] transfer = [.. peer.Handshake(), peer.Send(false, Oft(0x0101, 1_000)), peer.Send(true, Oft(0x0202, 1_000)), peer.Send(false, new byte[400]), peer.Close(true)];
        Assert.That(
            Outcomes(Inspecting.Datagrams([.. Offering(SendFile), .. transfer])),
            Is.EqualTo("connected as offered: bob reached this client; no receipt of the file was seen; closed by bob after 912 bytes"));
    }

    [Test]
    public void A_connect_before_the_offer_is_nobodys()
    {
        var early = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([.. early.Handshake(), .. Enumerable.Repeat(early.Acknowledge(true), 60), .. Offering()]);
        Assert.That(report.Rendezvous.Single().Connections, Is.Empty);
    }

    [Test]
    public void A_session_that_was_reset_says_by_whom_and_after_how_much()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] connect = [.. peer.Handshake(), .. Chat(peer)];
        InspectionReport report = Inspecting.Datagrams([.. Offering(), .. connect, peer.Packet(true, 1_087, 5_153, TcpFlags.Rst | TcpFlags.Ack, [])]);
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client; reset by bob after 238 bytes"));
    }

    [Test]
    public void A_connect_long_after_the_cancel_belongs_to_nobody_and_one_on_its_way_still_does()
    {
        var late = new TcpTalk(BobAgain, Offered);
        Assert.That(ConnectsAfterCancel(seconds: 1), Is.EqualTo(1));
        Assert.That(ConnectsAfterCancel(seconds: 60), Is.Zero);

        int ConnectsAfterCancel(long seconds)
        {
            var inspector = new Inspector();
            long time = 0;
            foreach (byte[] packet in Offering(then: [Messages.Cancel()]))
            {
                inspector.Add(packet, time += 1_000_000);
            }

            inspector.Add(late.Syn(), time + (seconds * 1_000_000_000));
            return inspector.Finish().Rendezvous.Single().Connections.Count;
        }
    }

    [Test]
    public void A_neighbour_who_comes_by_the_public_address_is_one_session_seen_on_both_legs()
    {
        // Before and behind the gateway's translation.
        var outer = new TcpTalk("192.168.7.20:40312", "203.0.113.7:5190");
        var inner = new TcpTalk("203.0.113.7:40312", Offered);
        byte[] relayed = Messages.Relayed(0, Messages.DirectIm, Cookie, "alice", Messages.Address(3, Addresses.Alice), Messages.Address(4, Addresses.Gateway), Messages.Port(5190));
        InspectionReport report = Inspecting.Datagrams([
            .. SignOn("bob", "192.168.7.20:40000", out TcpTalk bob), .. SignOn("alice", "192.168.7.10:40000", out TcpTalk alice),
            alice.Send(true, Messages.Offer(Addresses.Alice, 5190)), bob.Send(false, relayed),
            .. outer.Handshake(), .. inner.Handshake(), .. Chat(outer), .. Chat(inner)]);
        Assert.That(Sessions(report), Is.EqualTo(new[] { true, true }));
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached alice"));
    }
}
