using System.Text;
using CsCheck;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.World;

/// <summary>What clients send, at random but by seed: shared by all property tests.</summary>
internal static class Generators
{
    public static readonly Gen<string> Name = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz 0123456789"], 1, 16];

    public static readonly Gen<byte[]> Bytes = Gen.Byte.Array[0, 40];

    private static readonly Gen<ushort> Listening = Gen.OneOf(Gen.UShort[5190, 5199], Gen.UShort[1024, 65_535], Gen.UShort[0, 1_100]);

    private static readonly Gen<ushort> AimCapability = Gen.Int[0, 2].Select(which => new[] { SendFile, DirectIm, GetFile }[which]);

    /// <summary>The address a client writes for itself: mostly its own.</summary>
    private static readonly Gen<Ipv4Address> Claimed = Gen.Frequency(
        (12, Gen.Const(Addresses.Alice)),
        (2, Gen.Const(Addresses.Gateway)),
        (1, Gen.Const(Addresses.Parse("127.0.0.1"))),
        (1, Gen.Const(default(Ipv4Address))),
        (1, Gen.Const(Addresses.Dave)),
        (1, Gen.UInt.Select(value => new Ipv4Address(value))));

    private static Gen<byte[]> Tlvs(params Gen<byte[]>[] parts) =>
        parts.Aggregate(Gen.Const(Array.Empty<byte>()), (list, part) => Gen.Select(list, part, (a, b) => Join(a, b)));

    private static Gen<byte[]> Const(params byte[] bytes) => Gen.Const(bytes);

    private static Gen<byte[]> FileData => Bytes.Select(name => Tlv(0x2711, U16(1), U16(1), U32(12_000), name, [0]));

    private static Gen<byte[]> Invitation => Gen.Byte.Array[0, 300].Select(text => Join(Tlv(0x000E, "en"u8.ToArray()), Tlv(0x000D, "us-ascii"u8.ToArray()), Tlv(0x000C, text)));

    private static Gen<byte[]> Request => Gen.UShort[1, 4].Select(number => Tlv(0x000A, U16(number)));

    /// <summary>The inner TLVs of an offer, in each client's own order (PROTOCOL 2.4).</summary>
    private static readonly Gen<byte[]> Inner = Gen.Select(Claimed, Claimed, Listening, Gen.Int[0, 9]).SelectMany((own, other, port, style) =>
    {
        Gen<byte[]> address2 = Gen.Const(Address(0x0002, own));
        Gen<byte[]> address3 = Gen.Const(Address(0x0003, own));
        Gen<byte[]> port5 = Gen.Const(Port(port));
        Gen<byte[]> addressCheck = Gen.Const(Tlv(0x0016, U32(~own.Value)));
        Gen<byte[]> portCheck = Gen.Const(Tlv(0x0017, U16((ushort)~port)));
        Gen<byte[]> hostCheck = Gen.Const(Tlv(0x000F));
        Gen<byte[]> proxy = Gen.Const(Tlv(0x0010));
        return style switch
        {
            0 => Tlvs(address2, address3, port5, Request, hostCheck, FileData),
            1 => Tlvs(address2, address3, port5, Request, hostCheck),
            2 => Tlvs(address2, address3, port5, Request, hostCheck, proxy, addressCheck, portCheck),
            3 => Tlvs(Request, address3, port5, hostCheck, FileData),
            4 => Tlvs(Request, hostCheck, Invitation, address3, port5, FileData),
            5 => Tlvs(Request, hostCheck, address3, port5, portCheck, FileData, Gen.Const(Tlv(0x2712, "us-ascii"u8.ToArray()))),
            6 => Tlvs(Request, hostCheck, address3, port5, portCheck, proxy, address2, addressCheck, FileData),
            7 => Tlvs(Request, Gen.Const(Address(0x0002, other)), Gen.Const(Tlv(0x0016, U32(~other.Value))), port5, portCheck, address3, Invitation, hostCheck, FileData),
            8 => Tlvs(Request, hostCheck, Invitation, address2, addressCheck, address3, port5, Gen.Const(Tlv(0x0015, U16((ushort)~port))), FileData, Gen.Const(Tlv(0x2713, U64(12_000)))),
            _ => Tlvs(Request, Gen.Const(Tlv(0x0014, U16(10))), address2, addressCheck, address3, port5, portCheck, Gen.OneOf(Const(), Const(0), Const(0, 0, 0))),
        };
    });

