using System.Buffers.Binary;
using System.Runtime.InteropServices;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// What we have sent in the last moments: the driver marks all packets alike that came from a program, and what we sent at one
/// layer may come to us at another. The newest ones are remembered, whatever a router changes in them on the way left out.
/// </summary>
internal sealed class OwnPackets
{
    private const int Places = 1_024;
    private const long Lifetime = 2_000_000_000;

    /// <summary>How much of a TCP header comes before its checksum (RFC 9293 3.1).</summary>
    private const int BeforeChecksum = 16;

    private readonly Dictionary<int, long> _times = new(Places);
    private readonly (int Hash, long Time)[] _ring = new (int Hash, long Time)[Places];
    private int _next;

    /// <summary>Remembers a packet.</summary>
    /// <param name="datagram">The packet as it was sent.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public void Add(ReadOnlySpan<byte> datagram, long now)
    {
        ref (int Hash, long Time) place = ref _ring[_next];
        if (_times.TryGetValue(place.Hash, out long time) && time == place.Time)
        {
            _times.Remove(place.Hash);
        }

        place = (Hash(datagram), now);
        _times[place.Hash] = now;
        _next = (_next + 1) % Places;
    }

    /// <summary>True if a packet is one of those.</summary>
    /// <param name="datagram">A packet that some program has sent.</param>
    /// <param name="now">Nanoseconds of the gateway's clock.</param>
    public bool Contains(ReadOnlySpan<byte> datagram, long now) => _times.TryGetValue(Hash(datagram), out long time) && now - time < Lifetime;

    private static int Hash(ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length < Ipv4Packet.MinHeaderLength)
        {
            return 0;
        }

        // Neither the time to live nor a checksum, which the driver may compute.
        int header = Math.Min((datagram[0] & 0x0F) * 4, datagram.Length);
        var hash = new HashCode();
        hash.Add(BinaryPrimitives.ReadUInt64BigEndian(datagram));
        hash.Add(datagram[9]);
        hash.Add(MemoryMarshal.Read<ulong>(datagram[12..]));
        hash.AddBytes(datagram.Slice(header, Math.Min(datagram.Length - header, BeforeChecksum)));
        return hash.ToHashCode();
    }
}
