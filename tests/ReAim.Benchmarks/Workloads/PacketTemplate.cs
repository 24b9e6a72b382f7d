using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Benchmarks.Workloads;

/// <summary>
/// One packet of a connection that is sent again and again with the next sequence number: rewriting the number and repairing
/// the checksum costs a few nanoseconds, so that what is measured stays in the cache as a freshly received packet does.
/// </summary>
internal sealed class PacketTemplate
{
    private const int Header = 40;

    private readonly byte[] _bytes;

    public PacketTemplate(Ipv4Endpoint source, Ipv4Endpoint destination, TcpFlags flags, byte[] payload)
    {
        _bytes = new byte[Header + payload.Length];
        _bytes[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(2), (ushort)_bytes.Length);
        _bytes[6] = 0x40;
        _bytes[8] = 64;
        _bytes[9] = Ipv4Packet.Tcp;
        source.Address.Write(_bytes.AsSpan(12));
        destination.Address.Write(_bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(20), source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(22), destination.Port);
        _bytes[32] = 0x50;
        _bytes[33] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(34), 0xFAF0);
        payload.CopyTo(_bytes, Header);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(10), (ushort)~Checksum.Sum(_bytes.AsSpan(0, 20)));
        ushort pseudo = Checksum.PseudoHeader(source.Address, destination.Address, Ipv4Packet.Tcp, _bytes.Length - 20);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(36), (ushort)~Checksum.Add(Checksum.Sum(_bytes.AsSpan(20)), pseudo));
    }

    public int PayloadLength => _bytes.Length - Header;

    /// <summary>The packet with these numbers; valid until the next call.</summary>
    public Span<byte> With(uint sequence, uint acknowledgement)
    {
        Span<byte> numbers = _bytes.AsSpan(24, 8);
        uint sum = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(36));
        sum += Complement(BinaryPrimitives.ReadUInt32BigEndian(numbers)) + Complement(BinaryPrimitives.ReadUInt32BigEndian(numbers[4..]));
        BinaryPrimitives.WriteUInt32BigEndian(numbers, sequence);
        BinaryPrimitives.WriteUInt32BigEndian(numbers[4..], acknowledgement);
        sum += (sequence >> 16) + (sequence & 0xFFFF) + (acknowledgement >> 16) + (acknowledgement & 0xFFFF);
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(36), (ushort)~sum);
        return _bytes;
    }

    private static uint Complement(uint number) => (ushort)~(number >> 16) + (uint)(ushort)~number;
}
