using System.Buffers.Binary;
using System.Text;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>The 256 bytes that begin each step of a file transfer (PROTOCOL 3).</summary>
internal sealed record Oft2Header(ushort Type, ulong Cookie, int Size, uint Checksum, string Name)
{
    public const int Length = 256;

    public const ushort Prompt = 0x0101;
    public const ushort Acknowledge = 0x0202;
    public const ushort Done = 0x0204;

    private const uint EmptyChecksum = 0xFFFF_0000;
    private const int NameOffset = 192;

    public static Oft2Header? Parse(byte[]? bytes)
    {
        return bytes is not { Length: Length } || !bytes.AsSpan(0, 6).SequenceEqual("OFT2\x01\0"u8)
            ? null
            : new Oft2Header(
                BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(6)),
                BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)),
                BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(28)),
                BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(40)),
                Encoding.ASCII.GetString(bytes, NameOffset, Length - NameOffset).TrimEnd('\0'));
    }

    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Length];
        "OFT2\x01\0"u8.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), Type);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Cookie);

        // One file of one, one part of one.
        bytes[21] = bytes[23] = bytes[25] = bytes[27] = 1;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(28), Size);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(32), Size);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(40), Checksum);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(44), EmptyChecksum);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(56), EmptyChecksum);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(60), Type == Done ? Size : 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(64), Type == Done ? Checksum : EmptyChecksum);
        "Cool FileXfer"u8.CopyTo(bytes.AsSpan(68));
        Encoding.ASCII.GetBytes(Name).CopyTo(bytes, NameOffset);
        return bytes;
    }

    /// <summary>OFT2's checksum: words subtracted from FFFF with the borrow brought round.</summary>
    public static uint ChecksumOf(ReadOnlySpan<byte> file)
    {
        uint sum = EmptyChecksum >> 16;
        for (int i = 0; i < file.Length; i++)
        {
            uint before = sum;
            sum -= (i & 1) != 0 ? file[i] : (uint)file[i] << 8;
            if (sum > before)
            {
                sum--;
            }
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return sum << 16;
    }
}
