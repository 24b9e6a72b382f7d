using System.Buffers.Binary;

namespace ReAim.Alg.Oscar;

/// <summary>Takes TLVs one by one off a part of a frame's body.</summary>
/// <param name="body">The frame's body, or as much of it as there is.</param>
/// <param name="from">Where the list begins in it.</param>
/// <param name="to">Where the list ends in it; it may lie beyond what there is.</param>
public ref struct TlvReader(ReadOnlySpan<byte> body, int from, int to)
{
    /// <summary>Bytes that may follow the last TLV: old clients leave up to three (PROTOCOL 2.2).</summary>
    public const int MaxStrayBytes = Tlv.HeaderLength - 1;

    private readonly ReadOnlySpan<byte> _body = body;

    /// <summary>Where the next TLV begins.</summary>
    public int Position { get; private set; } = from;

    /// <summary>True if nothing but stray bytes is left: every TLV was whole.</summary>
    public readonly bool IsAtEnd => to - Position is >= 0 and <= MaxStrayBytes;

    /// <summary>Takes the next TLV; false if no whole one is left.</summary>
    public bool TryRead(out Tlv tlv)
    {
        if (TryReadHeader(out ushort type, out int length) && length <= _body.Length - Position - Tlv.HeaderLength)
        {
            int offset = Position + Tlv.HeaderLength;
            tlv = new Tlv(type, _body.Slice(offset, length), offset);
            Position = offset + length;
            return true;
        }

        tlv = default;
        return false;
    }

    /// <summary>Looks at the next TLV's header; false if it is not there, or if its value overruns the list.</summary>
    public readonly bool TryReadHeader(out ushort type, out int length)
    {
        if (to - Position < Tlv.HeaderLength || _body.Length - Position < Tlv.HeaderLength)
        {
            (type, length) = (0, 0);
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(_body[Position..]);
        length = BinaryPrimitives.ReadUInt16BigEndian(_body[(Position + 2)..]);
        return length <= to - Position - Tlv.HeaderLength;
    }
}
