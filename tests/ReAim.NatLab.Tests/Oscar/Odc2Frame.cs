using System.Buffers.Binary;
using System.Text;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A frame of a Direct IM: 76 bytes of header and a payload (PROTOCOL 3).</summary>
internal sealed record Odc2Frame(ulong Cookie, ushort Flags, string Name, byte[] Payload)
{
    /// <summary>Says only: this is the session with that cookie.</summary>
    public const ushort CookieFlags = 0x0060;

    private const int HeaderLength = 76;
    private const int MaxPayload = 1 << 20;

    public static async Task<Odc2Frame?> ReadAsync(TcpConnection connection)
    {
        byte[]? head = await connection.ReadExactAsync(HeaderLength);
        if (head is null || !head.AsSpan(0, 6).SequenceEqual("ODC2\0\x4C"u8))
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(28));
        byte[]? payload = length is < 0 or > MaxPayload ? null : length == 0 ? [] : await connection.ReadExactAsync(length);
        return payload is null
            ? null
            : new Odc2Frame(
                BinaryPrimitives.ReadUInt64BigEndian(head.AsSpan(12)),
                BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(38)),
                Encoding.ASCII.GetString(head, 44, 32).TrimEnd('\0'),
                payload);
    }

    public byte[] ToBytes()
    {
        byte[] head = new byte[HeaderLength];
        "ODC2\0\x4C\0\x01\0\x06"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt64BigEndian(head.AsSpan(12), Cookie);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(28), Payload.Length);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(38), Flags);
        Encoding.ASCII.GetBytes(Name).CopyTo(head, 44);
        return Join(head, Payload);
    }
}
