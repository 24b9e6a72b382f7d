using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>Writes OSCAR messages as clients and servers do (PROTOCOL 2).</summary>
internal static class Messages
{
    public const ushort SendFile = 0x1343;
    public const ushort DirectIm = 0x1345;
    public const ushort GetFile = 0x1348;

    public static byte[] Flap(byte channel, params byte[][] parts)
    {
        byte[] body = Join(parts);
        return Join([0x2A, channel, 0x12, 0x34], U16((ushort)body.Length), body);
    }

    public static byte[] Snac(ushort family, ushort subtype, uint requestId, params byte[][] parts) =>
        Flap(2, Join(U16(family), U16(subtype), U16(0), U32(requestId), Join(parts)));

    public static byte[] Tlv(ushort type, params byte[][] value)
    {
        byte[] bytes = Join(value);
        return Join(U16(type), U16((ushort)bytes.Length), bytes);
    }

    public static byte[] Address(ushort type, Ipv4Address address) => Tlv(type, U32(address.Value));

    public static byte[] Port(ushort port) => Tlv(0x0005, U16(port));

    public static byte[] Uuid(ushort capability) =>
        Join([0x09, 0x46], U16(capability), Convert.FromHexString("4C7F11D18222444553540000"));

    public static byte[] Head(ulong cookie, ushort channel, string name) =>
        Join(U64(cookie), U16(channel), [(byte)name.Length], Encoding.ASCII.GetBytes(name));

    /// <summary>A rendezvous message of a client: 0004/0006, channel 2.</summary>
    public static byte[] Rendezvous(ushort type, ushort capability, ulong cookie, string peer, byte[][] tlvs, uint requestId = 7, ulong? innerCookie = null) =>
        Snac(0x0004, 0x0006, requestId, Head(cookie, 2, peer), Tlv(0x0003), Tlv(0x0005, U16(type), U64(innerCookie ?? cookie), Uuid(capability), Join(tlvs)));

    /// <summary>A rendezvous message that a server relays: 0004/0007, channel 2.</summary>
    public static byte[] Relayed(ushort type, ushort capability, ulong cookie, string sender, params byte[][] tlvs) =>
        Snac(0x0004, 0x0007, 0x8000_0001, Head(cookie, 2, sender), U16(0), U16(2), Tlv(0x0001, U16(0x10)), Tlv(0x0005, U32(0x12345678)), Tlv(0x0005, U16(type), U64(cookie), Uuid(capability), Join(tlvs)));

    /// <summary>libpurple's first offer.</summary>
    public static byte[] Offer(Ipv4Address address, ushort port, ulong cookie = 1, string peer = "bob", ushort capability = DirectIm, ushort request = 1, uint requestId = 7) =>
        Rendezvous(0, capability, cookie, peer, [Address(0x0002, address), Address(0x0003, address), Port(port), Tlv(0x000A, U16(request)), Tlv(0x000F)], requestId);

    public static byte[] Cancel(ulong cookie = 1, string peer = "bob") => Rendezvous(1, DirectIm, cookie, peer, [Tlv(0x000B, U16(1))]);

    public static byte[] Accept(ulong cookie = 1, string peer = "bob") => Rendezvous(2, DirectIm, cookie, peer, []);

    /// <summary>0004/000B: declined by the client itself.</summary>
    public static byte[] Decline(ulong cookie = 1, string peer = "bob", ushort code = 1) =>
        Snac(0x0004, 0x000B, 9, Head(cookie, 2, peer), U16(3), U16(2), U16(code));

    /// <summary>A plain IM of the client.</summary>
    public static byte[] InstantMessage(string text, string peer = "bob") =>
        Snac(0x0004, 0x0006, 3, Head(5, 1, peer), Tlv(0x0002, Tlv(0x0501, [1]), Tlv(0x0101, U32(0), Encoding.ASCII.GetBytes(text))), Tlv(0x0006));

    public static byte[] U16(ushort value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] U32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] U64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];
}
