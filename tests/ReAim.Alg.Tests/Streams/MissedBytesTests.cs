using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>
/// Bytes that went by unseen, as while a firewall is reloaded: the side is read again once three whole frames follow each other, in
/// either direction, and until then nothing is held or edited.
/// </summary>
[TestFixture]
internal sealed class MissedBytesTests : ResumptionFixture
{
    private static Conversation SignedOn(EngineOptions? options = null)
    {
        Conversation flow = Conversation.SignOn(new Gateway(options) { Marks = [] });
        flow.Client(Numbered(InstantMessage("before"), 99));
        flow.Server(Numbered(Snac(1, 0x0F, 1, new byte[30]), 199));
        return flow;
    }

    /// <summary>The far end of a direction has all that its sender said.</summary>
    private static void Acknowledge(Conversation flow, Direction sender)
    {
        bool isClient = sender == Direction.Outbound;
        Direction answer = isClient ? Direction.Inbound : Direction.Outbound;
        (int at, int acknowledged) = isClient ? (flow.ServerLength, flow.ClientLength) : (flow.ClientLength, flow.ServerLength);
        flow.Gateway.Send(answer, flow.Packet(answer, at, [], TcpFlags.Ack, acknowledged));
    }

    /// <summary>Says a frame that passes where there are no rules.</summary>
    private void Miss(Conversation flow, byte[]? frame = null) => flow.ReserveClient(Next(frame).Length);

    private static long Asked(Gateway gateway) => gateway.Effects.Count(effect => effect.Kind == EffectKind.SignOnNeeded);

