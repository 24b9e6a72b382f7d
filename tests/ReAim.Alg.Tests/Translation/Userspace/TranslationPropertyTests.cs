using System.Buffers.Binary;
using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation.Userspace;

/// <summary>Whatever a packet holds: nothing but its ends changes, a checksum says what it said, and nothing throws or is allocated.</summary>
[TestFixture]
internal sealed class TranslationPropertyTests
{
    private static readonly Ipv4Endpoint Bob = new(Addresses.Bob, 40_312);
    private static readonly Ipv4Endpoint Alice = new(Addresses.Alice, 5190);
    private static readonly Ipv4Endpoint Public = new(Addresses.Gateway, 61_000);

    private static readonly Gen<TcpPacket> Segments = Gen.Select(
        Gen.UInt, Gen.UInt, Gen.Byte, Gen.Byte.Array[0, 1_460], Gen.Int[0, 10], Gen.Int[0, 10]).Select((sequence, ack, flags, payload, ipOptions, tcpOptions) =>
        new TcpPacket(Bob, Public, sequence, ack, (TcpFlags)(flags & 0x38) | TcpFlags.Ack, payload)
        {
            IpOptions = [.. Enumerable.Repeat((byte)1, ipOptions * 4)],
            TcpOptions = [.. Enumerable.Repeat((byte)1, tcpOptions * 4)],
        });

    private static (Engine Engine, UserspaceTranslator Translator) Connected()
    {
        var gateway = new Gateway(Gateway.Options() with { ReservedPorts = new HashSet<ushort> { 5190 } }, new TranslatorOptions());
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Assert.That(Peer.FromOutside(gateway, Bob, Public, Alice).Connects());
        return (gateway.Engine, gateway.Translator!);
    }

    private static byte[] Spoilt(byte[] packet, ushort ip, ushort tcp)
    {
        int header = (packet[0] & 15) * 4;
        packet[10] ^= (byte)(ip >> 8);
        packet[11] ^= (byte)ip;
        packet[header + 16] ^= (byte)(tcp >> 8);
        packet[header + 17] ^= (byte)tcp;
        return packet;
    }

    [Test]
    public void Only_the_ends_change_and_right_checksums_stay_right()
    {
        UserspaceTranslator translator = Connected().Translator;
        Property.Holds(
            Segments,
            3_000,
            segment =>
            {
                byte[] packet = segment.Build();
                Assert.That(translator.Inbound(packet, 0), Is.EqualTo(TranslationVerdict.Translated));
                Assert.That(packet, Is.EqualTo((segment with { Destination = Alice }).Build()));
                PacketJudge.AssertSound(packet);
                byte[] answer = (segment with { Source = Alice, Destination = Bob }).Build();
                Assert.That(translator.Outbound(answer, 0), Is.EqualTo(TranslationVerdict.Translated));
                Assert.That(answer, Is.EqualTo((segment with { Source = Public, Destination = Bob }).Build()));
            },
            segment => segment.ToString());
    }

    [Test]
    public void A_partial_checksum_stays_partial()
    {
        UserspaceTranslator translator = Connected().Translator;
        Property.Holds(
            // One in 65,536 is a right full checksum by chance, and cannot be told from one.
            Segments.Where(segment => TcpChecksum(segment.BuildPartial()) == ChecksumState.Partial),
            1_000,
            segment =>
            {
                byte[] packet = segment.BuildPartial();
                translator.Inbound(packet, 0);
                Assert.That(packet, Is.EqualTo((segment with { Destination = Alice }).BuildPartial()));
            },
            segment => segment.ToString());
    }

    [Test]
    public void A_wrong_checksum_stays_as_wrong_as_it_was()
    {
        UserspaceTranslator translator = Connected().Translator;
        Property.Holds(
            Gen.Select(Segments, Gen.UShort[1, 0x7FFF], Gen.UShort[1, 0x7FFF]),
            1_000,
            one =>
            {
                (TcpPacket segment, ushort ip, ushort tcp) = one;
                byte[] packet = Spoilt(segment.Build(), ip, tcp);
                if (TcpChecksum(packet) == ChecksumState.Partial)
                {
                    // By chance: then it is no wrong one.
                    return;
                }

                translator.Inbound(packet, 0);
                Assert.That(Checksum.Sum(packet.AsSpan(0, (packet[0] & 15) * 4)), Is.Not.EqualTo(0xFFFF));
                Assert.That(TcpChecksum(packet), Is.Not.EqualTo(ChecksumState.Valid));
            },
            one => one.ToString());
    }

