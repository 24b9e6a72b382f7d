using System.Buffers.Binary;
using System.Text;

namespace ReAim.NatLab.Tests.Msn;

/// <summary>A whole peer-to-peer message of the talk about sessions.</summary>
internal sealed record PeerToPeerMessage(uint Identifier, uint Flags, uint AcknowledgedIdentifier, ulong AcknowledgedSize, ulong TotalSize, string Text)
{
    public const uint Acknowledgement = 2;
    private const int HeaderLength = 48;
    private const int FooterLength = 4;

    public byte[] Build(string destination)
    {
        var header = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), Identifier);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), TotalSize);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), Text.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(28), Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(32), AcknowledgedIdentifier);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(40), AcknowledgedSize);
        string start = $"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: {destination}\r\n\r\n";
        return [.. Encoding.Latin1.GetBytes(start), .. header, .. Encoding.Latin1.GetBytes(Text), .. new byte[FooterLength]];
    }

    /// <summary>Reads a body; throws if its sizes do not fit what came.</summary>
    public static PeerToPeerMessage Read(ReadOnlySpan<byte> body)
    {
        int length = body.Length - HeaderLength - FooterLength;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(body[28..]);
        ulong total = BinaryPrimitives.ReadUInt64LittleEndian(body[16..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(body[24..]) != length || (flags != Acknowledgement && total != (ulong)length))
        {
            throw new InvalidDataException($"a piece of {length} bytes says that it has others");
        }

        return new PeerToPeerMessage(
            BinaryPrimitives.ReadUInt32LittleEndian(body[4..]),
            flags,
            BinaryPrimitives.ReadUInt32LittleEndian(body[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(body[40..]),
            total,
            Encoding.Latin1.GetString(body.Slice(HeaderLength, length)));
    }
}
