using System.Buffers.Binary;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A frame of the rendezvous proxy's protocol: length, 044A, command, four zero bytes, flags, payload.</summary>
internal sealed record ProxyFrame(ushort Command, byte[] Payload)
{
    public const ushort Error = 1;
    public const ushort Create = 2;
    public const ushort Created = 3;
    public const ushort Join = 4;
    public const ushort Ready = 5;

    public const ushort FromClient = 0x0000;
    public const ushort FromProxy = 0x0220;

    private const int HeaderLength = 12;

    /// <summary>Null at the end of the stream, or if it is something else.</summary>
    public static async Task<ProxyFrame?> ReadAsync(TcpConnection connection)
    {
        byte[]? head = await connection.ReadExactAsync(HeaderLength);
        if (head is null || head[2] != 0x04 || head[3] != 0x4A)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(head) + 2 - HeaderLength;
        byte[]? payload = length > 0 ? await connection.ReadExactAsync(length) : [];
        return payload is null ? null : new ProxyFrame(BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4)), payload);
    }

    public void SendOn(TcpConnection connection, ushort flags) =>
        connection.Send(ReAim.Alg.Tests.World.Messages.Join(U16((ushort)(HeaderLength - 2 + Payload.Length)), U16(0x044A), U16(Command), U32(0), U16(flags), Payload));
}
