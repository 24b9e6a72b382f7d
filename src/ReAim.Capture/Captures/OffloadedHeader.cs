using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Captures;

/// <summary>
/// What a network card was to write into a datagram that was captured on its sender, and what therefore is still zero: the
/// header checksum, and the total length of what the card cuts up (the TCP checksum then covers a length of zero).
/// </summary>
internal readonly record struct OffloadedHeader
{
    private const int LengthOffset = 2;
    private const int ProtocolOffset = 9;
    private const int ChecksumOffset = 10;
    private const int TcpChecksumOffset = 16;

    /// <summary>True if the total length was zero.</summary>
    public bool LacksLength { get; private init; }

    /// <summary>True if the header checksum was zero.</summary>
    public bool LacksChecksum { get; private init; }

    /// <summary>True if the TCP checksum was a pseudo-header's of length zero.</summary>
    public bool LacksTcpLength { get; private init; }

    /// <summary>Writes what is still zero, so that the datagram can be read like any other.</summary>
    /// <param name="datagram">What was captured of the datagram.</param>
    /// <param name="length">Its length on the wire; ignored unless its own is zero.</param>
    /// <returns>What was written, for <see cref="Restore"/>.</returns>
    public static OffloadedHeader Complete(Span<byte> datagram, long length)
    {
        int headerLength = datagram.Length < Ipv4Packet.MinHeaderLength || datagram[0] >> 4 != 4 ? 0 : (datagram[0] & 0x0F) * 4;
        if (headerLength < Ipv4Packet.MinHeaderLength || headerLength > datagram.Length)
        {
            return default;
        }

        Span<byte> header = datagram[..headerLength];
        bool lacksLength = Read(header, LengthOffset) == 0 && length >= headerLength && length <= ushort.MaxValue;
        bool lacksChecksum = Read(header, ChecksumOffset) == 0 && Checksum.Sum(header) != 0xFFFF;
        bool lacksTcpLength = lacksLength && IsPartial(datagram, headerLength, 0);
        if (lacksLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[LengthOffset..], (ushort)length);
        }

        if (lacksChecksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header[ChecksumOffset..], (ushort)~Checksum.Sum(header));
        }

        if (lacksTcpLength)
        {
            WritePartial(datagram, headerLength, (int)length - headerLength);
        }

        return new OffloadedHeader { LacksLength = lacksLength, LacksChecksum = lacksChecksum, LacksTcpLength = lacksTcpLength };
    }

    /// <summary>Leaves to the card again what is its.</summary>
    /// <param name="datagram">The datagram; its addresses may have changed, but not its length.</param>
    public void Restore(Span<byte> datagram)
    {
        if (LacksTcpLength)
        {
            WritePartial(datagram, (datagram[0] & 0x0F) * 4, 0);
        }

        if (LacksLength)
        {
            datagram.Slice(LengthOffset, 2).Clear();
        }

        if (LacksChecksum)
        {
            datagram.Slice(ChecksumOffset, 2).Clear();
        }
    }

    private static ushort Read(ReadOnlySpan<byte> header, int offset) => BinaryPrimitives.ReadUInt16BigEndian(header[offset..]);

    private static bool IsPartial(ReadOnlySpan<byte> datagram, int headerLength, int length) =>
        datagram[ProtocolOffset] == Ipv4Packet.Tcp && datagram.Length >= headerLength + TcpChecksumOffset + 2
        && Read(datagram, headerLength + TcpChecksumOffset) == Pseudo(datagram, length);

    private static void WritePartial(Span<byte> datagram, int headerLength, int length) =>
        BinaryPrimitives.WriteUInt16BigEndian(datagram[(headerLength + TcpChecksumOffset)..], Pseudo(datagram, length));

    private static ushort Pseudo(ReadOnlySpan<byte> datagram, int length) =>
        Checksum.PseudoHeader(Ipv4Address.Read(datagram[12..]), Ipv4Address.Read(datagram[16..]), Ipv4Packet.Tcp, length);
}
