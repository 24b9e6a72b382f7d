using System.Buffers.Binary;

namespace ReAim.Capture.Tests.World;

/// <summary>Writes capture files byte by byte, in either byte order.</summary>
internal sealed class CaptureBuilder(bool bigEndian = false)
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public CaptureBuilder Pcap(uint magic = 0xA1B2C3D4, int linkType = 1, uint snapLength = 262_144) =>
        U32(magic).U16(2).U16(4).U32(0).U32(0).U32(snapLength).U32((uint)linkType);

    public CaptureBuilder Packet(uint seconds, uint fraction, byte[] frame, int? originalLength = null) =>
        U32(seconds).U32(fraction).U32((uint)frame.Length).U32((uint)(originalLength ?? frame.Length)).Raw(frame);

    public CaptureBuilder Section(byte[]? options = null) => Block(0x0A0D0D0A, body => body.U32(0x1A2B3C4D).U16(1).U16(0).Raw([.. Enumerable.Repeat((byte)0xFF, 8)]).Raw(options ?? []));

    /// <summary>An interface; resolution is if_tsresol, offset is if_tsoffset.</summary>
    public CaptureBuilder Interface(int linkType, byte? resolution = null, long? offset = null) => Block(1, body =>
    {
        body.U16((ushort)linkType).U16(0).U32(0);
        if (resolution is { } tsresol)
        {
            body.U16(9).U16(1).Raw([tsresol, 0, 0, 0]);
        }

        if (offset is { } tsoffset)
        {
            body.U16(14).U16(8).U64((ulong)tsoffset);
        }

        if (resolution is not null || offset is not null)
        {
            body.U32(0);
        }
    });

    public CaptureBuilder Enhanced(uint on, ulong ticks, byte[] frame, byte[]? options = null) =>
        Block(6, body => body.U32(on).U32((uint)(ticks >> 32)).U32((uint)ticks).U32((uint)frame.Length).U32((uint)frame.Length).Padded(frame).Raw(options ?? []));

    public CaptureBuilder Simple(byte[] frame) => Block(3, body => body.U32((uint)frame.Length).Padded(frame));

    public CaptureBuilder Obsolete(ushort on, ulong ticks, byte[] frame) =>
        Block(2, body => body.U16(on).U16(0).U32((uint)(ticks >> 32)).U32((uint)ticks).U32((uint)frame.Length).U32((uint)frame.Length).Padded(frame));

    public CaptureBuilder Block(uint type, Action<CaptureBuilder> write)
    {
        var body = new CaptureBuilder(bigEndian);
        write(body);
        var length = (uint)(body._bytes.Count + 12);
        return U32(type).U32(length).Raw(body.Bytes).U32(length);
    }

    public CaptureBuilder Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public CaptureBuilder U16(ushort value) => Number(2, bytes => BinaryPrimitives.WriteUInt16BigEndian(bytes, value));

    public CaptureBuilder U32(uint value) => Number(4, bytes => BinaryPrimitives.WriteUInt32BigEndian(bytes, value));

    private CaptureBuilder U64(ulong value) => Number(8, bytes => BinaryPrimitives.WriteUInt64BigEndian(bytes, value));

    private CaptureBuilder Padded(byte[] bytes) => Raw(bytes).Raw(new byte[-bytes.Length & 3]);

    private CaptureBuilder Number(int length, Action<byte[]> writeBigEndian)
    {
        var bytes = new byte[length];
        writeBigEndian(bytes);
        if (!bigEndian)
        {
            Array.Reverse(bytes);
        }

        return Raw(bytes);
    }
}
