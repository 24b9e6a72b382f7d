using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>What waits, for how long, and what becomes of it.</summary>
[TestFixture]
internal sealed class HoldTests
{
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);
    private static readonly byte[] Rewritten = Offer(Addresses.Gateway, 5190);

    /// <summary>The first byte of the first address: behind it a cut makes the segment wait.</summary>
    private static readonly int FirstAddressByte = Proposal.AsSpan().IndexOf(U32(Addresses.Alice.Value));

    [Test]
    public void A_segment_waits_exactly_when_it_carries_a_byte_that_may_still_change()
    {
        for (int cut = 1; cut < Proposal.Length; cut++)
        {
            var gateway = new Gateway();
            Conversation.SignOn(gateway).Client(Proposal.AsSpan(0, cut));
            Assert.That(gateway.Held, Is.EqualTo(cut > FirstAddressByte ? 1 : 0), $"cut at {cut}, first address byte at {FirstAddressByte}");
        }
    }

    [Test]
    public void After_one_second_the_bytes_leave_unchanged_and_the_whole_offer_gets_a_mapping_of_the_same_port()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        long sent = gateway.Now;
        flow.Client(Proposal.AsSpan(0, 90));
        gateway.Wait(EngineOptions.Second - 1);
        Assert.That(gateway.Held, Is.EqualTo(1));
        gateway.Wait(EngineOptions.Second);
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Departures[^1].Time, Is.EqualTo(sent + EngineOptions.Second), "it leaves at its own deadline, not when somebody looks");
        Assert.That(gateway.Mappings, Is.Empty);
        flow.Client(Proposal.AsSpan(90));
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("203.0.113.7:5190 -> 192.168.7.10:5190"));
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Proposal));
        Assert.That(gateway.Count(Reason.HoldExpired), Is.EqualTo(1));
    }

    [Test]
    public void A_late_offer_whose_port_is_taken_gets_no_mapping()
    {
        var gateway = new Gateway(Gateway.RemappingOptions());
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal.AsSpan(0, 90));
        gateway.WaitSeconds(2);
        flow.Client(Proposal.AsSpan(90));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Count(Reason.PortTaken), Is.EqualTo(1));
    }

    [Test]
    public void A_duplicate_of_a_held_segment_waits_with_it_and_both_get_the_edit()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(Proposal.Length);
        flow.ClientAt(start, Proposal[..85]);
        flow.ClientAt(start, Proposal[..85]);
        Assert.That(gateway.Held, Is.EqualTo(2));
        flow.ClientAt(start + 85, Proposal[85..]);
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Departures.TakeLast(3).Select(packet => packet.Bytes.Length), Is.EqualTo(new[] { 125, 125, 40 + Proposal.Length - 85 }));
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(Rewritten));
    }

    [Test]
    public void Packets_leave_in_the_order_in_which_they_came()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(Proposal.Length + 20);
        long[] sent =
        [
            flow.ClientAt(start, Proposal[..80]),
            flow.ClientAt(start + 80, Proposal[80..90]),
            flow.ClientAt(start + 90, [.. Proposal[90..], .. InstantMessage("x")[..20]]),
        ];
        Assert.That(gateway.Departures.TakeLast(3).Select(packet => packet.Id), Is.EqualTo(sent));
    }

    [Test]
    public void A_pure_acknowledgement_never_waits()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal.AsSpan(0, 85));
        long ack = flow.ClientAt(flow.ClientLength, [], TcpFlags.Ack);
        Assert.That(gateway.Departures[^1].Id, Is.EqualTo(ack));
        Assert.That(gateway.Held, Is.EqualTo(1));
    }

    [Test]
    public void What_a_server_sends_does_not_wait_unless_it_is_a_neighbours_offer()
    {
        byte[] relayed = Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Gateway), Address(0x0003, Addresses.Gateway), Port(5190));
        var gateway = new Gateway();
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        dave.Server(relayed.AsSpan(0, relayed.Length - 3));
        Assert.That(gateway.Held, Is.Zero, "no offer of ours has this cookie");

        gateway = new Gateway();
        Conversation.SignOn(gateway).Client(Proposal);
        dave = Conversation.SignOn(gateway, Addresses.Dave);
        dave.Server(relayed.AsSpan(0, relayed.Length - 3));
        Assert.That(gateway.Held, Is.EqualTo(1));
        dave.Server(relayed.AsSpan(relayed.Length - 3));
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Count(Reason.OfferTranslatedBack), Is.EqualTo(1));
    }

    [Test]
    public void The_seventeenth_packet_of_a_flow_finds_no_place_and_all_leave_unchanged()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(Proposal.Length);
        flow.ClientAt(start, Proposal[..90]);
        for (int i = 0; i < 15; i++)
        {
            flow.ClientAt(start, Proposal[..90]);
        }

        Assert.That(gateway.Held, Is.EqualTo(16));
        flow.ClientAt(start, Proposal[..90]);
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(gateway.Count(Reason.HoldLimit), Is.EqualTo(17));
        flow.ClientAt(start + 90, Proposal[90..]);
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(Proposal));
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
    }

    [TestCase(Direction.Inbound)]
    [TestCase(Direction.Outbound)]
    public void A_hundred_small_segments_behind_a_lost_one_end_no_reading(Direction direction)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        bool inbound = direction == Direction.Inbound;
        byte[] before = [.. Enumerable.Range(0, 20).SelectMany(_ => InstantMessage("twenty frames in five pieces each"))];
        byte[] then = inbound ? Relayed(1, DirectIm, 1, "bob") : Proposal;
        byte[] stream = [.. before, .. then];
        if (inbound)
        {
            flow.Client(Proposal);
        }

        int start = inbound ? flow.ReserveServer(stream.Length) : flow.ReserveClient(stream.Length);
        void Send(int from, int to) => _ = inbound ? flow.ServerAt(start + from, stream[from..to]) : flow.ClientAt(start + from, stream[from..to]);
        for (int at = 10; at < before.Length; at += 15)
        {
            Send(at, Math.Min(at + 15, before.Length));
        }

        Send(0, 10);
        Send(before.Length, stream.Length);
        Assert.That(gateway.Count(Reason.BytesMissed), Is.Zero);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(inbound ? Reason.Cancelled : Reason.OfferRewritten));
        byte[] expected = inbound ? stream : [.. before, .. Rewritten];
        Assert.That(flow.Received(direction)[start..], Is.EqualTo(expected));
        Assert.That(gateway.Held, Is.Zero);
    }

    [Test]
    public void Copies_that_share_a_place_are_read_in_the_order_in_which_they_came()
    {
        // A later copy of other bytes, as an attacker sends it, is not what the first one said.
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal);
        byte[] cancel = Relayed(1, DirectIm, 1, "bob");
        byte[] forged = Relayed(1, DirectIm, 2, "bob");
        int start = flow.ReserveServer(cancel.Length);
        flow.ServerAt(start + 10, cancel[10..20]);
        flow.ServerAt(start + 15, forged[15..]);
        flow.ServerAt(start + 20, cancel[20..]);
        flow.ServerAt(start, cancel[..10]);
        Assert.That(gateway.Count(Reason.NoSuchOffer) + gateway.Count(Reason.Malformed), Is.EqualTo(1), "the forged rest came first");
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Packets_that_wait_are_capped_over_all_flows_in_number_and_in_bytes()
    {
        var gateway = new Gateway(Gateway.Options() with { MaxHeld = 3 });
        for (ushort port = 40_000; port < 40_005; port++)
        {
            Conversation.SignOn(gateway, port: port).Client(Proposal.AsSpan(0, 90));
        }

        Assert.That((gateway.Held, gateway.Count(Reason.HoldLimit)), Is.EqualTo((3, 2L)));

        gateway = new Gateway(Gateway.Options() with { MaxHeldBytes = 65_536 });
        byte[] large = [.. InstantMessage(new string('x', 30_000)), .. Proposal.AsSpan(0, 90)];
        for (ushort port = 40_000; port < 40_004; port++)
        {
            Conversation.SignOn(gateway, port: port).Client(large);
        }

        Assert.That((gateway.Held, gateway.Count(Reason.HoldLimit)), Is.EqualTo((2, 2L)));
    }

    [Test]
    public void One_host_with_many_connections_takes_no_place_from_another()
    {
        var gateway = new Gateway();
        byte[] large = [.. InstantMessage(new string('x', 30_000)), .. Proposal.AsSpan(0, 90)];
        for (ushort port = 40_000; port < 40_100; port++)
        {
            Conversation.SignOn(gateway, Addresses.Dave, port).Client(port % 2 == 0 ? large : Proposal.AsSpan(0, 90));
        }

        Assert.That((gateway.Held, gateway.Count(Reason.HoldLimit) > 0), Is.EqualTo((gateway.Engine.KeptCount, true)));
        Assert.That(gateway.Held, Is.LessThanOrEqualTo(64));
        Conversation alice = Conversation.SignOn(gateway);
        alice.Client(Proposal.AsSpan(0, 90));
        alice.Client(Proposal.AsSpan(90));
        Assert.That(gateway.Count(Reason.OfferRewritten), Is.EqualTo(1));
    }

    [Test]
    public void A_packet_that_waits_for_a_hole_leaves_after_one_second_and_framing_goes_on_when_the_hole_is_filled()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] stream = [.. InstantMessage("one"), .. InstantMessage("two"), .. Proposal];
        int start = flow.ReserveClient(stream.Length);
        flow.ClientAt(start + 20, stream[20..70]);
        Assert.That(gateway.Held, Is.EqualTo(1));
        gateway.WaitSeconds(1);
        Assert.That(gateway.Held, Is.Zero);
        flow.ClientAt(start, stream[..20]);
        flow.ClientAt(start + 70, stream[70..]);
        byte[] expected = [.. stream.AsSpan(0, stream.Length - Proposal.Length), .. Rewritten];
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(expected));
    }

    [Test]
    public void At_the_end_everything_held_is_released_unchanged()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        int start = flow.ReserveClient(85);
        flow.ClientAt(start, Proposal[..85]);
        gateway.ReleaseAll();
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(flow.Received(Direction.Outbound)[start..], Is.EqualTo(Proposal[..85]));
        Assert.That(gateway.Count(Reason.Flushed), Is.EqualTo(1));
    }

    [Test]
    public void A_clock_at_the_end_of_time_or_running_backwards_does_no_harm()
    {
        foreach (long time in (long[])[long.MaxValue, long.MinValue, 0])
        {
            var gateway = new Gateway { Now = time };
            Conversation flow = Conversation.SignOn(gateway);
            flow.Client(Proposal.AsSpan(0, 85));
            gateway.Now = time == 0 ? -5 : time;
            flow.Client(Proposal.AsSpan(85));
            Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Rewritten));
        }
    }

    [Test]
    public void A_fin_behind_half_an_offer_lets_it_go()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal.AsSpan(0, 85));
        flow.Client([], TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(gateway.Held, Is.Zero);
        flow = Conversation.SignOn(gateway, port: 40_001);
        flow.Client(Proposal.AsSpan(0, 85), TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(gateway.Held, Is.Zero);
    }

    [Test]
    public void A_reset_lets_everything_go()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Proposal.AsSpan(0, 85));
        flow.Client([], TcpFlags.Rst);
        Assert.That(gateway.Held, Is.Zero);
    }
}
