using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>
/// Puts a stream together from packets, first copy wins, and finds it wrong if two copies of one byte differ. Knows nothing
/// of the engine.
/// </summary>
internal static class StreamJudge
{
    public static byte[] Reassemble(IEnumerable<byte[]> packets, Ipv4Endpoint source, Ipv4Endpoint destination, uint firstSequence, bool conflictsAllowed = false)
    {
        var bytes = new SortedDictionary<long, byte>();
        foreach (byte[] packet in packets)
        {
            ReadOnlySpan<byte> ip = packet;
            if (ip.Length < 40 || ip[9] != 6)
            {
                continue;
            }

            ReadOnlySpan<byte> tcp = ip[((ip[0] & 15) * 4)..];
            if (Ipv4Address.Read(ip[12..]) != source.Address || Ipv4Address.Read(ip[16..]) != destination.Address
                || BinaryPrimitives.ReadUInt16BigEndian(tcp) != source.Port || BinaryPrimitives.ReadUInt16BigEndian(tcp[2..]) != destination.Port)
            {
                continue;
            }

            ReadOnlySpan<byte> payload = tcp[((tcp[12] >> 4) * 4)..];
            long offset = (int)(BinaryPrimitives.ReadUInt32BigEndian(tcp[4..]) - firstSequence);
            for (int i = 0; i < payload.Length; i++)
            {
                if (offset + i >= 0 && !bytes.TryAdd(offset + i, payload[i]) && !conflictsAllowed)
                {
                    Assert.That(payload[i], Is.EqualTo(bytes[offset + i]), $"Two copies of byte {offset + i} differ.");
                }
            }
        }

        return [.. bytes.TakeWhile((entry, index) => entry.Key == index).Select(entry => entry.Value)];
    }
}
