using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>What TCP does to a stream, and that none of it changes what comes out.</summary>
[TestFixture]
internal sealed class SegmentTests
{
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);
    private static readonly byte[] Rewritten = Offer(Addresses.Gateway, 5190);

    [Test]
    public void A_retransmission_gets_the_same_edits_however_it_is_cut_or_merged()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] stream = [.. InstantMessage("before"), .. Proposal, .. InstantMessage("after")];
        int start = flow.ReserveClient(stream.Length);
        flow.ClientAt(start, stream);
        for (int from = 0; from < stream.Length; from += 7)
        {
            for (int to = from + 1; to <= stream.Length; to += 5)
            {
                flow.ClientAt(start + from, stream[from..to]);
            }
        }

        byte[] expected = [.. InstantMessage("before"), .. Rewritten, .. InstantMessage("after")];
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(expected));
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1), "decided once");
    }

    [Test]
    public void A_retransmission_after_both_ends_closed_still_gets_its_edits()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(Proposal.Length);
        flow.ClientAt(start, Proposal);
        flow.Client([], TcpFlags.Fin | TcpFlags.Ack);
        flow.Server([], TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(gateway.Count(Reason.Closed), Is.EqualTo(1));
        flow.ClientAt(start, Proposal);
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void Where_copies_overlap_the_first_one_counts()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] other = Offer(Addresses.Dave, 5190);
        int start = flow.ReserveClient(Proposal.Length);

        // The end comes first and is true; then the whole, with another address in its copy of the end.
        flow.ClientAt(start + 60, Proposal[60..]);
        flow.ClientAt(start, [.. Proposal[..60], .. other[60..]]);
        Assert.That(gateway.Mappings.Single().Lan.Address, Is.EqualTo(Addresses.Alice));
    }

    [Test]
    public void Out_of_order_segments_come_out_whole()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] stream = [.. InstantMessage("before"), .. Proposal, .. InstantMessage("after")];
        int start = flow.ReserveClient(stream.Length);
        int third = stream.Length / 3;
        flow.ClientAt(start + (2 * third), stream[(2 * third)..]);
        flow.ClientAt(start + third, stream[third..(2 * third)]);
        Assert.That(gateway.Held, Is.EqualTo(2));
        flow.ClientAt(start, stream[..third]);
        Assert.That(gateway.Held, Is.Zero);
        byte[] expected = [.. InstantMessage("before"), .. Rewritten, .. InstantMessage("after")];
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(expected));
    }

    [Test]
    public void The_first_segments_of_a_connection_may_come_in_any_order()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        byte[] stream = [.. Conversation.ClientHello, .. InstantMessage("hello"), .. InstantMessage("again")];
        flow.ReserveClient(stream.Length);
        flow.ClientAt(40, stream[40..]);
        flow.ClientAt(4, stream[4..40]);
        flow.ServerAt(3, Conversation.ServerHello[3..]);
        flow.ClientAt(0, stream[..4]);
        flow.ServerAt(0, Conversation.ServerHello[..3]);
        flow.ReserveServer(Conversation.ServerHello.Length);
        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
        flow.Client(Proposal);
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo((byte[])[.. stream, .. Rewritten]));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void A_keep_alive_disturbs_nothing(int bytes)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal.AsSpan(0, 40));
        flow.ClientAt(flow.ClientLength - 1, Proposal[39..(39 + bytes)], TcpFlags.Ack);
        flow.Client(Proposal.AsSpan(40));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void A_zero_window_probe_inside_an_offer_is_edited_like_the_rest()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(Proposal.Length);
        int probe = Proposal.AsSpan().IndexOf(U32(Addresses.Alice.Value)) + 1;
        flow.ClientAt(start, Proposal[..probe]);
        flow.ClientAt(start + probe, Proposal[probe..(probe + 1)]);
        flow.ClientAt(start + probe, Proposal[probe..(probe + 1)]);
        flow.ClientAt(start + probe, Proposal[probe..]);
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void An_offer_and_a_fin_in_one_segment_are_rewritten()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal, TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void Sequence_numbers_may_wrap_anywhere_in_an_offer()
    {
        for (uint before = 1; before < Proposal.Length; before += 3)
        {
            var gateway = new Gateway();
            uint start = 0u - before - (uint)Conversation.ClientHello.Length - 1;
            Conversation flow = Conversation.SignOn(gateway, clientStart: start, serverStart: 0xFFFF_FFFA);
            flow.Client(Proposal.AsSpan(0, 50));
            flow.Client(Proposal.AsSpan(50, 40));
            flow.Client(Proposal.AsSpan(90));
            Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Rewritten), $"wrap {before} bytes into the offer");
        }
    }

    [Test]
    public void A_simultaneous_close_ends_the_flow_and_lets_late_bytes_pass()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client([], TcpFlags.Fin | TcpFlags.Ack);
        flow.Server([], TcpFlags.Fin | TcpFlags.Ack);
        flow.ClientAt(flow.ClientLength + 1, [], TcpFlags.Ack);
        flow.ServerAt(flow.ServerLength + 1, [], TcpFlags.Ack);
        Assert.That((gateway.Count(Reason.Closed), gateway.Held), Is.EqualTo((1L, 0)));
        gateway.WaitSeconds(61);
        Assert.That(gateway.Engine.FlowCount, Is.Zero);
    }

    [Test]
    public void A_fin_merged_with_data_that_was_acknowledged_ends_the_stream()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] message = InstantMessage("bye");
        int start = flow.ReserveClient(message.Length);
        flow.ClientAt(start, message);
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, start + 20));
        flow.ClientAt(start, message, TcpFlags.Fin | TcpFlags.Ack);
        flow.Server([], TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(gateway.Count(Reason.Closed), Is.EqualTo(1));
    }

    [Test]
    public void A_port_used_again_by_a_new_syn_is_a_new_flow()
    {
        var gateway = new Gateway();
        Conversation old = Conversation.SignOn(gateway);
        old.Client(InstantMessage("one"));
        Conversation flow = Conversation.SignOn(gateway, clientStart: 0x7000_0000, serverStart: 0x7100_0000);
        flow.Client(Proposal);
        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(2));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Rewritten));
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(1));
    }

    [Test]
    public void A_flow_met_in_mid_stream_is_never_rewritten()
    {
        var gateway = new Gateway();
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
        flow.Server(Conversation.ServerHello);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo((byte[])[.. Conversation.ClientHello, .. Proposal]));
        Assert.That((gateway.Count(Reason.MidStream), gateway.Mappings.Count), Is.EqualTo((3L, 0)));
    }

    [Test]
    public void A_segment_with_a_wrong_checksum_passes_and_is_never_read()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] packet = flow.Packet(Direction.Outbound, flow.ClientLength, Proposal, TcpFlags.Ack);
        packet[^1] ^= 0x55;
        gateway.Send(Direction.Outbound, packet);
        Assert.That(gateway.Departures[^1].Bytes, Is.EqualTo(packet));
        Assert.That((gateway.Count(Reason.WrongTcpChecksum), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
        byte[] header = flow.Packet(Direction.Outbound, flow.ClientLength, Proposal, TcpFlags.Ack);
        header[8]--;
        gateway.Send(Direction.Outbound, header);
        Assert.That((gateway.Count(Reason.WrongIpChecksum), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
        flow.Client(Proposal);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1), "the flow itself goes on");
    }

    [Test]
    public void A_partial_checksum_stays_as_it_is()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        flow.PartialChecksums = true;
        flow.Server(Conversation.ServerHello);
        flow.Client(Conversation.ClientHello);
        byte[] sent = flow.Packet(Direction.Outbound, flow.ClientLength, Proposal, TcpFlags.Ack);
        flow.Client(Proposal);
        byte[] left = gateway.Departures[^1].Bytes;
        Assert.That(left[36..38], Is.EqualTo(sent[36..38]), "the checksum field");
        Assert.That(left[40..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void Right_behind_bytes_that_were_acknowledged_but_never_seen_no_offer_is_helped()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int missed = flow.ReserveClient(30);
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, missed + 30));
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.BytesMissed), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_hole_in_bytes_of_no_interest_does_no_harm()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] im = InstantMessage(new string('x', 3_000));
        int start = flow.ReserveClient(im.Length);
        flow.ClientAt(start, im[..1_000]);
        flow.ClientAt(start + 2_000, im[2_000..]);
        flow.Client(Proposal);
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }

    [Test]
    public void A_segment_far_out_of_the_window_neither_waits_nor_disturbs()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        for (int i = 0; i < 100; i++)
        {
            flow.ClientAt(50_000_000 + i, [0x2A]);
        }

        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.OutOfWindow), gateway.Count(Reason.OfferRewritten), gateway.Held), Is.EqualTo((100L, 1L, 0)));
    }

    [Test]
    public void A_reset_outside_the_window_ends_nothing()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.ServerAt(1_000_000_000, [], TcpFlags.Rst);
        flow.Client(Proposal);
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }
}
