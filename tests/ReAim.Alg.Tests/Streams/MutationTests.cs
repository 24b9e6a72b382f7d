using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Bytes from the network never throw, and what is not understood passes unchanged.</summary>
[TestFixture]
internal sealed class MutationTests
{
    /// <summary>At least this share of mutants must get past the checks, so that the test looks at more than refusals.</summary>
    private const double MinAccepted = 0.2;

    [Test]
    public void A_mutated_message_changes_nothing_but_what_the_reference_names()
    {
        long tried = 0;
        long helped = 0;
        Property.Holds(
            Generators.HelpedOffer.SelectMany(Generators.Mutation),
            4_000,
            mutated =>
            {
                byte[] mutant = mutated.Length == 0 ? [0x2A] : mutated;
                tried++;
                var gateway = new Gateway();
                Conversation flow = Conversation.SignOn(gateway);
                int start = flow.ClientLength;
                flow.Client(mutant);
                flow.Client(new byte[700]);
                gateway.WaitSeconds(2);
                Assert.That(gateway.Held, Is.Zero);
                byte[] sent = [.. mutant, .. new byte[700]];
                byte[] left = flow.Received(Direction.Outbound)[start..];
                Assert.That(left, Has.Length.EqualTo(sent.Length));
                bool changed = !left.AsSpan().SequenceEqual(sent);
                helped += changed || gateway.Mappings.Count > 0 ? 1 : 0;
                if (changed)
                {
                    int length = 6 + (mutant[4] << 8) + mutant[5];
                    byte[] message = sent[..Math.Min(length, sent.Length)];
                    Assert.That(left[..message.Length], Is.EqualTo(new ReferenceRewriter(Addresses.Alice, Gateway.Options()).Rewrite(message)));
                }
            },
            Convert.ToHexStringLower);
        TestContext.Out.WriteLine($"{helped} of {tried} mutants were helped");
        Assert.That(helped, Is.GreaterThan(tried * MinAccepted));
    }

    [Test]
    public void A_mutated_packet_never_throws_and_leaves_as_it_came_or_sound()
    {
        long tried = 0;
        long read = 0;
        Gen<byte[]> packets = Gen.Select(Generators.Message, Gen.Bool).SelectMany((message, fixSum) =>
        {
            var packet = new TcpPacket(new(Addresses.Alice, 40_000), new(Addresses.Server, 5190), 0x1000_000B, 0x2000_000B, TcpFlags.Ack, message);
            return Generators.Mutation(packet.Build()).Select(mutant => fixSum ? Repair(mutant) : mutant);
        });
        Property.Holds(
            packets,
            6_000,
            packet =>
            {
                tried++;
                var gateway = new Gateway();
                Conversation flow = Conversation.SignOn(gateway);
                long unread = Unread(gateway);
                gateway.Send(Direction.Outbound, packet);
                read += Unread(gateway) == unread ? 1 : 0;
                flow.Client(new byte[10]);
                gateway.ReleaseAll();
                Assert.That((gateway.Held, gateway.Departures.Count), Is.EqualTo((0, gateway.Sent)));
            },
            Convert.ToHexStringLower);
        TestContext.Out.WriteLine($"{read} of {tried} mutants reached stream state");
        Assert.That(read, Is.GreaterThan(tried * MinAccepted));
    }

    [Test]
    public void Random_bytes_never_throw() =>
        Property.Holds(
            Gen.Byte.Array[0, 120],
            10_000,
            bytes =>
            {
                var gateway = new Gateway();
                gateway.Send((bytes.Length & 1) == 0 ? Direction.Outbound : Direction.Inbound, bytes);
                Assert.That(gateway.Departures.Single().Bytes, Is.EqualTo(bytes));
            },
            Convert.ToHexStringLower);

    [Test]
    public void Whatever_comes_with_whatever_standing_nothing_throws_and_only_connects_of_peers_are_dropped() =>
        Property.Holds(Gen.Int[0, int.MaxValue - 1], 3_000, seed => Storm(new Random(seed)), seed => $"{seed}");

