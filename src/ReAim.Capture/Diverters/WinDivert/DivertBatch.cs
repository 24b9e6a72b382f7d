using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>Packets that come, or go, in one call: one behind the other, as the driver has them, with an address for each.</summary>
internal sealed class DivertBatch
{
    /// <summary>So many packets at most; the driver could do 255.</summary>
    public const int MaxPackets = 64;

    /// <summary>Room for two of the longest packets there are.</summary>
    public const int MaxLength = 2 * 65_575;

    private int _taken;
    private int _takenLength;

    /// <summary>Room for the packets.</summary>
    public byte[] Bytes { get; } = new byte[MaxLength];

    /// <summary>Room for their addresses.</summary>
    public DivertAddress[] Addresses { get; } = new DivertAddress[MaxPackets];

    /// <summary>How many packets there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many bytes they have together.</summary>
    public int Length { get; private set; }

    /// <summary>Packets that could not be told apart, since it was made.</summary>
    public int Discarded { get; private set; }

    /// <summary>Says what was written into it: it can be taken from the beginning.</summary>
    public void Fill(int count, int length) => (Count, Length, _taken, _takenLength) = (count, length, 0, 0);

    /// <summary>Takes everything out.</summary>
    public void Clear() => Fill(0, 0);

    /// <summary>Becomes like another one that is full.</summary>
    public void CopyFrom(DivertBatch other)
    {
        other.Bytes.AsSpan(0, other.Length).CopyTo(Bytes);
        other.Addresses.AsSpan(0, other.Count).CopyTo(Addresses);
        Fill(other.Count, other.Length);
    }

    /// <summary>Adds a packet.</summary>
    /// <returns>False if it has no room.</returns>
    public bool TryAdd(ReadOnlySpan<byte> datagram, in DivertAddress address)
    {
        if (Count == MaxPackets || datagram.Length > MaxLength - Length)
        {
            return false;
        }

        datagram.CopyTo(Bytes.AsSpan(Length));
        Addresses[Count++] = address;
        Length += datagram.Length;
        return true;
    }

    /// <summary>Takes the next packet.</summary>
    /// <param name="datagram">The packet; it may be edited in place until the batch is filled again.</param>
    /// <param name="address">What the driver says of it.</param>
    /// <returns>False if there is none, or the rest is not what the driver promises: whole IPv4 datagrams.</returns>
    public bool TryTake(out Span<byte> datagram, out DivertAddress address)
    {
        datagram = default;
        address = default;
        if (_taken == Count)
        {
            return false;
        }

        Span<byte> rest = Bytes.AsSpan(_takenLength, Length - _takenLength);
        int length = rest.Length < Ipv4Packet.MinHeaderLength || rest[0] >> 4 != 4 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
        if (length < Ipv4Packet.MinHeaderLength || length > rest.Length)
        {
            // Where the next one begins cannot be told any more.
            Discarded += Count - _taken;
            _taken = Count;
            return false;
        }

        datagram = rest[..length];
        address = Addresses[_taken++];
        _takenLength += length;
        return true;
    }
}
