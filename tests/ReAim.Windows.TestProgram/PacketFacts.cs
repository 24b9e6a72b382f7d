using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.WinDivert;

namespace ReAim.Windows.TestProgram;

/// <summary>Whether the library reads packets and computes checksums as the engine does.</summary>
internal static class PacketFacts
{
    public static void Judge(Judge judge, PacketSource packets)
    {
        judge.Fact("there are recorded packets", () => TestProgram.Judge.That(packets.Recorded.Count > 500, $"{packets.Recorded.Count}"));
        judge.Fact("recorded segments have the same parts to the library and to the engine", () =>
        {
            foreach (byte[] packet in packets.Recorded)
            {
                Parse(packet);
            }
        });
        judge.Fact("checksums that the library computes are right for the engine, and the other way round", () =>
        {
            foreach (byte[] packet in packets.Recorded)
            {
                Compute(packet);
            }
        });
    }

    private static unsafe void Parse(byte[] packet)
    {
        if (!TryRead(packet, out Ipv4Packet ip, out TcpSegment tcp))
        {
            return;
        }

        fixed (byte* start = packet)
        {
            bool parsed = WinDivertHelpers.Parse(
                start, (uint)packet.Length, out nint ipv4, out _, out byte protocol, out _, out _, out nint segment, out _, out nint data, out uint length, out _, out _);
            TestProgram.Judge.That(parsed && ipv4 == (nint)start && protocol == Ipv4Packet.Tcp, "not read as TCP over IPv4");
            TestProgram.Judge.That(segment - ipv4 == ip.Header.Length, "the segment begins elsewhere");
            TestProgram.Judge.That(length == tcp.Payload.Length, $"{length} bytes of payload, not {tcp.Payload.Length}");
            TestProgram.Judge.That(length == 0 || data - ipv4 == packet.Length - tcp.Payload.Length, "the payload begins elsewhere");
        }
    }

    private static void Compute(byte[] packet)
    {
        byte[] theirs = [.. packet], ours = [.. packet];
        if (!TryRead(ours, out Ipv4Packet ip, out TcpSegment tcp))
        {
            return;
        }

        (theirs[10], theirs[11], ours[10], ours[11]) = (0xAB, 0xCD, 0, 0);
        var address = new DivertAddress();
        TestProgram.Judge.That(WinDivertHelpers.ComputeChecksums(theirs, (uint)theirs.Length, ref address, 0), "refused");
        ip.WriteHeaderChecksum();
        tcp.WriteChecksum(ip.Source, ip.Destination);
        TestProgram.Judge.That(ours.AsSpan().SequenceEqual(theirs), $"{Convert.ToHexStringLower(theirs)}, not {Convert.ToHexStringLower(ours)}");
        TestProgram.Judge.That(
            TryRead(theirs, out Ipv4Packet read, out TcpSegment segment) && read.IsHeaderChecksumValid && segment.GetChecksumState(read.Source, read.Destination) == ChecksumState.Valid,
            "not valid");
    }

    private static bool TryRead(byte[] packet, out Ipv4Packet ip, out TcpSegment tcp)
    {
        tcp = default;
        return Ipv4Packet.TryParse(packet, out ip, out _) && !ip.IsFragment && ip.Protocol == Ipv4Packet.Tcp && TcpSegment.TryParse(ip.Payload, out tcp, out _);
    }
}
