using System.Buffers.Binary;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Captures;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Windows.TestProgram;

/// <summary>Packets: recorded, random, and both with bytes changed or missing. Their ends are those that filters name.</summary>
internal sealed class PacketSource
{
    private const int Random = 4_000;

    public static readonly ushort[] Ports = [5190, 5191, 1863, 443, 61_000, 61_001, 40_000, 65_535, 1];

    public static readonly Ipv4Address[] Addresses =
    [
        new(0xC0A8_070A), new(0xC0A8_0714), new(0xCB00_7107), new(0xC633_6405), new(0xC633_644D), new(0x0A09_0002),
    ];

    public static readonly uint[] Interfaces = [1, 7, 12, uint.MaxValue];

    /// <param name="recordings">A folder with recordings.</param>
    /// <param name="seed">Of the dice.</param>
    public PacketSource(string recordings, int seed)
    {
        var random = new Random(seed);
        foreach (string path in Directory.EnumerateFiles(recordings, "*.lan.pcap").Order(StringComparer.Ordinal))
        {
            using CaptureReader reader = CaptureReader.Open(path);
            for (int i = 0; i < 200 && reader.TryRead(out CaptureRecord record); i++)
            {
                ReadOnlySpan<byte> frame = reader.Bytes.Slice(record.FrameOffset, record.FrameLength);
                int offset = record.IsPacket ? LinkLayer.FindIpv4(record.LinkType, frame) : LinkLayer.None;
                if (offset != LinkLayer.None && Ipv4Packet.TryParse(frame[offset..].ToArray(), out Ipv4Packet packet, out _))
                {
                    Recorded.Add([.. packet.Header, .. packet.Payload]);
                }
            }
        }

        for (int i = 0; i < Random; i++)
        {
            byte[] packet = i % 3 == 0 && Recorded.Count > 0 ? [.. Recorded[random.Next(Recorded.Count)]] : Make(random);
            All.Add((i % 2 == 0 ? packet : Spoil(packet, random), Address(random)));
        }
    }

    /// <summary>Datagrams of the recordings.</summary>
    public List<byte[]> Recorded { get; } = [];

    /// <summary>Packets of all kinds, also broken ones, each with what a driver says of it.</summary>
    public List<(byte[] Packet, DivertAddress Address)> All { get; } = [];

    private static T Pick<T>(Random random, T[] from) => from[random.Next(from.Length)];

    private static byte[] Make(Random random)
    {
        var source = new Ipv4Endpoint(Pick(random, Addresses), Pick(random, Ports));
        var destination = new Ipv4Endpoint(Pick(random, Addresses), Pick(random, Ports));
        byte[] payload = new byte[random.Next(2) * random.Next(60)];
        byte[] packet = new TcpPacket(source, destination, (uint)random.Next(), (uint)random.Next(), (TcpFlags)random.Next(64), payload)
        {
            IpOptions = new byte[random.Next(3) * 4],
            TcpOptions = new byte[random.Next(3) * 4],
        }.Build();
        switch (random.Next(8))
        {
            case 0:
                packet[9] = 17;
                break;
            case 1:
                packet[9] = 1;
                packet[(packet[0] & 15) * 4] = (byte)Pick(random, [3, 8, 0, 11]);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)Pick(random, [0x2000, 0x2001, 0x0010]));
                break;
        }

        return packet;
    }

    private static byte[] Spoil(byte[] packet, Random random)
    {
        for (int i = random.Next(3); i > 0; i--)
        {
            packet[random.Next(Math.Min(packet.Length, 44))] = (byte)random.Next(256);
        }

        return random.Next(3) == 0 ? packet[..random.Next(1, packet.Length + 1)] : packet;
    }

    private static DivertAddress Address(Random random) => new()
    {
        Layer = (byte)random.Next(2),
        InterfaceIndex = Pick(random, Interfaces),
        Traits = (DivertTraits)random.Next(256) & ~DivertTraits.Ipv6,
    };
}