    [Test]
    public void A_full_checksum_that_looks_like_a_partial_one_is_kept_full()
    {
        UserspaceTranslator translator = Connected().Translator;
        ushort pseudo = Checksum.PseudoHeader(Bob.Address, Public.Address, 6, 22);
        byte[] packet = Enumerable.Range(0, 0x1_0000)
            .Select(payload => new TcpPacket(Bob, Public, 1, 2, TcpFlags.Ack, U16((ushort)payload)).Build())
            .First(packet => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(36)) == pseudo);
        translator.Inbound(packet, 0);
        Assert.That(TcpChecksum(packet), Is.EqualTo(ChecksumState.Valid));
    }

    [Test]
    public void No_mutation_of_a_packet_makes_the_translator_throw_or_break_a_right_header_checksum()
    {
        (Engine engine, UserspaceTranslator translator) = Connected();
        byte[][] seeds =
        [
            new TcpPacket(Bob, Public, 1, 2, TcpFlags.Ack, [1, 2, 3]).Build(),
            new TcpPacket(Alice, Bob, 1, 2, TcpFlags.Ack, [1, 2, 3]).Build(),
            new IcmpPacket(Addresses.Server, Addresses.Gateway, 3, 4, new TcpPacket(Public, Bob, 1, 2, TcpFlags.Ack, []).Build()).Build(),
            new IcmpPacket(Addresses.Alice, Addresses.Bob, 3, 4, new TcpPacket(Bob, Alice, 1, 2, TcpFlags.Ack, []).Build()).Build(),
        ];
        int translated = 0;
        int count = 0;
        Property.Holds(
            Gen.Select(Gen.Int[0, seeds.Length - 1], Gen.Select(Gen.Int[0, 90], Gen.Byte).Array[0, 4], Gen.Int[0, 90]),
            20_000,
            one =>
            {
                (int seed, (int At, byte Value)[] changes, int cut) = one;
                byte[] packet = [.. seeds[seed]];
                foreach ((int at, byte value) in changes)
                {
                    packet[at % packet.Length] = value;
                }

                packet = cut < packet.Length && cut % 4 == 0 ? packet[..cut] : packet;
                byte[] before = [.. packet];
                bool sound = Ipv4Packet.TryParse(before, out Ipv4Packet ip, out _) && ip.IsHeaderChecksumValid;
                TranslationVerdict verdict = seed % 2 == 0 ? translator.Inbound(packet, 0) : translator.Outbound(packet, 0);
                count++;
                if (verdict == TranslationVerdict.Unchanged)
                {
                    Assert.That(packet, Is.EqualTo(before));
                    return;
                }

                translated++;
                Assert.That(Ipv4Packet.TryParse(packet, out Ipv4Packet after, out _) && after.IsHeaderChecksumValid == sound);
            },
            one => $"{one.Item1} {string.Join(' ', one.Item2)} {one.Item3}");
        Assert.That(translated, Is.GreaterThan(count / 10), "enough mutants are translated");
        Assert.That(engine.MappingCount, Is.EqualTo(1));
    }

    [Test]
    public void A_warm_translator_allocates_nothing()
    {
        var gateway = new Gateway(null, new TranslatorOptions { Masquerade = true });
        UserspaceTranslator translator = gateway.Translator!;
        byte[][] Connection(ushort port, uint host) =>
        [
            .. new[] { TcpFlags.Syn, TcpFlags.Ack, TcpFlags.Fin | TcpFlags.Ack, TcpFlags.Rst }
                .Select(flags => new TcpPacket(new(new Ipv4Address(Addresses.Alice.Value + host), port), Bob, 1, 2, flags, [1, 2, 3]).Build()),
        ];
        byte[][] packets = [.. Enumerable.Range(0, 400).SelectMany(i => Connection((ushort)(2_000 + (i / 2)), (uint)(i % 2)))];
        long now = 0;
        long allocated = 0;
        for (int round = 0; round < 20; round++)
        {
            now += 1_000 * EngineOptions.Second;
            byte[][] copies = [.. packets.Select(packet => packet.ToArray())];
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (byte[] packet in copies)
            {
                translator.Outbound(packet, now);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.That(gateway.Count(Reason.SessionOpened), Is.EqualTo(8_000), "the work was done");
        Assert.That(allocated, Is.Zero);
    }

    private static ChecksumState TcpChecksum(byte[] packet)
    {
        Assert.That(Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _));
        Assert.That(TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _));
        return tcp.GetChecksumState(ip.Source, ip.Destination);
    }
}
