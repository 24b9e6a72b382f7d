using System.Buffers.Binary;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar.Icq;

/// <summary>The first frame of an ICQ peer connection, versions 7 to 10 (PROTOCOL 4.5).</summary>
internal sealed record PeerInit(uint To, uint From, ushort Port, ushort PortAgain, Ipv4Address External, Ipv4Address Internal, uint Cookie)
{
    private const int Length = 48;
    private const byte Kind = 0xFF;

    public static PeerInit? Parse(byte[]? frame) => frame is { Length: Length } && frame[0] == Kind
        ? new PeerInit(Number(frame, 5), Number(frame, 15), (ushort)Number(frame, 11), (ushort)Number(frame, 28), Ipv4Address.Read(frame.AsSpan(19)), Ipv4Address.Read(frame.AsSpan(23)), Number(frame, 32))
        : null;

    public byte[] ToBytes() => Join(
        [Kind], Little(8, 2), [0x2B, 0], Little(To), U16(0), Little(Port), Little(From), U32(External.Value), U32(Internal.Value), [4], Little(PortAgain), Little(Cookie), Little(80), Little(3), Little(0));

    private static uint Number(byte[] frame, int at) => BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(at));

    private static byte[] Little(uint value, int length = 4) => [.. U32(value).Reverse().Take(length)];
}
