using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>The userspace translator beside an engine with a mapping: TCP and ICMP of LAN hosts, peers and strangers.</summary>
internal sealed class TranslatorTarget : FuzzTarget
{
    private const byte LanSends = 0, WanSends = 1, LanReports = 2, WanReports = 3, Time = 4, Raw = 5, Offers = 6;
    private const int Operations = 7;
    private const int MaxOperations = 300;

    private static readonly Ipv4Address[] s_lan = [Addresses.Alice, Addresses.Dave, Addresses.Gateway];
    private static readonly Ipv4Address[] s_wan = [Addresses.Server, Addresses.Bob, Addresses.Gateway, Addresses.Alice];
    private static readonly ushort[] s_ports = [5190, 5191, 40_000, 50_000];

    public override string Name => "translator";

    public override IEnumerable<byte[]> Seeds =>
    [
        [1, LanSends, 0, 0x02, 2, WanSends, 0, 0x20, 0x12, LanSends, 0, 0x02, 0x10],
        [1, Offers, WanSends, 1, 0x08, 2, LanSends, 1, 0x20, 0x12, WanSends, 1, 0x08, 0x10],
        [1, Offers, LanSends, 9, 0x00, 2, LanSends, 1, 0x00, 2],
        [1, LanSends, 0, 0x02, 2, WanReports, 0, 0x02, 3, LanReports, 0, 0x02, 11, Time, 200, WanSends, 0, 0x20, 0x10],
        [0, Offers, WanSends, 1, 0x08, 2, Time, 255, WanSends, 1, 0x08, 2, Raw, 1, 24, 0x45, 0, 0, 24, 0, 0, 0, 0, 64, 6, 0, 0, 203, 0, 113, 7, 198, 51, 100, 5],
    ];

    public override void Try(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        byte choice = script.Byte();
        var gateway = new FuzzedGateway(new EngineOptions { PublicAddress = Addresses.Gateway, FirstPoolPort = 61_000, LastPoolPort = 61_001 });
        var translator = new UserspaceTranslator(gateway.Engine, new TranslatorOptions
        {
            Masquerade = (choice & 1) != 0,
            MaxSessions = 6,
            MaxHalfOpenSessions = 3,
            FirstSourcePort = 32_768,
            LastSourcePort = 32_770,
        });
        Talk alice = Talk.OfAlice();
        alice.SignOn(gateway);
        ulong cookie = 1;
        for (int count = 0; !script.IsOver && count < MaxOperations; count++)
        {
            byte operation = (byte)(script.Byte() % Operations);
            switch (operation)
            {
                case LanSends or WanSends:
                    Pass(gateway, translator, operation == LanSends, Segment(ref script, operation == LanSends));
                    break;
                case LanReports or WanReports:
                    Pass(gateway, translator, operation == LanReports, Error(ref script, operation == LanReports));
                    break;
                case Time:
                    long wait = script.Byte();
                    gateway.Wait(wait * wait * EngineOptions.Second / 100);
                    translator.Advance(gateway.Now);
                    break;
                case Raw:
                    bool isLan = script.Byte() == 0;
                    byte[] raw = script.Bytes(script.Byte()).ToArray();
                    Checksums.Repair(raw, alsoTcp: (raw.Length & 1) != 0);
                    Pass(gateway, translator, isLan, raw);
                    break;
                case Offers:
                    gateway.Send(Direction.Outbound, alice.Next(Direction.Outbound, Messages.Offer(Addresses.Alice, s_ports[cookie & 1], cookie++)));
                    break;
            }

            Finding.Unless(translator.SessionCount <= 6, "Sessions stay below their cap.");
        }

        translator.Advance(gateway.Now + (100_000 * EngineOptions.Second));
        Finding.Unless(translator.SessionCount == 0 && translator.PortCount == 0, "After a day without packets no session and no port is left.");
    }

