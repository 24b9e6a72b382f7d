using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;
using ReAim.Capture.Reports;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>What <c>reaim inspect</c> makes of packets: client and server, peers, a rendezvous proxy, and the reports of it all.</summary>
internal sealed class InspectTarget : FuzzTarget
{
    private const int MaxPackets = 200;

    private static readonly Ipv4Endpoint[] s_remotes = [new(Addresses.Server, 5190), new(Addresses.Bob, 5190), new(Addresses.Server, 443), new(Addresses.Bob, 40_002)];
    private static readonly ushort[] s_ports = [40_000, 5190, 40_001, 4_443];

    public override string Name => "inspect";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            yield return [.. Said(0, Talk.ServerHello, fromServer: true), .. Said(0, Talk.ClientHello), .. Said(0, Messages.Offer(Addresses.Alice, 5190)), .. Said(0, Messages.Cancel())];
            yield return Said(0x10, "ODC2\0\x4C\0\x01\0\x06"u8.ToArray());
            yield return Said(0x10, "OFT2\x01\0\x01\x01"u8.ToArray());
            yield return Said(0x20, [0, 10, 4, 0x4A, 0, 2, 0, 0, 0, 0, 0, 0]);
            foreach ((bool fromClient, byte[] bytes) in Recordings.Vectors)
            {
                yield return [.. Said(0, Talk.ServerHello, fromServer: true), .. Said(0, Talk.ClientHello), .. Said(0, bytes, !fromClient)];
            }

            var known = new HashSet<string>();
            foreach (byte[] datagram in Recordings.Files.SelectMany(Recordings.Datagrams))
            {
                if (Ipv4Packet.TryParse(datagram, out Ipv4Packet ip, out _) && TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _) && tcp.Payload.Length is > 8 and < 300
                    && known.Add(Convert.ToHexString(tcp.Payload[..2]) + (tcp.Payload[0] == 0x2A && tcp.Payload.Length > 10 ? Convert.ToHexString(tcp.Payload[6..10]) : "")))
                {
                    yield return Said(tcp.Payload[0] == 0x2A ? (byte)0 : (byte)0x10, tcp.Payload.ToArray(), tcp.SourcePort == 5190);
                }
            }
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        var inspector = new Inspector(showsText: true, new Limits { MaxConnections = 6, MaxSteps = 100, MaxRendezvous = 5, MaxBuffered = 10_000, MaxOutOfOrder = 8 });
        var script = new Script(input);
        var talks = new Dictionary<int, Talk>();
        long time = 0;
        for (int count = 0; !script.IsOver && count < MaxPackets; count++)
        {
            byte which = script.Byte();
            byte how = script.Byte();
            byte[] payload = script.Bytes(script.Word()).ToArray();
            int key = which & 0x33;
            if (!talks.TryGetValue(key, out Talk? talk))
            {
                talks.Add(key, talk = new Talk(new(Addresses.Alice, s_ports[key & 3]), s_remotes[key >> 4]));
            }

            Direction direction = (which & 0x40) == 0 ? Direction.Outbound : Direction.Inbound;
            byte[] packet = how == 0xFF ? payload : talk.Next(direction, payload, (how & 1) == 0 ? TcpFlags.Ack : (TcpFlags)(how >> 1 & 0x3F));
            if ((which & 0x80) != 0)
            {
                // One that was captured in part, or comes again.
                packet = packet[..(packet.Length * how / 256)];
            }

            if ((which & 0x08) != 0)
            {
                inspector.AddDeparture(packet, time);
            }

            inspector.Add(packet, time += how * 1_000_000L);
        }

        InspectionReport report = inspector.Finish();
        report.Input = "x";
        LadderText.Write(report, TextWriter.Null);
        LadderJson.Write(report, TextWriter.Null);
    }

    private static byte[] Said(byte which, byte[] bytes, bool fromServer = false) =>
        [(byte)(which | (fromServer ? 0x40 : 0)), 0, .. Messages.U16((ushort)bytes.Length), .. bytes];
}