    /// <summary>Segments of few connections at random: flags, numbers, frames, pieces and garbage.</summary>
    private static void Storm(Random random)
    {
        var engine = new Engine(Gateway.Options() with { MaxFlows = 3, MaxPeerConnections = 2, ListensOnly = random.Next(8) == 0, KeepsStandings = random.Next(2) == 0 });
        byte[] frames = [.. Conversation.ClientHello, .. Offer(Addresses.Alice, 5190), .. InstantMessage("hello"), .. Cancel(), .. Flap(5)];
        long now = 0;
        long held = 0;
        for (long id = 0; id < 80; id++)
        {
            var lan = new Ipv4Endpoint(Addresses.Alice, (ushort)(random.Next(3) == 0 ? 5190 : 40_000 + random.Next(3)));
            var remote = new Ipv4Endpoint(random.Next(2) == 0 ? Addresses.Server : Addresses.Bob, (ushort)(5190 + random.Next(2)));
            bool outbound = random.Next(2) == 0;
            int from = random.Next(3) == 0 ? random.Next(frames.Length) : 0;
            byte[] payload = random.Next(3) == 0 ? [] : frames[from..random.Next(from, frames.Length + 1)];
            if (payload.Length > 4 && random.Next(2) == 0)
            {
                payload[3] = (byte)random.Next(4);
            }

            var flags = (TcpFlags)(random.Next(4) == 0 ? random.Next(64) : (int)TcpFlags.Ack);
            uint sequence = 1_000 + (uint)(random.Next(3) == 0 ? random.Next() : (random.Next(2) * from) + random.Next(2));
            byte[] packet = new TcpPacket(outbound ? lan : remote, outbound ? remote : lan, sequence, (uint)random.Next(900, 1_100), flags, payload).Build();
            var standing = (FlowStanding)random.Next(5);
            now += random.Next(4) == 0 ? random.Next(2_000_000_000) : 0;
            engine.Advance(now);
            Verdict verdict = engine.Process(packet, outbound ? Direction.Outbound : Direction.Inbound, id, now, standing);
            held += verdict == Verdict.Hold ? 1 : 0;
            held -= TakeEffects(engine, now, random);
            Assert.That(verdict != Verdict.Drop || (standing == FlowStanding.Peer && !outbound));
            Assert.That(standing != FlowStanding.Peer || engine.Standing is FlowStanding.Peer or FlowStanding.Done);
            Assert.That(engine.FlowCount, Is.LessThanOrEqualTo(3));
        }

        engine.ReleaseAll(now);
        held -= TakeEffects(engine, now, random);
        engine.Advance(now + (10_000 * EngineOptions.Second));
        Assert.That((held, engine.KeptCount, engine.FlowCount, engine.MappingCount), Is.EqualTo((0L, 0, 0, 0)));
    }

    private static int TakeEffects(Engine engine, long now, Random random)
    {
        int released = 0;
        while (engine.TryTakeEffect(out Effect effect))
        {
            released += effect.Kind == EffectKind.Release ? 1 : 0;
            if (effect.Kind == EffectKind.OpenMapping)
            {
                engine.AnswerMapping(effect.Mapping, random.Next(4) != 0, now);
            }
            else if (effect.Kind == EffectKind.FlowRecognised && random.Next(2) == 0)
            {
                engine.SetPublicAddress(effect.Flow, new Ipv4Address(0xCB00_7100 + (uint)random.Next(4)));
            }
        }

        return released;
    }

    private static long Unread(Gateway gateway) => gateway.Engine.Reasons.NonZero()
        .Where(entry => entry.Key is >= Reason.NotIpv4 and <= Reason.NotCrossing or Reason.MidStream)
        .Sum(entry => entry.Value);

    /// <summary>Gives a mutant checksums that fit, so that it gets past them.</summary>
    private static byte[] Repair(byte[] packet)
    {
        if (packet.Length < 40 || packet[0] != 0x45)
        {
            return packet;
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[10] = packet[11] = packet[36] = packet[37] = 0;
        ushort header = TcpPacket.Naive(0, packet.AsSpan(0, 20));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~header);
        uint pseudo = TcpPacket.Naive(0, packet.AsSpan(12, 8)) + 6u + (uint)packet.Length - 20;
        ushort sum = TcpPacket.Naive(pseudo, packet.AsSpan(20));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(36), (ushort)~sum);
        return packet;
    }
}
