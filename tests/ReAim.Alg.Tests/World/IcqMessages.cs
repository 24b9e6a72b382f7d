using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.World;

/// <summary>What ICQ clients write beyond AIM's messages (PROTOCOL 4).</summary>
internal static class IcqMessages
{
    public const ushort RelayCapability = 0x1349;
    public const ushort ReverseCapability = 0x1344;

    private const uint Number = 87_654_321;

    /// <summary>The value of TLV 000C.</summary>
    public static byte[] DirectInfo(Ipv4Address address, uint port, byte type) =>
        Join(U32(address.Value), U32(port), [type], U16(8), U32(0x34F9_C654), U32(80), U32(3), new byte[12], U16(0));

    /// <summary>A 0001/001E.</summary>
    public static byte[] Status(Ipv4Address address, uint port, bool listens = true, byte? type = null) =>
        Snac(1, 0x1E, 9, Tlv(6, U32(0x0003_0000)), Tlv(8, U16(0)), Tlv(0x0C, DirectInfo(address, port, type ?? (byte)(listens ? 4 : 0))));

    /// <summary>A relayed message that names the listener.</summary>
    public static byte[] Relay(Ipv4Address address, ushort port, ulong cookie, byte[] data) =>
        Rendezvous(0, RelayCapability, cookie, "17174647", [Tlv(0x0A, U16(2)), Tlv(0x0F), Address(3, address), Port(port), Tlv(0x2711, data)]);

    /// <summary>A relayed message that names none: most of what ICQ clients say.</summary>
    public static byte[] RelayedText(ulong cookie) =>
        Rendezvous(0, RelayCapability, cookie, "17174647", [Tlv(0x0A, U16(1)), Tlv(0x0F), Tlv(0x2711, Heads(8), [1, 0, 0, 0, 1, 0], Counted("hello"))]);

    /// <summary>The service data of a file's acceptance.</summary>
    public static byte[] Acceptance(ushort port, bool isPlugin)
    {
        byte[] end = Join(U16(port), U16(0), Counted("a.txt"), Little(12_008, 4), Little(port, 4));
        byte[] description = "desc\0"u8.ToArray();
        return isPlugin
            ? Join(Heads(9), [0x1A, 0, 0, 0, 0, 0], Counted(""), Little(20, 2), new byte[20], Little((uint)(description.Length + 4 + end.Length), 4), Little((uint)description.Length, 4), description, end)
            : Join(Heads(9), [3, 0, 0, 0, 0, 0], Counted("desc"), end);
    }

    /// <summary>The same as climm writes it, in a 0004/000B.</summary>
    public static byte[] AcceptanceOfClimm(ushort port, ulong cookie) => Snac(4, 0x0B, 7, Head(cookie, 2, "17174647"), ClimmData(port));

    /// <summary>What follows the head of such a 0004/000B.</summary>
    public static byte[] ClimmData(ushort port) =>
        Join(U16(3), Heads(8), [3, 0, 0, 0, 0, 0], Counted(""), U16(port), U16(0), Counted(""), U32(0), "for "u8.ToArray(), Little(port, 4));

    /// <summary>The port of an acceptance as a receiver takes it: the one that ends it.</summary>
    public static ushort AcceptedPort(ReadOnlySpan<byte> data) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(data[^4..]);

    public static byte[] ReverseConnect(Ipv4Address address, ushort port, ulong cookie, bool isSecondBigEndian) => Rendezvous(
        0,
        ReverseCapability,
        cookie,
        "17174647",
        [Tlv(0x0A, U16(1)), Tlv(0x0F), Tlv(0x2711, ReverseData(address, port, isSecondBigEndian))]);

    public static byte[] ReverseData(Ipv4Address address, ushort port, bool isSecondBigEndian) =>
        Join(Little(Number, 4), U32(address.Value), Little(port, 4), [4], U32(0), isSecondBigEndian ? U32(port) : Little(port, 4), Little(8, 2), Little(0x2F, 4));

    /// <summary>The two blocks that lead a relayed message.</summary>
    private static byte[] Heads(byte version) => Join([27, 0, version, 0], new byte[25], [14, 0], new byte[14]);

    private static byte[] Counted(string text) => Join(Little((uint)text.Length + 1, 2), System.Text.Encoding.ASCII.GetBytes(text), [0]);

    private static byte[] Little(uint value, int length) => [.. U32(value).Reverse().Take(length)];
}
