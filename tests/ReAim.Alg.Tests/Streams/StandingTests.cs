using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>What is remembered of a connection outside the engine, so that packets of no interest need not come in.</summary>
[TestFixture]
internal sealed class StandingTests
{
    private static readonly byte[] Garbage = [1, 2, 3];

    private static Gateway Marking(EngineOptions? options = null) => new(options) { Marks = [] };

    private static void Acknowledge(Conversation flow) =>
        flow.Gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));

    private static int Done(Gateway gateway) => gateway.Effects.Count(effect => effect.Kind == EffectKind.FlowDone);

    [Test]
    public void A_flow_is_watched_from_its_syn_and_verified_when_both_hellos_were_seen()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.Open(gateway);
        Assert.That(gateway.Marks![flow.Key], Is.EqualTo(FlowStanding.Watched));
        flow.Server(Conversation.ServerHello);
        Assert.That(gateway.Marks[flow.Key], Is.EqualTo(FlowStanding.Watched));
        flow.Client(Conversation.ClientHello);
        Assert.That(gateway.Marks[flow.Key], Is.EqualTo(FlowStanding.Verified));
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Marks[flow.Key], Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void A_connection_that_is_no_oscar_sends_one_data_packet_through_the_engine()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.Open(gateway);
        flow.Client("GET / HTTP/1.1\r\n\r\n"u8);
        Assert.That(gateway.Marks![flow.Key], Is.EqualTo(FlowStanding.Done));
        flow.Server(new byte[1_000]);
        flow.Client("GET / HTTP/1.1\r\n\r\n"u8);
        Assert.That((gateway.Bypassed, Done(gateway)), Is.EqualTo((2, 1)));
    }

    [Test]
    public void A_watched_connection_older_than_the_engine_sends_one_packet_through_it()
    {
        foreach (Direction direction in (Direction[])[Direction.Outbound, Direction.Inbound])
        {
            Gateway gateway = Marking();
            var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
            gateway.Marks![flow.Key] = FlowStanding.Watched;
            gateway.Send(direction, flow.Packet(direction, 0, Conversation.ClientHello, TcpFlags.Ack));
            Assert.That((gateway.Marks[flow.Key], gateway.Count(Reason.MidStream)), Is.EqualTo((FlowStanding.Done, 1L)));
            gateway.Send(direction, flow.Packet(direction, 10, Conversation.ClientHello, TcpFlags.Ack));
            Assert.That((gateway.Bypassed, gateway.Count(Reason.MidStream)), Is.EqualTo((1, 1L)));
        }
    }

    [Test]
    public void A_connection_that_finds_no_place_sends_one_packet_through_the_engine()
    {
        Gateway gateway = Marking(Gateway.Options() with { MaxFlows = 1 });
        Conversation.SignOn(gateway);
        Conversation second = Conversation.SignOn(gateway, port: 40_001);
        Assert.That((gateway.Marks![second.Key], gateway.Bypassed), Is.EqualTo((FlowStanding.Done, 4)));
    }

    [Test]
    public void A_packet_that_tells_nothing_changes_nothing()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] broken = flow.Packet(Direction.Outbound, flow.ClientLength, Garbage, TcpFlags.Ack);
        broken[^1] ^= 1;
        gateway.Send(Direction.Outbound, broken);
        Assert.That((gateway.Marks![flow.Key], gateway.Count(Reason.WrongTcpChecksum)), Is.EqualTo((FlowStanding.Verified, 1L)));
    }

    [Test]
    public void A_flow_with_edits_is_done_only_when_they_are_acknowledged()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.SignOn(gateway);
        int at = flow.ClientLength;
        flow.Client(Offer(Addresses.Alice, 5190));
        flow.Client(Garbage);
        Assert.That(gateway.Count(Reason.FramingLost), Is.EqualTo(1));
        Assert.That((gateway.Marks![flow.Key], Done(gateway)), Is.EqualTo((FlowStanding.Verified, 0)));
        flow.ClientAt(at, Offer(Addresses.Alice, 5190));
        Assert.That(flow.Received(Direction.Outbound)[at..], Is.EqualTo(Join(Offer(Addresses.Gateway, 5190), Garbage)), "the retransmission too");
        Acknowledge(flow);
        Assert.That((gateway.Marks[flow.Key], Done(gateway)), Is.EqualTo((FlowStanding.Done, 1)));
        Acknowledge(flow);
        Assert.That((gateway.Bypassed, Done(gateway)), Is.EqualTo((1, 1)));
    }

    [Test]
    public void A_flow_whose_edits_were_acknowledged_before_is_done_at_once()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        Acknowledge(flow);
        flow.Client(Garbage);
        Assert.That((gateway.Marks![flow.Key], Done(gateway)), Is.EqualTo((FlowStanding.Done, 1)));
    }

    [Test]
    public void A_flow_is_not_done_while_packets_of_it_wait_for_the_translator()
    {
        Gateway gateway = Marking();
        gateway.Installs = null;
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Join(Offer(Addresses.Gateway, 5190), Garbage));
        Assert.That((gateway.Held, gateway.Marks![flow.Key], Done(gateway)), Is.EqualTo((1, FlowStanding.Verified, 0)));
        gateway.Answer(new Mapping(new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)), installed: true);
        Assert.That((gateway.Held, Done(gateway)), Is.EqualTo((0, 1)));
        flow.Client(Garbage);
        Assert.That(gateway.Marks[flow.Key], Is.EqualTo(FlowStanding.Done));
    }

    [Test]
    public void A_released_packet_carries_the_standing_its_flow_has_by_then()
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] offer = Offer(Addresses.Alice, 5190);
        gateway.Marks![flow.Key] = FlowStanding.Watched;
        flow.Client(offer.AsSpan(0, 90));
        Assert.That((gateway.Held, gateway.Marks[flow.Key]), Is.EqualTo((1, FlowStanding.Watched)), "no verdict yet, no mark yet");
        flow.Client(offer.AsSpan(90));
        Effect release = gateway.Effects.Last(effect => effect.Kind == EffectKind.Release);
        Assert.That(release.Standing, Is.EqualTo(FlowStanding.Verified));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_connection_that_ended_keeps_what_it_had(bool byReset)
    {
        Gateway gateway = Marking();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client([], byReset ? TcpFlags.Rst : TcpFlags.Fin | TcpFlags.Ack);
        flow.Server([], TcpFlags.Fin | TcpFlags.Ack);
        flow.ClientAt(flow.ClientLength + 1, [], TcpFlags.Ack);
        Assert.That(gateway.Count(Reason.Closed), Is.EqualTo(1));
        Assert.That((gateway.Marks![flow.Key], Done(gateway)), Is.EqualTo((FlowStanding.Verified, 0)));
    }

    [Test]
    public void A_port_used_again_is_watched_again()
    {
        Gateway gateway = Marking();
        Conversation old = Conversation.SignOn(gateway);
        Conversation.Open(gateway, clientStart: 0x5000_0000);
        Assert.That(gateway.Marks![old.Key], Is.EqualTo(FlowStanding.Watched));
    }

    [Test]
    public void A_connection_whose_syn_ack_never_came_by_is_done_when_the_client_goes_on()
    {
        Gateway gateway = Marking();
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
        flow.ClientAt(-1, [], TcpFlags.Syn);
        flow.ClientAt(0, [], TcpFlags.Ack);
        Assert.That((gateway.Marks![flow.Key], gateway.Count(Reason.BytesMissed), Done(gateway)), Is.EqualTo((FlowStanding.Done, 1L, 1)));
    }

    [Test]
    public void A_flow_that_is_done_is_forgotten_after_a_minute_and_not_for_being_idle()
    {
        Gateway gateway = Marking();
        Conversation.Open(gateway).Client(Garbage);
        gateway.WaitSeconds(59);
        Assert.That(gateway.Engine.FlowCount, Is.EqualTo(1));
        gateway.WaitSeconds(2);
        Assert.That((gateway.Engine.FlowCount, gateway.Count(Reason.Idle)), Is.EqualTo((0, 0L)));

        var forgetful = new Gateway();
        Conversation.Open(forgetful).Client(Garbage);
        forgetful.WaitSeconds(7_000);
        Assert.That(forgetful.Engine.FlowCount, Is.EqualTo(1), "where nothing is remembered, its next packet would be one of mid-stream");
    }

    [Test]
    public void Where_nothing_is_remembered_all_packets_are_looked_at()
    {
        var gateway = new Gateway();
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));
        flow.Client(Conversation.ClientHello);
        flow.Client(Garbage);
        Assert.That((gateway.Count(Reason.MidStream), gateway.Engine.Standing), Is.EqualTo((2L, FlowStanding.None)));
    }
}
