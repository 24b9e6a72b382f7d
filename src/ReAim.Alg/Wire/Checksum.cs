using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ReAim.Alg.Wire;

/// <summary>
/// The Internet checksum (RFC 1071) and its incremental update (RFC 1624). Sums are kept folded, in host order: the sum of
/// the big-endian 16-bit words, without the final complement.
/// </summary>
public static class Checksum
{
    /// <summary>The folded ones' complement sum of the bytes, an odd last byte padded with zero.</summary>
    /// <param name="bytes">Any length.</param>
    public static ushort Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 0;
        if (Vector256.IsHardwareAccelerated && bytes.Length >= 64)
        {
            sum = SumVectors(bytes, out int summed);
            bytes = bytes[summed..];
        }

        while (bytes.Length >= 8)
        {
            ulong word = MemoryMarshal.Read<ulong>(bytes);
            sum += (uint)word + (word >> 32);
            bytes = bytes[8..];
        }

        if (bytes.Length >= 4)
        {
            sum += MemoryMarshal.Read<uint>(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += MemoryMarshal.Read<ushort>(bytes);
            bytes = bytes[2..];
        }

        if (bytes.Length > 0)
        {
            sum += BitConverter.IsLittleEndian ? bytes[0] : (uint)bytes[0] << 8;
        }

        // A ones' complement sum does not depend on the byte order in which its words were read (RFC 1071 2 B).
        ushort folded = Fold(sum);
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }

    /// <summary>Adds two folded sums.</summary>
    /// <param name="a">A folded sum.</param>
    /// <param name="b">A folded sum.</param>
    public static ushort Add(ushort a, ushort b) => Fold((uint)a + b);

    /// <summary>The folded sum of the TCP pseudo-header (RFC 9293 3.1).</summary>
    /// <param name="source">Source address.</param>
    /// <param name="destination">Destination address.</param>
    /// <param name="protocol">IP protocol number.</param>
    /// <param name="length">Length of TCP header and payload.</param>
    public static ushort PseudoHeader(Ipv4Address source, Ipv4Address destination, byte protocol, int length) =>
        Fold((ulong)source.Value + destination.Value + protocol + (uint)length);

    /// <summary>A checksum field after some of the bytes it covers changed (RFC 1624 equation 3).</summary>
    /// <param name="checksum">The field's value before.</param>
    /// <param name="before">The bytes as they were.</param>
    /// <param name="after">The bytes as they are: as many.</param>
    /// <param name="odd">True if the first of them lies at an odd offset of the covered data.</param>
    public static ushort Update(ushort checksum, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, bool odd)
    {
        ushort old = Sum(before);
        ushort now = Sum(after);
        if (odd)
        {
            old = BinaryPrimitives.ReverseEndianness(old);
            now = BinaryPrimitives.ReverseEndianness(now);
        }

        return (ushort)~Fold((uint)(ushort)~checksum + (ushort)~old + now);
    }

    private static ulong SumVectors(ReadOnlySpan<byte> bytes, out int summed)
    {
        ReadOnlySpan<Vector256<uint>> vectors = MemoryMarshal.Cast<byte, Vector256<uint>>(bytes);
        Vector256<ulong> low = Vector256<ulong>.Zero;
        Vector256<ulong> high = Vector256<ulong>.Zero;
        foreach (Vector256<uint> vector in vectors)
        {
            // Even and odd 32-bit lanes apart, so that each has 32 bits of room for carries.
            low += vector.AsUInt64() & Vector256.Create(0xFFFF_FFFFUL);
            high += vector.AsUInt64() >>> 32;
        }

        summed = vectors.Length * Vector256<byte>.Count;
        ulong sum = Fold(Vector256.Sum(low));
        return sum + Fold(Vector256.Sum(high));
    }

    private static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }
}
