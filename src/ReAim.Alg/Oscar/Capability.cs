using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>What a rendezvous is for: 0946xxxx-4C7F-11D1-8222-444553540000, told apart by xxxx (PROTOCOL 3.1).</summary>
public static class Capability
{
    /// <summary>Length of the UUID.</summary>
    public const int Length = 16;

    /// <summary>Send a file.</summary>
    public const ushort SendFile = 0x1343;

    /// <summary>Direct IM.</summary>
    public const ushort DirectIm = 0x1345;

    /// <summary>Get a file.</summary>
    public const ushort GetFile = 0x1348;

    /// <summary>ICQ: connect to me.</summary>
    public const ushort IcqReverseConnect = 0x1344;

    /// <summary>ICQ: a message of its own kind, by way of the server.</summary>
    public const ushort IcqRelay = 0x1349;

    private const ushort Head = 0x0946;
    private static ReadOnlySpan<byte> Tail => [0x4C, 0x7F, 0x11, 0xD1, 0x82, 0x22, 0x44, 0x45, 0x53, 0x54, 0x00, 0x00];

    /// <summary>The UUID's own two bytes; 0 for a UUID of another family.</summary>
    public static ushort Read(ReadOnlySpan<byte> uuid) =>
        BinaryPrimitives.ReadUInt16BigEndian(uuid) == Head && uuid[4..Length].SequenceEqual(Tail)
            ? BinaryPrimitives.ReadUInt16BigEndian(uuid[2..])
            : (ushort)0;

    /// <summary>True if its offers are helped.</summary>
    public static bool IsHelped(ushort capability) => capability is SendFile or DirectIm or GetFile or IcqRelay or IcqReverseConnect;
}
