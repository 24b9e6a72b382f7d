using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;
using static ReAim.Capture.Tests.World.Rendezvous;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>What is told of a peer connection of which the capture lacks packets, or on which only one end spoke.</summary>
[TestFixture]
internal sealed class LossyPeerTests
{
    [Test]
    public void A_transfer_whose_first_header_is_not_in_the_capture_is_the_session()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] connect = peer.Handshake();
        _ = peer.Send(false, Oft(0x0101, 400));
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(SendFile), .. connect, peer.Send(true, Oft(0x0202, 400)), peer.Send(false, new byte[400]),
            peer.Send(true, Oft(0x0204, 400)), peer.Close(true), peer.Close(false)]);
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client; the file was received"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_connect_whose_answer_is_not_in_the_capture_was_reached_all_the_same(bool hasAcknowledgement)
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] connect = peer.Handshake();
        InspectionReport report = Inspecting.Datagrams([.. Offering(), connect[0], .. hasAcknowledgement ? connect[2..] : [], .. Chat(peer)]);
        Assert.That(Outcomes(report), Is.EqualTo("connected as offered: bob reached this client"));
        Assert.That(Inspecting.Text(report), Does.Not.Contain("SYN unanswered").And.Contain("reached, ODC2, 76 bytes →, 162 bytes ←"));
    }

    [Test]
    public void The_first_of_several_files_is_not_all_that_was_offered()
    {
        var peer = new TcpTalk(Bob, Offered);
        byte[][] transfer = [
            .. peer.Handshake(), peer.Send(false, Oft(0x0101, 400)), peer.Send(true, Oft(0x0202, 400)), peer.Send(false, new byte[400]), peer.Send(true, Oft(0x0204, 400)),
            peer.Send(false, Oft(0x0101, 900)), peer.Send(true, Oft(0x0202, 900)), peer.Send(false, new byte[100])];
        InspectionReport report = Inspecting.Datagrams([.. Offering(SendFile, fromServer: [Relayed(1, SendFile)], between: transfer)]);
        Assert.That(Outcomes(report), Is.EqualTo("cancelled by bob after 1,780 bytes"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Whom_only_the_listener_spoke_to_is_neither_bob_nor_the_session(bool isFile)
    {
        var scan = new TcpTalk(Stranger, Offered);
        InspectionReport report = Inspecting.Datagrams([
            .. Offering(isFile ? SendFile : Messages.DirectIm), .. scan.Handshake(), scan.Send(false, isFile ? Oft(0x0101, 400) : Odc())]);
        PeerConnection peer = report.Rendezvous.Single().Connections.Single();
        Assert.That((peer.Connector, peer.IsSession), Is.EqualTo(((string?)null, false)));
        Assert.That(Outcomes(report), Is.EqualTo("no session: a connect was reached, but nobody answered what was said on it"));
    }

    [Test]
    public void A_hello_that_nobody_answered_does_not_undo_the_cancel_before_it()
    {
        var peer = new TcpTalk(Bob, Offered);
        InspectionReport report = Inspecting.Datagrams([.. Offering(then: [Messages.Cancel()]), .. peer.Handshake(), peer.Send(true, Odc())]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.Cancelled));
    }

    [Test]
    public void What_the_server_says_of_the_cancel_is_not_what_became_of_the_offer()
    {
        const uint RequestId = 8;
        byte[] cancel = Messages.Rendezvous(1, Messages.DirectIm, Cookie, "bob", [Messages.Tlv(0x000B, Messages.U16(1))], RequestId);
        byte[] refusal = Messages.Snac(4, 1, RequestId, Messages.U16(4));
        InspectionReport report = Inspecting.Datagrams([.. Offering(then: [cancel], fromServer: [refusal])]);
        Assert.That(report.Rendezvous.Single().Outcome, Is.EqualTo(Outcome.Cancelled));
    }

    [Test]
    public void A_connection_that_names_another_cookie_is_not_found_by_its_port()
    {
        var other = new TcpTalk(Stranger, "198.51.100.66:5190");
        InspectionReport report = Inspecting.Datagrams([.. Offering(), .. other.Handshake(), other.Send(true, Odc(cookie: Cookie + 1)), other.Send(false, Odc(cookie: Cookie + 1))]);
        Assert.That(report.Rendezvous.Single().Connections, Is.Empty);
    }
}