    [TestCase(true)]
    [TestCase(false)]
    public void A_client_that_said_a_word_in_the_gap_is_helped_after_three_more(bool isNoted)
    {
        Conversation flow = SignedOn();
        Miss(flow);
        if (isNoted)
        {
            flow.Gateway.NoteUnseen();
        }
        else
        {
            Acknowledge(flow, Direction.Outbound);
        }

        Resume(flow);
        Assert.That((flow.Gateway.Held, Mark(flow), Asked(flow.Gateway)), Is.EqualTo((0, FlowStanding.Verified, 0L)));
        Effect again = flow.Gateway.Effects.Last(effect => effect.Kind == EffectKind.FlowRecognised);
        Assert.That((again.Flow, again.Reason, again.HasOffers), Is.EqualTo((flow.Key, Reason.Resumed, true)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void What_comes_behind_the_gap_does_not_wait_for_bytes_that_will_not_come()
    {
        Conversation flow = SignedOn();
        Miss(flow);
        flow.Gateway.NoteUnseen();
        flow.Client(Next());
        Assert.That((flow.Gateway.Held, flow.Gateway.Count(Reason.BytesMissed)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void What_waits_already_when_the_gap_is_noticed_goes_on_and_counts()
    {
        Conversation flow = SignedOn();
        Miss(flow);
        flow.Client(Next());
        flow.Client(Next());
        Assert.That(flow.Gateway.Held, Is.EqualTo(2));
        flow.Gateway.NoteUnseen();
        Assert.That(flow.Gateway.Held, Is.Zero);
        flow.Client(Next());
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void An_offer_that_waits_behind_three_frames_when_the_gap_is_noticed_is_helped_itself()
    {
        Conversation flow = SignedOn();
        Miss(flow);
        flow.Client(Next());
        flow.Client(Next());
        flow.Client(Next());
        ushort number = _client;
        flow.Client(Next(Proposal));
        flow.Gateway.NoteUnseen();
        Assert.That(flow.Gateway.Departures[^1].Bytes[^Proposal.Length..], Is.EqualTo(Numbered(Rewritten, number)));
    }

    [Test]
    public void Without_a_word_in_the_gap_nothing_changes()
    {
        Conversation flow = SignedOn();
        flow.Gateway.NoteUnseen();
        flow.ClientAt(flow.ClientLength - 1, [0]);
        Assert.That(IsHelped(flow), Is.True);
        Assert.That(flow.Gateway.Count(Reason.BytesMissed), Is.Zero);
    }

    [Test]
    public void Offers_before_the_three_frames_leave_as_they_came()
    {
        Conversation flow = SignedOn();
        Miss(flow);
        flow.Gateway.NoteUnseen();
        byte[][] offers = [Next(Proposal), Next(Proposal), Next(Proposal)];
        foreach (byte[] offer in offers)
        {
            flow.Client(offer.AsSpan(0, 90));
            Assert.That(flow.Gateway.Held, Is.Zero);
            flow.Client(offer.AsSpan(90));
        }

        Assert.That(flow.Gateway.Departures.TakeLast(6).SelectMany(departure => departure.Bytes[40..]), Is.EqualTo(Join(offers)));
        Assert.That(flow.Gateway.Mappings, Is.Empty);
        Assert.That(IsHelped(flow), Is.True);
    }

    [TestCase(1)]
    [TestCase(5)]
    [TestCase(6)]
    [TestCase(40)]
    public void A_frame_of_which_only_the_end_was_seen_is_passed_over(int cut)
    {
        Conversation flow = SignedOn();
        byte[] frame = Next();
        flow.ReserveClient(cut);
        flow.Gateway.NoteUnseen();
        flow.Client(frame.AsSpan(cut));
        Resume(flow);
        Assert.That((IsHelped(flow), flow.Gateway.Count(Reason.NotResumed)), Is.EqualTo((true, 0L)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_offer_that_was_half_seen_passes_and_the_next_is_helped_because_its_end_is_known(bool isNoted)
    {
        Conversation flow = SignedOn();
        byte[] offer = Next(Proposal);
        flow.Client(offer.AsSpan(0, 90));
        Assert.That(flow.Gateway.Held, Is.EqualTo(1));
        flow.ReserveClient(offer.Length - 90);
        if (isNoted)
        {
            flow.Gateway.NoteUnseen();
        }

        Acknowledge(flow, Direction.Outbound);
        Assert.That((flow.Gateway.Held, flow.Gateway.Mappings.Count), Is.EqualTo((0, 0)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void An_offer_that_waits_for_its_mapping_goes_unchanged_when_the_receiver_has_it_already()
    {
        Conversation flow = SignedOn();
        flow.Gateway.Installs = null;
        flow.Client(Next(Proposal));
        Miss(flow);
        Acknowledge(flow, Direction.Outbound);
        Assert.That(flow.Gateway.Held, Is.Zero);
        Assert.That(flow.Gateway.Departures[^2].Bytes[^Proposal.Length..], Is.EqualTo(Numbered(Proposal, 100)));
        flow.Gateway.Answer(new Mapping(new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)), installed: true);
        flow.Gateway.Installs = true;
        Resume(flow);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void What_was_edited_before_is_edited_when_it_comes_again()
    {
        Conversation flow = SignedOn();
        int at = flow.ClientLength;
        byte[] offer = Next(Proposal);
        flow.Client(offer);
        Miss(flow);
        flow.Gateway.NoteUnseen();
        flow.Client(Next());
        flow.ClientAt(at, offer);
        Assert.That(flow.Gateway.Departures[^1].Bytes[^Proposal.Length..], Is.EqualTo(Numbered(Rewritten, 100)));
        Acknowledge(flow, Direction.Outbound);
        flow.ClientAt(at, offer);
        Assert.That(flow.Gateway.Departures[^1].Bytes[^Proposal.Length..], Is.EqualTo(Numbered(Rewritten, 100)), "acknowledged too");
    }

    [Test]
    public void What_the_server_said_in_the_gap_costs_nothing_after_three_frames_of_it()
    {
        Conversation flow = SignedOn();
        flow.ReserveServer(NextOfServer().Length);
        Acknowledge(flow, Direction.Inbound);
        flow.Client(Next(Proposal));
        Assert.That(flow.Gateway.Mappings, Has.Count.EqualTo(1), "the client's side is read on");
        for (int i = 0; i < 3; i++)
        {
            SendInPieces(flow, NextOfServer());
            Assert.That(flow.Gateway.Count(Reason.BytesMissed), Is.EqualTo(1));
        }

        SendInPieces(flow, NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That((flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.Cancelled)), Is.EqualTo((0, 1L)));
    }

    [TestCase(1)]
    [TestCase(1_000)]
    [TestCase(1 << 21)]
    [TestCase(int.MaxValue - 1_000)]
    public void An_acknowledgement_of_bytes_that_were_never_sent_changes_nothing(int ahead)
    {
        Conversation flow = SignedOn();
        Gateway gateway = flow.Gateway;
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength + (long)ahead));
        gateway.Send(Direction.Outbound, flow.Packet(Direction.Outbound, flow.ClientLength, [], TcpFlags.Ack, flow.ServerLength + (long)ahead));
        Assert.That(IsHelped(flow), Is.True);
        flow.Client(Next());
        flow.Server(NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That((gateway.Count(Reason.BytesMissed), gateway.Count(Reason.Cancelled), Asked(gateway)), Is.EqualTo((0L, 1L, 0L)));
    }

    [Test]
    public void A_stranger_who_does_not_know_the_numbers_acknowledges_nothing()
    {
        Conversation flow = SignedOn();
        byte[] early = Next(), late = Next(Proposal);
        int at = flow.ReserveClient(early.Length);
        flow.Client(late);
        flow.Gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength + (1 << 24), [], TcpFlags.Ack, flow.ClientLength));
        Assert.That(flow.Gateway.Held, Is.EqualTo(1), "what waits for the bytes before it");
        flow.ClientAt(at, early);
        Assert.That((flow.Gateway.Held, flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.BytesMissed)), Is.EqualTo((0, 1, 0L)));
    }

    [Test]
    public void What_waits_is_edited_though_a_recordings_receiver_has_it_already()
    {
        Conversation flow = SignedOn();
        byte[] offer = Next(Proposal);
        int at = flow.ReserveClient(offer.Length);
        flow.ClientAt(at, offer[..90]);
        flow.Gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, at + 90));
        Assert.That(flow.Gateway.Held, Is.EqualTo(1));
        flow.ClientAt(at + 90, offer[90..]);
        Assert.That(flow.Gateway.Departures.TakeLast(2).SelectMany(departure => departure.Bytes[40..]), Is.EqualTo(Numbered(Rewritten, 100)));
    }

    [Test]
    public void Both_sides_are_found_again()
    {
        Conversation flow = SignedOn();
        Miss(flow);
        flow.ReserveServer(NextOfServer().Length);
        flow.Gateway.NoteUnseen();
        for (int i = 0; i < 3; i++)
        {
            SendInPieces(flow, NextOfServer());
            flow.Client(Next());
        }

        flow.Client(Next(Proposal));
        Assert.That(flow.Gateway.Mappings, Has.Count.EqualTo(1));
        flow.Server(NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1));
    }

    [TestCase(99, Description = "the last one that was read")]
    [TestCase(60, Description = "one before it")]
    public void Frames_with_numbers_of_the_past_prove_nothing(int number)
    {
        Conversation flow = SignedOn();
        flow.ReserveClient(40);
        flow.Gateway.NoteUnseen();
        byte[] Frame(int ahead) => Numbered(InstantMessage("x"), (ushort)(number + ahead));
        flow.Client(Join(Frame(0), Frame(1), Frame(2), Frame(3)));
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.Zero);
    }

    [Test]
    public void Frames_inside_a_text_that_have_numbers_for_which_there_was_no_room_prove_nothing()
    {
        // Bob writes them so that a segment begins with the first.
        Conversation flow = SignedOn();
        byte[] Frame(int number, byte[]? frame = null) => Numbered(frame ?? Snac(1, 0x0F, 1, new byte[30]), (ushort)number);
        flow.Client(Next(Proposal));
        flow.ReserveServer(100);
        flow.Gateway.NoteUnseen();
        flow.Server(Join(Frame(300), Frame(301), Frame(302), Frame(303, Relayed(1, DirectIm, 1, "bob"))));
        Assert.That((flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.Cancelled)), Is.EqualTo((1, 0L)));
        for (_server = 203; _server < 206;)
        {
            SendInPieces(flow, NextOfServer());
        }

        SendInPieces(flow, NextOfServer(Relayed(1, DirectIm, 1, "bob")));
        Assert.That(flow.Gateway.Count(Reason.Cancelled), Is.EqualTo(1));
    }

    [TestCase(0x7FFF, 0)]
    [TestCase(0x7FFF, 1)]
    [TestCase(0x8000, 0)]
    [TestCase(0x8000, 1)]
    [TestCase(0xFFFF, 0)]
    public void Numbers_that_wrapped_in_the_gap_are_found_again(int last, int first)
    {
        Conversation flow = Conversation.SignOn(new Gateway { Marks = [] });
        flow.Client(Numbered(InstantMessage("before"), (ushort)(last - 1)));
        flow.ReserveClient(Numbered(InstantMessage("unseen"), (ushort)last).Length);
        flow.Gateway.NoteUnseen();
        _client = (ushort)first;
        Resume(flow);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Bytes_that_fill_the_hole_after_all_disturb_nothing()
    {
        Conversation flow = SignedOn();
        byte[] late = Next();
        int at = flow.ReserveClient(late.Length);
        flow.Gateway.NoteUnseen();
        flow.Client(Next());
        flow.ClientAt(at, late);
        flow.Client(Next());
        flow.Client(Next());
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void More_than_a_window_went_by_and_both_ends_say_so()
    {
        Conversation flow = SignedOn();
        flow.ReserveClient(3 << 20);
        Acknowledge(flow, Direction.Outbound);
        Resume(flow);
        Assert.That((IsHelped(flow), flow.Gateway.Count(Reason.OutOfWindow)), Is.EqualTo((true, 0L)));
    }

    [Test]
    public void A_second_gap_is_as_good_as_the_first()
    {
        Conversation flow = SignedOn();
        for (int i = 0; i < 3; i++)
        {
            Miss(flow);
            flow.Gateway.NoteUnseen();
            flow.Client(Next());
            Miss(flow);
            flow.Gateway.NoteUnseen();
            flow.Client(Next());
            flow.Client(Next());
            flow.Client(Next());
            Assert.That(IsHelped(flow), Is.True);
            flow.Client(Next(Cancel()));
        }
    }

    [Test]
    public void What_went_on_behind_a_hole_counts_once_the_receiver_has_what_was_missed()
    {
        Conversation flow = SignedOn(Gateway.Options() with { MaxHeldPerFlow = 2 });
        Miss(flow);
        flow.Client(Next());
        flow.Client(Next());
        flow.Client(Next());
        flow.Client(Next());
        Assert.That((flow.Gateway.Held, flow.Gateway.Count(Reason.BytesMissed)), Is.EqualTo((0, 0L)));
        Acknowledge(flow, Direction.Outbound);
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Who_had_not_signed_on_yet_must_do_so_again_and_that_is_said_once()
    {
        Conversation flow = Conversation.Open(new Gateway { Marks = [] });
        flow.Client(Conversation.ClientHello);
        flow.ReserveServer(10);
        Acknowledge(flow, Direction.Inbound);
        flow.Client(Next());
        flow.Server(NextOfServer());
        Effect asked = flow.Gateway.Effects.Single(effect => effect.Kind == EffectKind.SignOnNeeded);
        Assert.That((asked.Flow, asked.Reason, asked.Protocol?.Name), Is.EqualTo((flow.Key, Reason.BytesMissed, "oscar")));
        Assert.That((Mark(flow), IsHelped(flow)), Is.EqualTo((FlowStanding.Done, false)));
    }

    [Test]
    public void A_restart_that_finds_other_bytes_than_frames_says_who_must_sign_on_again()
    {
        Conversation flow = Restarted();
        flow.Client(Next().AsSpan(20));
        Effect asked = flow.Gateway.Effects.Single(effect => effect.Kind == EffectKind.SignOnNeeded);
        Assert.That((asked.Flow, asked.Reason), Is.EqualTo((flow.Key, Reason.NotResumed)));
    }
}
