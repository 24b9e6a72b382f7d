using ReAim.Alg.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Fuzz.World;

/// <summary>Messages that a script names by number.</summary>
internal static class Samples
{
    public static IReadOnlyList<byte[]> All { get; } =
    [
        Talk.ClientHello,
        Talk.ServerHello,
        Offer(Addresses.Alice, 5190),
        Offer(Addresses.Alice, 8_080, cookie: 2, peer: "carol"),
        Offer(Addresses.Dave, 5190, cookie: 3),
        Offer(Addresses.Alice, 5190, cookie: 4, capability: SendFile),
        InstantMessage("hello"),
        Cancel(),
        Accept(),
        Decline(),
        Flap(4),
        Flap(5),
        Relayed(0, DirectIm, 9, "bob", Address(0x0002, Addresses.Bob), Address(0x0003, Addresses.Bob), Port(4_443)),
        Relayed(0, DirectIm, 1, "alice", Address(0x0002, Addresses.Gateway), Address(0x0003, Addresses.Gateway), Port(5190)),
        Relayed(1, DirectIm, 1, "bob"),
        Relayed(2, DirectIm, 1, "bob"),
        Snac(1, 5, 8, Tlv(0x000D, U16(0x10)), Tlv(0x0005, "198.51.100.5:5191"u8.ToArray()), Tlv(0x0006, U32(7))),
        Flap(4, Tlv(0x0001, "alice"u8.ToArray()), Tlv(0x0005, "bos.example.net:5190"u8.ToArray()), Tlv(0x0006, U32(7))),
        Snac(4, 1, 7, U16(4)),
        "GET / HTTP/1.1\r\n\r\n"u8.ToArray(),
        .. Recordings.Vectors.Select(vector => vector.Bytes),
    ];
}
