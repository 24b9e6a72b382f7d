using System.Runtime.CompilerServices;
using System.Text.Json;
using ReAim.Alg.Wire;
using ReAim.Capture.Captures;

namespace ReAim.Fuzz.World;

/// <summary>What real clients and servers said, to begin with.</summary>
internal static class Recordings
{
    /// <summary>The files of pcaps/.</summary>
    public static IEnumerable<string> Files => Directory.GetFiles(Folder(), "*.pcap").Order(StringComparer.Ordinal);

    /// <summary>The messages of tests/vectors.json, and whether a LAN host's client says them.</summary>
    public static IReadOnlyList<(bool FromClient, byte[] Bytes)> Vectors { get; } = ReadVectors();

    /// <summary>The IPv4 datagrams of a recording.</summary>
    public static IEnumerable<byte[]> Datagrams(string file)
    {
        using CaptureReader reader = CaptureReader.Open(file);
        while (reader.TryRead(out CaptureRecord record))
        {
            Span<byte> frame = reader.Bytes.Slice(record.FrameOffset, record.FrameLength);
            int offset = record.IsPacket ? LinkLayer.FindIpv4(record.LinkType, frame) : LinkLayer.None;
            if (offset != LinkLayer.None)
            {
                yield return frame[offset..].ToArray();
            }
        }
    }

    /// <summary>The different FLAPs that clients in the LAN sent to port 5190, those that lie in one segment.</summary>
    public static IEnumerable<byte[]> ClientFlaps()
    {
        var known = new HashSet<string>();
        foreach (byte[] datagram in Files.Where(file => file.EndsWith(".lan.pcap", StringComparison.Ordinal)).SelectMany(Datagrams))
        {
            if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet ip, out _) || !TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _)
                || tcp.DestinationPort != 5190 || tcp.Payload is not [0x2A, ..])
            {
                continue;
            }

            byte[] payload = tcp.Payload.ToArray();
            // What kind of message it is tells enough: one of each.
            if (payload.Length < 1_500 && known.Add(Convert.ToHexString(payload, 1, Math.Min(1, payload.Length - 1)) + Convert.ToHexString(payload.AsSpan(Math.Min(6, payload.Length), Math.Min(4, payload.Length - Math.Min(6, payload.Length))))))
            {
                yield return payload;
            }
        }
    }

    private static List<(bool FromClient, byte[] Bytes)> ReadVectors()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "vectors.json")));
        return
        [
            .. document.RootElement.GetProperty("vectors").EnumerateArray().Select(vector => (
                vector.GetProperty("direction").GetString()!.StartsWith("LAN", StringComparison.Ordinal),
                Convert.FromHexString(vector.GetProperty("before_hex").GetString()!))),
        ];
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "pcaps"));
}