    private static void Pass(FuzzedGateway gateway, UserspaceTranslator translator, bool fromLan, byte[] packet)
    {
        byte[] before = [.. packet];
        TranslationVerdict verdict = fromLan ? translator.Outbound(packet, gateway.Now) : translator.Inbound(packet, gateway.Now);
        if (verdict is TranslationVerdict.Unchanged or TranslationVerdict.Refused)
        {
            Finding.Unless(packet.AsSpan().SequenceEqual(before), "What is said to be unchanged is.");
            return;
        }

        int header = (before[0] & 15) * 4;
        Finding.Unless(IsHeaderSound(before) == IsHeaderSound(packet), "A header's checksum stays what it was, right or wrong.");
        if (before[9] == 1)
        {
            Finding.Unless(Sum(before, header) == Sum(packet, header), "A message's checksum stays what it was, right or wrong.");
            Finding.Unless(IsHeaderSound(before[(header + 8)..]) == IsHeaderSound(packet[(header + 8)..]), "So does that of the header which it quotes.");
        }
        else
        {
            Finding.Unless(PacketInvariants.IsSound(before) == PacketInvariants.IsSound(packet), "A segment's checksum stays what it was, right or wrong.");
            Finding.Unless(before.AsSpan(header + 18).SequenceEqual(packet.AsSpan(header + 18)), "What is behind the checksum stays as it is.");
            Finding.Unless(before.AsSpan(header + 4, 12).SequenceEqual(packet.AsSpan(header + 4, 12)), "Numbers and flags stay as they are.");
        }

        // Only where it comes from, or only where it goes, is changed; and what comes in goes to a LAN host.
        int changed = fromLan ? 12 : 16, kept = fromLan ? 16 : 12;
        Finding.Unless(before.AsSpan(kept, 4).SequenceEqual(packet.AsSpan(kept, 4)), "One end stays as it is.");
        Ipv4Address end = Ipv4Address.Read(packet.AsSpan(changed));
        Finding.Unless(fromLan ? end == Addresses.Gateway : s_lan.Contains(end), "What leaves comes from the public address, what comes in goes to who opened the connection or the mapping.");
        if (verdict == TranslationVerdict.TurnedBack)
        {
            Pass(gateway, translator, fromLan: false, packet);
        }
    }

    private static ushort Sum(byte[] datagram, int from) =>
        TcpPacket.Naive(0, datagram.AsSpan(from, BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2)) - from));

    private static bool IsHeaderSound(byte[] datagram) => TcpPacket.Naive(0, datagram.AsSpan(0, (datagram[0] & 15) * 4)) == 0xFFFF;

    private static byte[] Segment(ref Script script, bool fromLan)
    {
        (Ipv4Endpoint source, Ipv4Endpoint destination) = Ends(ref script, fromLan);
        byte flags = script.Byte();
        byte[] packet = new TcpPacket(source, destination, 1, 1, (TcpFlags)(flags & 0x3F), []).Build();
        packet[36] ^= (byte)(flags >> 6);
        return packet;
    }

    /// <summary>An ICMP error about a segment that went the other way.</summary>
    private static byte[] Error(ref Script script, bool fromLan)
    {
        (Ipv4Endpoint source, Ipv4Endpoint destination) = Ends(ref script, fromLan);
        byte[] quoted = new TcpPacket(destination, source, 1, 1, TcpFlags.Ack, []).Build();
        byte type = script.Byte();
        byte[] packet = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 1, 0, 0, .. Messages.U32(source.Address.Value), .. Messages.U32(destination.Address.Value), (byte)(type & 15), 1, 0, 0, 0, 0, 0, 0, .. quoted[..(28 + (type >> 4 & 7))]];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(22), (ushort)~TcpPacket.Naive(0, packet.AsSpan(20)));
        Checksums.Repair(packet, alsoTcp: false);
        return packet;
    }

    private static (Ipv4Endpoint Source, Ipv4Endpoint Destination) Ends(ref Script script, bool fromLan)
    {
        byte hosts = script.Byte();
        byte ports = script.Byte();
        var lan = new Ipv4Endpoint(s_lan[(hosts >> 4) % s_lan.Length], s_ports[ports & 3]);
        var wan = new Ipv4Endpoint(s_wan[hosts & 3], s_ports[(ports >> 4) & 3]);
        return fromLan ? (lan, wan) : (wan, new Ipv4Endpoint(Addresses.Gateway, s_ports[(ports >> 2) & 3]));
    }
}
