using System.Runtime.CompilerServices;
using PacketDotNet;
using ReAim.Alg.Wire;
using SharpPcap;
using SharpPcap.LibPcap;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>One direction of a connection in a recording in pcaps/, put together again.</summary>
internal sealed class RecordedStream
{
    private readonly SortedDictionary<uint, byte[]> _segments = [];
    private uint? _first;

    public static string Folder { get; } = Path.GetFullPath(Path.Combine(SourceFolder(), "..", "..", "..", "pcaps"));

    /// <summary>The bytes, in order, each once.</summary>
    public byte[] Bytes
    {
        get
        {
            var bytes = new List<byte>();
            foreach ((uint at, byte[] payload) in _segments)
            {
                // A repeated segment may overlap what is there.
                int known = (int)Math.Max(0, bytes.Count - at);
                bytes.AddRange(payload.Skip(known));
            }

            return [.. bytes];
        }
    }

    /// <summary>The FLAPs' bodies on a channel, as far as the stream is FLAP.</summary>
    public IEnumerable<byte[]> Flaps(byte channel)
    {
        byte[] bytes = Bytes;
        for (int at = 0; at + 6 <= bytes.Length && bytes[at] == 0x2A;)
        {
            int end = Math.Min(bytes.Length, at + 6 + (bytes[at + 4] << 8) + bytes[at + 5]);
            if (bytes[at + 1] == channel)
            {
                yield return bytes[(at + 6)..end];
            }

            at = end;
        }
    }

    /// <summary>Every direction of every connection of a recording, by its two ends,.</summary>
    public static Dictionary<(Ipv4Endpoint From, Ipv4Endpoint To), RecordedStream> ReadAll(string recording)
    {
        var streams = new Dictionary<(Ipv4Endpoint From, Ipv4Endpoint To), RecordedStream>();
        using var device = new CaptureFileReaderDevice(Path.Combine(Folder, recording));
        device.Open();
        while (device.GetNextPacket(out PacketCapture capture) == GetPacketStatus.PacketRead)
        {
            RawCapture raw = capture.GetPacket();
            if (Packet.ParsePacket(raw.LinkLayerType, raw.Data).Extract<IPv4Packet>() is { } ip && ip.Extract<TcpPacket>() is { } tcp)
            {
                var from = new Ipv4Endpoint(Ipv4Address.Read(ip.SourceAddress.GetAddressBytes()), tcp.SourcePort);
                var to = new Ipv4Endpoint(Ipv4Address.Read(ip.DestinationAddress.GetAddressBytes()), tcp.DestinationPort);
                if (!streams.TryGetValue((from, to), out RecordedStream? stream))
                {
                    streams[(from, to)] = stream = new RecordedStream();
                }

                stream.Add(tcp);
            }
        }

        return streams;
    }

    private void Add(TcpPacket tcp)
    {
        if (tcp.Synchronize)
        {
            _first = tcp.SequenceNumber + 1;
        }
        else if (tcp.PayloadData is { Length: > 0 } payload)
        {
            _first ??= tcp.SequenceNumber;
            _segments[tcp.SequenceNumber - _first.Value] = payload;
        }
    }

    private static string SourceFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
