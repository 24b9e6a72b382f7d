using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>The header of a SNAC (PROTOCOL 2.1).</summary>
/// <remarks>
///  0        2         4       6            10
///  +--------+---------+-------+------------+----------------------------+------
///  | family | subtype | flags | request id | [flag 8000: n, n bytes]    | data
///  +--------+---------+-------+------------+----------------------------+------
/// </remarks>
public readonly struct Snac
{
    /// <summary>Bytes before the data, without the optional block.</summary>
    public const int HeaderLength = 10;

    /// <summary>Family 0001, subtype 0005: the client is to connect elsewhere for a service.</summary>
    public const uint ServiceRedirect = 0x0001_0005;

    /// <summary>Family 0001, subtype 0012: the client is to move to another server.</summary>
    public const uint Migration = 0x0001_0012;

    /// <summary>Family 0001, subtype 001E: the client's status, and where it listens for ICQ's direct connections.</summary>
    public const uint SetStatus = 0x0001_001E;

    /// <summary>Family 0004, subtype 0001: an error.</summary>
    public const uint IcbmError = 0x0004_0001;

    /// <summary>Family 0004, subtype 0006: a message from the client.</summary>
    public const uint IcbmToServer = 0x0004_0006;

    /// <summary>Family 0004, subtype 0007: a message to the client.</summary>
    public const uint IcbmToClient = 0x0004_0007;

    /// <summary>Family 0004, subtype 000B: an answer a client gives by itself.</summary>
    public const uint IcbmClientError = 0x0004_000B;

    /// <summary>Family 0017, subtype 0003: the login reply.</summary>
    public const uint LoginReply = 0x0017_0003;

    private const ushort HasBlock = 0x8000;

    private Snac(uint kind, uint requestId, int dataOffset)
    {
        Kind = kind;
        RequestId = requestId;
        DataOffset = dataOffset;
    }

    /// <summary>Family and subtype: 0004/0006 is 0x00040006.</summary>
    public uint Kind { get; }

    /// <summary>The request id.</summary>
    public uint RequestId { get; }

    /// <summary>Where the data begins in the frame's body; beyond what there is if only a part of the body is there.</summary>
    public int DataOffset { get; }

    /// <summary>Reads the header of a frame's body, or of the part of it that there is.</summary>
    /// <returns>False if there is too little to say where the data begins.</returns>
    public static bool TryParse(ReadOnlySpan<byte> body, out Snac snac)
    {
        snac = default;
        if (body.Length < HeaderLength)
        {
            return false;
        }

        int dataOffset = HeaderLength;
        if ((BinaryPrimitives.ReadUInt16BigEndian(body[4..]) & HasBlock) != 0)
        {
            if (body.Length < HeaderLength + 2)
            {
                return false;
            }

            dataOffset += 2 + BinaryPrimitives.ReadUInt16BigEndian(body[HeaderLength..]);
        }

        snac = new Snac(BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[6..]), dataOffset);
        return true;
    }
}
