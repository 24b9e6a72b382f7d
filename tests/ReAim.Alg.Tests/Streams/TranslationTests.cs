using System.Buffers.Binary;
using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Connections whose lengths were changed: numbers follow in both directions, to the end, and without the engine nothing passes.</summary>
[TestFixture]
internal sealed class TranslationTests
{
    private static readonly Ipv4Address s_short = Addresses.Parse("1.2.3.4");

    /// <summary>Why an offer may have to go as it is.</summary>
    internal static readonly Reason[] Excuses = [Reason.HoldExpired, Reason.HoldLimit, Reason.OfferLate, Reason.BytesMissed];

    /// <summary>Two bytes less than Alice's address as a number.</summary>
    private const int Shift = -2;

    private static (Gateway Gateway, Conversation Flow, int Sent) Offered()
    {
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(s_short));
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        return (gateway, flow, flow.ClientLength);
    }

    private static (uint Sequence, uint Acknowledgement, TcpFlags Flags, byte[] Payload) Last(Gateway gateway)
    {
        byte[] bytes = gateway.Departures[^1].Bytes;
        Assert.That(Ipv4Packet.TryParse(bytes, out Ipv4Packet ip, out _) && TcpSegment.TryParse(ip.Payload, out _, out _));
        PacketJudge.AssertSound(bytes);
        _ = TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _);
        return (tcp.Sequence, tcp.Acknowledgement, tcp.Flags, tcp.Payload.ToArray());
    }

    [Test]
    public void Every_later_segment_has_the_number_that_the_receiver_expects_and_every_answer_the_senders()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        flow.Say("PRIVMSG bob :hello\r\n");
        Assert.That(Last(gateway).Sequence, Is.EqualTo(0x1000_0001 + (uint)(sent + Shift)));
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: flow.ClientLength + Shift));
        Assert.That(Last(gateway).Acknowledgement, Is.EqualTo(0x1000_0001 + (uint)flow.ClientLength));
        flow.Client([], TcpFlags.Ack | TcpFlags.Fin);
        Assert.That(Last(gateway).Sequence, Is.EqualTo(0x1000_0001 + (uint)(flow.ClientLength + Shift)));
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack | TcpFlags.Fin, acknowledged: flow.ClientLength + Shift + 1));
        Assert.That(Last(gateway).Acknowledgement, Is.EqualTo(0x1000_0001 + (uint)flow.ClientLength + 1), "the FIN too");
    }

    [Test]
    public void A_reset_has_the_number_that_the_receiver_expects()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        flow.ClientAt(sent, [], TcpFlags.Rst);
        Assert.That(Last(gateway).Sequence, Is.EqualTo(0x1000_0001 + (uint)(sent + Shift)));
    }

    [Test]
    public void A_probe_whether_the_receiver_is_alive_still_asks_for_an_answer()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: sent + Shift));
        flow.ClientAt(sent - 1, []);
        Assert.That(Last(gateway).Sequence, Is.EqualTo(0x1000_0001 + (uint)(sent + Shift - 1)));
    }

    [Test]
    public void Selective_acknowledgements_are_in_the_senders_numbers()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        flow.Say(new string('x', 1_000) + "\r\n");
        uint start = 0x1000_0001;
        byte[] block = [1, 1, 5, 10, .. Messages.U32(start + (uint)(sent + Shift + 100)), .. Messages.U32(start + (uint)(sent + Shift + 300))];
        var answer = new TcpPacket(flow.Key.Remote, flow.Key.Lan, 0x2000_0001 + (uint)flow.ServerLength, start + (uint)(sent + Shift), TcpFlags.Ack, []) { TcpOptions = block };
        gateway.Send(Direction.Inbound, answer.Build());
        byte[] left = gateway.Departures[^1].Bytes;
        PacketJudge.AssertSound(left);
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(left.AsSpan(44)), Is.EqualTo(start + (uint)(sent + 100)));
        Assert.That(BinaryPrimitives.ReadUInt32BigEndian(left.AsSpan(48)), Is.EqualTo(start + (uint)(sent + 300)));
    }

    [Test]
    public void Both_SYNs_announce_a_little_less_but_not_those_of_a_protocol_that_keeps_lengths()
    {
        foreach ((ushort port, ushort expected) in (ReadOnlySpan<(ushort, ushort)>)[(6_667, 1_420), (5_190, 1_460)])
        {
            var gateway = new Gateway(IrcGateway.Options());
            var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, port));
            byte[] size = [2, 4, 1_460 >> 8, 1_460 & 0xFF];
            gateway.Send(Direction.Outbound, new TcpPacket(flow.Key.Lan, flow.Key.Remote, 1, 0, TcpFlags.Syn, []) { TcpOptions = size }.Build());
            gateway.Send(Direction.Inbound, new TcpPacket(flow.Key.Remote, flow.Key.Lan, 1, 2, TcpFlags.Syn | TcpFlags.Ack, []) { TcpOptions = size }.Build());
            foreach (Departure departure in gateway.Departures)
            {
                Assert.That(BinaryPrimitives.ReadUInt16BigEndian(departure.Bytes.AsSpan(42)), Is.EqualTo(expected));
                PacketJudge.AssertSound(departure.Bytes);
            }
        }
    }

    [Test]
    public void A_segment_that_grew_beyond_what_the_receiver_takes_is_cut_and_the_sender_brings_the_rest()
    {
        // Nothing is announced: 536 bytes. The offer ends where a segment does, and its address is longer outside.
        var host = Addresses.Parse("10.0.0.1");
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(IrcGateway.Options(), host);
        string offer = IrcGateway.Send(host, 5_000);
        flow.Say(new string('x', 536 - offer.Length - 2) + "\r\n" + offer);
        (_, _, TcpFlags flags, byte[] payload) = Last(gateway);
        Assert.That((payload.Length, flags & TcpFlags.Psh), Is.EqualTo((536, TcpFlags.None)));
        int sent = flow.ClientLength;
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: sent));
        uint acknowledged = Last(gateway).Acknowledgement;
        Assert.That(acknowledged, Is.EqualTo(0x1000_0001 + (uint)sent - 1), "one byte is missing");
        flow.ClientAt(sent - 1, "\n"u8.ToArray());
        Assert.That(IrcGateway.Heard(flow, Direction.Outbound), Does.EndWith(IrcGateway.Send(Addresses.Gateway, 5_000)));
    }

    [TestCase(Direction.Outbound)]
    [TestCase(Direction.Inbound)]
    public void Without_the_engine_that_translated_nothing_passes_and_the_connection_is_reset(Direction direction)
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        gateway.Restart();
        int before = gateway.Departures.Count;
        gateway.Send(direction, flow.Packet(direction, direction == Direction.Outbound ? sent : flow.ServerLength, "hello\r\n"u8.ToArray(), TcpFlags.Ack, acknowledged: 0));
        Assert.That((gateway.Departures.Count, gateway.Reset, gateway.Count(Reason.TranslationLost)), Is.EqualTo((before, 1, 1L)));
    }

    [Test]
    public void When_the_engine_ends_both_ends_are_reset_with_the_number_that_each_expects()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: sent + Shift));
        gateway.Engine.ResetTranslated(gateway.Now);
        List<(Ipv4Address To, uint Sequence, TcpFlags Flags)> resets = TakeNew(gateway);
        Assert.That(resets, Does.Contain((Addresses.Server, 0x1000_0001 + (uint)(sent + Shift), TcpFlags.Rst)));
        Assert.That(resets, Does.Contain((Addresses.Alice, 0x2000_0001 + (uint)flow.ServerLength, TcpFlags.Rst)));
    }

    [Test]
    public void What_a_client_says_whose_translation_is_lost_makes_its_server_say_what_it_expects()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();
        gateway.Restart();
        _ = TakeNew(gateway);
        flow.ClientAt(sent, "hello\r\n"u8.ToArray());
        Assert.That(TakeNew(gateway), Is.EqualTo(new[] { (Addresses.Server, 0x1000_0001 + (uint)sent - 0x8000, TcpFlags.Ack) }), "from before its window, without a byte");
        flow.ClientAt(sent, "hello\r\n"u8.ToArray());
        Assert.That(TakeNew(gateway), Is.Empty, "not again and again");
        gateway.WaitSeconds(1);
        flow.ClientAt(sent, [], TcpFlags.Rst);
        Assert.That(TakeNew(gateway), Is.Empty, "not for a reset");
        flow.ClientAt(sent, "hello\r\n"u8.ToArray());
        Assert.That((TakeNew(gateway).Count, gateway.Reset), Is.EqualTo((1, 3)));
    }

    [Test]
    public void What_a_server_says_whose_translation_is_lost_resets_its_client()
    {
        (Gateway gateway, Conversation flow, _) = Offered();
        gateway.Restart();
        _ = TakeNew(gateway);
        uint next = 0x2000_0001 + (uint)flow.ServerLength;
        flow.Hear("PING :x\r\n");
        Assert.That(TakeNew(gateway), Is.EqualTo(new[] { (Addresses.Alice, next, TcpFlags.Rst), (Addresses.Alice, next + 9, TcpFlags.Rst) }));
    }

    /// <summary>The packets of its own that the engine has sent since it was asked last.</summary>
    private static List<(Ipv4Address To, uint Sequence, TcpFlags Flags)> TakeNew(Gateway gateway)
    {
        gateway.Wait(0);
        var sent = new List<(Ipv4Address, uint, TcpFlags)>();
        foreach (Effect effect in gateway.Effects.Where(effect => effect.Kind == EffectKind.Reset))
        {
            byte[] bytes = effect.Bytes.ToArray();
            PacketJudge.AssertSound(bytes);
            _ = Ipv4Packet.TryParse(bytes, out Ipv4Packet ip, out _);
            _ = TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _);
            Assert.That(tcp.Payload.IsEmpty);
            sent.Add((ip.Destination, tcp.Sequence, tcp.Flags));
        }

        gateway.Effects.RemoveAll(effect => effect.Kind == EffectKind.Reset);
        return sent;
    }

    [Test]
    public void A_connection_of_the_same_ends_begins_anew()
    {
        (Gateway gateway, Conversation flow, _) = Offered();
        gateway.Restart();
        var again = new Conversation(gateway, flow.Key.Lan, flow.Key.Remote, clientStart: 0x7000_0000);
        again.Handshake();
        again.Say("hello\r\n");
        Assert.That((gateway.Reset, again.Received(Direction.Outbound).Length), Is.EqualTo((0, 7)));
    }

    [Test]
    public void A_translated_connection_that_is_not_read_any_more_is_translated_to_its_end()
    {
        (Gateway gateway, Conversation flow, int sent) = Offered();

        // A hole that the receiver says it does not have: the client's bytes cannot be followed any more.
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: sent + Shift));
        flow.ReserveClient(50);
        flow.ClientAt(sent + 50, "PRIVMSG bob :more\r\n"u8.ToArray());
        gateway.WaitSeconds(1.5);
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: sent + Shift + 69));
        Assert.That(gateway.Count(Reason.BytesMissed), Is.EqualTo(1));
        flow.ClientAt(sent + 69, "x"u8.ToArray());
        Assert.That(Last(gateway).Sequence, Is.EqualTo(0x1000_0001 + (uint)(sent + 69 + Shift)));
        Assert.That(gateway.Marks!.Values.Single(), Is.EqualTo(FlowStanding.Translated));
    }

    private static readonly Gen<(int[] Lines, int Cuts, int Order)> Talks = Gen.Select(Gen.Int[0, 9].Array[1, 25], Gen.Int[0, int.MaxValue - 1], Gen.Int[0, int.MaxValue - 1]);

    [Test]
    public void A_talk_cut_merged_reordered_and_repeated_at_random_is_heard_as_it_must_be() => Property.Holds(Talks, 300, talk =>
    {
        var random = new Random(talk.Order);
        Ipv4Address host = random.Next(2) == 0 ? Addresses.Alice : Addresses.Parse("10.0.0.1");
        Ipv4Address outside = random.Next(2) == 0 ? s_short : Addresses.Gateway;
        bool isRemapping = random.Next(2) == 0;
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(isRemapping ? IrcGateway.Remapping(outside) : IrcGateway.Options(outside), host, clientStart: (uint)talk.Cuts * 5u);
        string said = string.Concat(talk.Lines.Select((kind, i) => kind < 6 ? $"PRIVMSG #c :{new string('x', kind * kind * 40)}\r\n" : IrcGateway.Send(host, 5_000, $" {i}")));
        (string inside, string advertised) = ($"{host.Value} 5000", $"{outside.Value} {(isRemapping ? 61_000 : 5_000)}");
        byte[] stream = Encoding.Latin1.GetBytes(said);
        int start = flow.ReserveClient(stream.Length);
        Receive(gateway, flow, start, stream, random);
        string heard = IrcGateway.Heard(flow, Direction.Outbound);
        string undone = Regex.Replace(heard, $@"\b{outside.Value} (5000|610\d\d)\b", inside);
        Assert.That(undone, Is.EqualTo(said), "but for the offers nothing is another");
        if (!Excuses.Any(reason => gateway.Count(reason) > 0))
        {
            Assert.That(heard, Is.EqualTo(said.Replace(inside, advertised, StringComparison.Ordinal)));
        }

        Assert.That(gateway.Held, Is.Zero);
        foreach (Departure departure in gateway.Departures)
        {
            PacketJudge.AssertSound(departure.Bytes);
        }
    }, talk => $"{talk.Cuts} {talk.Order}: {string.Join(' ', talk.Lines)}");

    [Test]
    public void Hostile_lines_from_both_sides_never_throw_and_every_packet_leaves_sound() => Property.Holds(Talks, 600, talk =>
    {
        var random = new Random(talk.Order);
        (Gateway gateway, Conversation flow) = IrcGateway.SignOn(random.Next(2) == 0 ? IrcGateway.Remapping(s_short) : IrcGateway.Options(s_short));
        int sent = gateway.Sent;
        int left = gateway.Departures.Count;
        for (int i = 0; i < talk.Lines.Length; i++)
        {
            string text = talk.Lines[i] switch
            {
                0 => $":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 61000 100\u0001\r\n",
                1 => "PRIVMSG bob :\u0001DCC ACCEPT file.txt 5000 100\u0001\r\n",
                _ => IrcGateway.Send(Addresses.Alice, 5_000 + (i % 3)),
            };
            byte[] bytes = Encoding.Latin1.GetBytes(text);
            for (int changes = random.Next(3); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            int cut = random.Next(bytes.Length);
            bool isClient = random.Next(4) > 0;
            foreach (byte[] piece in (byte[][])[bytes[..cut], bytes[cut..]])
            {
                if (isClient)
                {
                    flow.Client(piece);
                }
                else
                {
                    flow.Server(piece);
                }
            }

            gateway.WaitSeconds(random.NextDouble());
        }

        gateway.WaitSeconds(3);
        Assert.That((gateway.Held, gateway.Departures.Count - left), Is.EqualTo((0, gateway.Sent - sent)), "as many leave as come");
        gateway.Departures.ForEach(departure => PacketJudge.AssertSound(departure.Bytes));
        Assert.That(gateway.Mappings.Select(mapping => mapping.Lan.Address).Distinct(), Is.SubsetOf(new[] { Addresses.Alice }));
        _ = flow.Received(Direction.Outbound);
        _ = flow.Received(Direction.Inbound);
    }, talk => $"{talk.Cuts} {talk.Order}: {string.Join(' ', talk.Lines)}");

    /// <summary>Sends a stream as a sender might that knows only what its receiver acknowledges: until he has all.</summary>
    internal static void Receive(Gateway gateway, Conversation flow, int start, byte[] stream, Random random)
    {
        int acknowledged = 0;
        int sent = 0;
        for (int round = 0; acknowledged < stream.Length; round++)
        {
            Assert.That(round, Is.LessThan(300), "comes to an end");
            int window = Math.Min(stream.Length, acknowledged + random.Next(1, 3_000));
            sent = Math.Max(sent, window);
            var segments = new List<(int From, int To)>();
            for (int at = acknowledged; at < window;)
            {
                int to = Math.Min(window, at + random.Next(1, 537));
                segments.Add((at, to));
                at = to;
            }

            foreach ((int from, int to) in segments.OrderBy(segment => segment.From + random.Next(600)).Where(_ => random.Next(8) > 0))
            {
                flow.ClientAt(start + from, stream[from..to]);
                gateway.WaitSeconds(0.01);
            }

            // The receiver's answer, translated back.
            int got = flow.Received(Direction.Outbound).Length;
            gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, acknowledged: got));
            _ = Ipv4Packet.TryParse(gateway.Departures[^1].Bytes, out Ipv4Packet ip, out _);
            _ = TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _);
            int next = (int)(tcp.Acknowledgement - flow.FirstClientSequence) - start;
            Assert.That(next, Is.InRange(acknowledged, sent), "what is acknowledged was sent, and never taken back");
            acknowledged = next;
        }
    }
}
