using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>A flow that was verified before this engine began is helped again once its framing is proven, and not before.</summary>
[TestFixture]
internal sealed class ResumptionTests : ResumptionFixture
{
    [Test]
    public void Three_whole_frames_of_the_client_bring_the_help_back()
    {
        Conversation flow = Restarted();
        flow.Client(Next());
        flow.Client(Next(Flap(5)));
        Assert.That((flow.Gateway.Count(Reason.Resumed), Mark(flow)), Is.EqualTo((0L, FlowStanding.Verified)));
        flow.Client(Next());
        Assert.That((flow.Gateway.Count(Reason.Resumed), Mark(flow)), Is.EqualTo((1L, FlowStanding.Verified)));
        Effect effect = flow.Gateway.Effects.Last(effect => effect.Kind == EffectKind.FlowRecognised);
        Assert.That((effect.Flow, effect.Reason), Is.EqualTo((flow.Key, Reason.Resumed)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Before_that_nothing_is_held_and_nothing_is_edited()
    {
        Conversation flow = Restarted();
        byte[][] offers = [Next(Proposal), Next(Proposal), Next(Proposal)];
        int before = flow.Received(Direction.Outbound).Length;
        foreach (byte[] offer in offers)
        {
            flow.Client(offer.AsSpan(0, 90));
            Assert.That(flow.Gateway.Held, Is.Zero);
            flow.Client(offer.AsSpan(90));
        }

        Assert.That(flow.Received(Direction.Outbound)[before..], Is.EqualTo(Join(offers)));
        Assert.That((flow.Gateway.Mappings.Count, flow.Gateway.Count(Reason.Resumed)), Is.EqualTo((0, 1L)));
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void Many_frames_in_one_packet_are_proof_and_what_follows_in_it_is_helped()
    {
        Conversation flow = Restarted();
        byte[] proof = Join(Next(), Next(), Next());
        ushort number = _client;
        flow.Client(Join(proof, Next(Proposal)));
        Assert.That(flow.Received(Direction.Outbound)[^Proposal.Length..], Is.EqualTo(Numbered(Rewritten, number)));
    }

    [Test]
    public void The_third_frame_must_be_followed_by_the_end_of_a_segment_or_by_a_frame()
    {
        Conversation flow = Restarted();
        flow.Client(Join(Next(), Next(), Next(), [0x2A]));
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.Zero, "a byte is no frame yet");
        flow.Client(Next().AsSpan(1));
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
    }

    private static IEnumerable<TestCaseData> Misfits()
    {
        byte[] frame = InstantMessage("hello");
        byte[] Frame(ushort number) => Numbered(frame, number);
        static TestCaseData Case(string name, params byte[][] segments) => new TestCaseData((object)segments).SetArgDisplayNames(name);
        yield return Case("http", "GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        yield return Case("the middle of a frame", frame[20..]);
        yield return Case("a frame that does not begin its segment", Join([0], Frame(1), Frame(2), Frame(3)));
        yield return Case("channel 0", Frame(1), [0x2A, 0, .. Frame(2)[2..]]);
        yield return Case("channel 6", Frame(1), [0x2A, 6, .. Frame(2)[2..]]);
        yield return Case("a number twice", Frame(1), Frame(1));
        yield return Case("a number left out", Frame(1), Frame(2), Frame(4));
        yield return Case("a number that goes back", Frame(9), Frame(8));
        yield return Case("a byte behind the third frame", Join(Frame(1), Frame(2), Frame(3), [0]));
        yield return Case("another number behind the third frame", Join(Frame(1), Frame(2), Frame(3), Frame(9)));
        yield return Case("a byte between frames", Frame(1), [0, .. Frame(2)]);
    }

    [TestCaseSource(nameof(Misfits))]
    public void What_does_not_fit_leaves_the_flow_alone_for_good(byte[][] segments)
    {
        Conversation flow = Restarted();
        foreach (byte[] segment in segments)
        {
            flow.Client(segment);
        }

        Gateway gateway = flow.Gateway;
        Assert.That((gateway.Count(Reason.NotResumed), gateway.Count(Reason.Resumed), Mark(flow)), Is.EqualTo((1L, 0L, FlowStanding.Done)));
        Assert.That(gateway.Effects[^1].Kind, Is.EqualTo(EffectKind.FlowDone));
        flow.Client(Join(Next(), Next(), Next()));
        Assert.That(IsHelped(flow), Is.False);
        Assert.That(gateway.Bypassed, Is.EqualTo(2));
    }

    [TestCase(0x7FFF, 0x0000)]
    [TestCase(0x7FFF, 0x8000)]
    [TestCase(0x8000, 0x0000)]
    [TestCase(0xFFFF, 0x0000)]
    [TestCase(0xFFFF, 0x0001)]
    public void Numbers_may_wrap_where_clients_wrap_them(int last, int next)
    {
        Conversation flow = Restarted();
        _client = (ushort)(last - 1);
        flow.Client(Next());
        flow.Client(Next());
        _client = (ushort)next;
        flow.Client(Next());
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
    }

    [Test]
    public void Retransmissions_prove_nothing_and_disturb_nothing()
    {
        Conversation flow = Restarted();
        byte[] first = Next();
        byte[] second = Next();
        int at = flow.ClientLength;
        flow.Client(first);
        flow.ClientAt(at, first);
        flow.ClientAt(at - InstantMessage("before").Length, InstantMessage("before"));
        flow.Client(second);
        flow.ClientAt(at, Join(first, second));
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.Zero);
        flow.Client(Next());
        Assert.That(IsHelped(flow), Is.True);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_keep_alive_is_no_first_segment(bool serverFirst)
    {
        Conversation flow = Restarted();
        if (serverFirst)
        {
            flow.Gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        }

        flow.ClientAt(flow.ClientLength - 1, [0]);
        flow.ClientAt(flow.ClientLength - 1, []);
        flow.ClientAt(flow.ClientLength - 1, [0]);
        Resume(flow);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void What_was_acknowledged_before_is_no_first_segment()
    {
        Conversation flow = Restarted();
        flow.Gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        byte[] old = InstantMessage("before");
        flow.ClientAt(flow.ClientLength - 20, old[^20..]);
        Resume(flow);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void A_hole_between_frames_begins_the_proof_anew()
    {
        Conversation flow = Restarted();
        flow.Client(Next());
        flow.Client(Next());
        flow.ReserveClient(Next().Length);
        flow.Client(Next());
        flow.Client(Next());
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.Zero);
        flow.Client(Next());
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
    }

    [Test]
    public void A_hole_inside_a_frame_does_no_harm()
    {
        Conversation flow = Restarted();
        flow.Client(Next());
        byte[] second = Next();
        int at = flow.ReserveClient(second.Length);
        flow.ClientAt(at, second[..20]);
        flow.ClientAt(at + 30, second[30..]);
        flow.Client(Next());
        Assert.That(flow.Gateway.Count(Reason.Resumed), Is.EqualTo(1));
    }

    [Test]
    public void A_segment_far_out_of_the_window_disturbs_nothing()
    {
        Conversation flow = Restarted();
        flow.Client(Next());
        flow.ClientAt(flow.ClientLength + (2 << 20), [1, 2, 3]);
        flow.Client(Next());
        flow.Client(Next());
        Assert.That((flow.Gateway.Count(Reason.OutOfWindow), flow.Gateway.Count(Reason.Resumed)), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void A_table_full_of_recognised_flows_lets_the_connection_try_again_later()
    {
        Conversation flow = Restarted(Gateway.Options() with { MaxFlows = 1 });
        Conversation other = Conversation.SignOn(flow.Gateway, port: 40_001);
        flow.Client(Next());
        Assert.That((Mark(flow), flow.Gateway.Count(Reason.FlowTableFull)), Is.EqualTo((FlowStanding.Verified, 1L)));
        other.Client([], TcpFlags.Rst);
        Resume(flow);
    }

    [Test]
    public void A_reset_or_a_syn_ack_of_an_unknown_connection_opens_nothing()
    {
        Conversation flow = Restarted();
        flow.Client([], TcpFlags.Rst);
        flow.Server([], TcpFlags.Rst);
        flow.ServerAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
        Assert.That((flow.Gateway.Engine.FlowCount, Mark(flow)), Is.EqualTo((0, FlowStanding.Verified)));
    }

    [Test]
    public void A_connection_that_ends_while_it_is_looked_at_is_forgotten()
    {
        Conversation flow = Restarted();
        flow.Client(Next());
        flow.Server([], TcpFlags.Fin | TcpFlags.Ack);
        flow.Client([], TcpFlags.Fin | TcpFlags.Ack);
        Assert.That(flow.Gateway.Count(Reason.Closed), Is.EqualTo(1));
        flow.Gateway.WaitSeconds(61);
        Assert.That(flow.Gateway.Engine.FlowCount, Is.Zero);
    }

    [Test]
    public void A_flow_forgotten_because_it_was_idle_is_helped_again()
    {
        var gateway = new Gateway { Marks = [] };
        Conversation flow = Conversation.SignOn(gateway);
        gateway.WaitSeconds(7_201);
        Assert.That(gateway.Engine.FlowCount, Is.Zero);
        Resume(flow);
        Assert.That(IsHelped(flow), Is.True);
    }

    [Test]
    public void An_engine_that_dies_again_and_again_helps_again_and_again()
    {
        Conversation flow = Restarted();
        for (int i = 0; i < 3; i++)
        {
            flow.Client(Next());
            flow.Gateway.Restart();
            Resume(flow);
            Assert.That(IsHelped(flow), Is.True);
            flow.Gateway.Mappings.Clear();
            flow.Gateway.Restart();
        }
    }

    [Test]
    public void Without_a_standing_a_flow_met_in_mid_stream_is_never_helped()
    {
        Conversation flow = Restarted();
        flow.Gateway.Marks = null;
        for (int i = 0; i < 4; i++)
        {
            flow.Client(Next());
        }

        Assert.That(IsHelped(flow), Is.False);
    }

    [Test]
    public void A_client_cut_anywhere_is_helped_again_and_before_that_no_byte_changes() =>
        Property.Holds(
            Gen.Select(Generators.Message.Array[3, 12], Gen.Int[0, int.MaxValue - 1]),
            300,
            conversation => Check(conversation.Item1, new Random(conversation.Item2)),
            conversation => $"{conversation.Item2}\n{Generators.Show(conversation.Item1)}");

    private void Check(byte[][] messages, Random random)
    {
        Conversation flow = Restarted();
        byte[][] frames = [.. messages.Select(Next)];
        byte[] stream = Join(frames);
        int proof = frames.Take(3).Sum(frame => frame.Length);
        int from = flow.ReserveClient(stream.Length);
        for (int at = 0, to; at < stream.Length; at = to)
        {
            to = Math.Min(stream.Length, at + random.Next(2, 200));
            int again = random.Next(0, at + 1);
            flow.ClientAt(from + at, stream[at..to]);
            flow.ClientAt(from + again, stream[again..to]);
        }

        flow.Gateway.WaitSeconds(2);
        byte[] left = flow.Received(Direction.Outbound)[from..];
        Assert.That(left, Has.Length.EqualTo(stream.Length));
        Assert.That(left[..proof], Is.EqualTo(stream[..proof]));
        Assert.That((flow.Gateway.Count(Reason.Resumed), flow.Gateway.Count(Reason.NotResumed)), Is.EqualTo((1L, 0L)));
    }
}
