using System.Buffers.Binary;

namespace ReAim.Alg.Msn;

/// <summary>The binary header of peer-to-peer data and where its text stands (PROTOCOL-MSN 3). Its numbers are little-endian.</summary>
/// <remarks>
///  0 session  4 identifier  8 offset of the piece  16 size of the whole  24 size of the piece  28 flags
///  32 identifier, 36 serial, 40 size that is acknowledged  48 text  behind it: 4 bytes of footer
/// </remarks>
internal readonly struct PeerToPeerHeader
{
    /// <summary>Bytes of the header.</summary>
    public const int Length = 48;

    /// <summary>Where the size of the whole message stands in the header.</summary>
    public const int TotalSizeOffset = 16;

    /// <summary>Where the size of this piece stands.</summary>
    public const int PieceSizeOffset = 24;

    /// <summary>Where the size that is acknowledged stands.</summary>
    public const int AcknowledgedSizeOffset = 40;

    /// <summary>The most that clients put into one piece.</summary>
    public const int LargestPiece = 1_202;

    /// <summary>Bytes behind the text.</summary>
    public const int FooterLength = 4;
    private const int InnerLength = 8;
    private const int FirstPieceFlag = 0x01;
    private const uint AcknowledgementFlag = 0x02;

    private PeerToPeerHeader(ReadOnlySpan<byte> body)
    {
        Identifier = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        TotalSize = BinaryPrimitives.ReadUInt64LittleEndian(body[TotalSizeOffset..]);
        IsAcknowledgement = BinaryPrimitives.ReadUInt32LittleEndian(body[28..]) == AcknowledgementFlag;
        AcknowledgedIdentifier = BinaryPrimitives.ReadUInt32LittleEndian(body[32..]);
        AcknowledgedSize = BinaryPrimitives.ReadUInt64LittleEndian(body[AcknowledgedSizeOffset..]);
    }

    /// <summary>The sender's number of the message.</summary>
    public uint Identifier { get; }

    /// <summary>Bytes of the whole message's text.</summary>
    public ulong TotalSize { get; }

    /// <summary>True if it says that a message has come.</summary>
    public bool IsAcknowledgement { get; }

    /// <summary>The number of that message.</summary>
    public uint AcknowledgedIdentifier { get; }

    /// <summary>Bytes of that message.</summary>
    public ulong AcknowledgedSize { get; }

    /// <summary>True if what has come so far of a body belongs to a session's data, not to the talk about sessions.</summary>
    public static bool IsData(ReadOnlySpan<byte> body) => IsSecondKind(body)
        ? body.Length >= body[0] + 8 && BinaryPrimitives.ReadUInt32BigEndian(body[(body[0] + 4)..]) != 0
        : body.Length >= 4 && BinaryPrimitives.ReadUInt32LittleEndian(body) != 0;

    /// <summary>Reads the header of a talk about sessions that is whole in one piece.</summary>
    /// <param name="body">All of a message's body: header, text, footer.</param>
    /// <param name="header">The header.</param>
    /// <returns>False for data, for one of several pieces, and for what is no such header.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out PeerToPeerHeader header)
    {
        header = default;
        if (body.Length < Length + FooterLength || BinaryPrimitives.ReadUInt32LittleEndian(body) != 0)
        {
            return false;
        }

        header = new PeerToPeerHeader(body);
        int size = body.Length - Length - FooterLength;
        return BinaryPrimitives.ReadUInt64LittleEndian(body[8..]) == 0
            && BinaryPrimitives.ReadUInt32LittleEndian(body[PieceSizeOffset..]) == size
            && (header.IsAcknowledgement || header.TotalSize == (ulong)size);
    }

    /// <summary>
    /// Finds the text of a talk whose header is of the second kind, which numbers bytes: its length must not change.
    /// </summary>
    /// <param name="body">All of a message's body.</param>
    /// <param name="text">Where the text begins in it.</param>
    /// <returns>False for data, for one of several pieces, and for what is no such header.</returns>
    public static bool TryReadSecond(ReadOnlySpan<byte> body, out int text)
    {
        text = 0;
        if (!IsSecondKind(body) || body.Length < body[0] + InnerLength + FooterLength || IsData(body))
        {
            return false;
        }

        int outer = body[0];
        ReadOnlySpan<byte> inner = body[outer..];
        text = outer + inner[0];
        return inner[0] >= InnerLength
            && (inner[1] & ~FirstPieceFlag) == 0
            && outer + BinaryPrimitives.ReadUInt16BigEndian(body[2..]) + FooterLength == body.Length
            && text + FooterLength <= body.Length;
    }

    /// <summary>A header of the second kind begins with its length, a multiple of four, and one of few operations.</summary>
    private static bool IsSecondKind(ReadOnlySpan<byte> body) => body.Length >= 2 && body[0] >= 8 && body[0] % 4 == 0 && body[1] <= 3;
}