    /// <summary>An offer of any client, as the client's own 0004/0006.</summary>
    public static readonly Gen<byte[]> Offer = Gen.Select(Inner, Gen.ULong[1, 5], Name, AimCapability, Gen.Int[0, 3]).Select((inner, cookie, name, capability, outer) =>
    {
        byte[] block = Tlv(0x0005, U16(0), U64(cookie), Uuid(capability), inner);
        return outer switch
        {
            0 => Snac(4, 6, 7, Head(cookie, 2, name), Tlv(3), block),
            1 => Snac(4, 6, 7, Head(cookie, 2, name), block, Tlv(3)),
            2 => Flap(2, U16(4), U16(6), U16(0x8000), U32(7), U16(6), Tlv(1, U16(3)), Head(cookie, 2, name), block),
            _ => Snac(4, 6, 7, Head(cookie, 2, name), block, [0]),
        };
    });

    /// <summary>What an ICQ client says of its listener: its status, a relayed message, an accepted file, a reverse connect.</summary>
    public static readonly Gen<byte[]> Icq = Gen.Select(Claimed, Gen.OneOf(Gen.Const<ushort>(5190), Listening), Gen.Int[0, 7], Gen.ULong[1, 5], Gen.Int[0, 1]).Select((own, port, kind, cookie, dialect) => kind switch
    {
        0 or 1 or 2 => IcqMessages.Status(own, port),
        3 => IcqMessages.Status(default, 0, listens: false),
        4 => IcqMessages.Relay(own, port, cookie, IcqMessages.Acceptance(port, isPlugin: dialect == 1)),
        5 => IcqMessages.Relay(own, port, cookie, IcqMessages.Acceptance(0, isPlugin: dialect == 1)),
        6 => IcqMessages.ReverseConnect(own, port, cookie, isSecondBigEndian: dialect == 1),
        _ => IcqMessages.AcceptanceOfClimm(port, cookie),
    });

    /// <summary>An offer that gets rewritten.</summary>
    public static readonly Gen<byte[]> HelpedOffer =
        Offer.Where(offer => !new ReferenceRewriter(Addresses.Alice, Gateway.Options()).Rewrite(offer).AsSpan().SequenceEqual(offer));

    /// <summary>What else a client sends.</summary>
    public static readonly Gen<byte[]> Other = Gen.OneOf(
        Gen.String[Gen.Char['a', 'z'], 0, 400].Select(text => InstantMessage(text)),
        Gen.ULong[1, 5].Select(cookie => Cancel(cookie)),
        Gen.ULong[1, 5].Select(cookie => Accept(cookie)),
        Gen.ULong[1, 5].Select(cookie => Decline(cookie)),
        Bytes.Select(body => Snac(1, 0x1E, 2, body)),
        Bytes.Select(body => Rendezvous(0, 0x1346, 2, "bob", [Tlv(0x2711, body)])),
        Gen.Const(Flap(5)));

    public static readonly Gen<byte[]> Message = Gen.Frequency((3, Offer), (2, Other), (2, Icq));

    /// <summary>One small thing done to bytes.</summary>
    public static Gen<byte[]> Mutation(byte[] bytes) => Gen.Select(Gen.Int[0, 4], Gen.Int[0, bytes.Length - 1], Gen.Byte).Select((kind, at, value) =>
    {
        byte[] copy = [.. bytes];
        switch (kind)
        {
            case 0:
                copy[at] = value;
                return copy;
            case 1:
                copy[at] ^= (byte)(1 << (value & 7));
                return copy;
            case 2:
                return copy[..at];
            case 3:
                return [.. copy[..at], value, .. copy[at..]];
            default:
                return [.. copy[..at], .. copy[(at + 1)..]];
        }
    });

    public static string Show(byte[][] messages) =>
        new StringBuilder().AppendJoin('\n', messages.Select(Convert.ToHexStringLower)).ToString();
}
