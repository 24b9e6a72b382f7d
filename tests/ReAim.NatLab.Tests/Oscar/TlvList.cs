using System.Buffers.Binary;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>TLVs in the order in which they stand.</summary>
internal sealed class TlvList
{
    private readonly List<(ushort Type, byte[] Value)> _tlvs = [];

    public IReadOnlyList<(ushort Type, byte[] Value)> Items => _tlvs;

    public IEnumerable<ushort> Types => _tlvs.Select(tlv => tlv.Type);

    /// <summary>Reads as many TLVs as fit; what is left over is dropped.</summary>
    public static TlvList Parse(ReadOnlySpan<byte> bytes) => Parse(ref bytes, int.MaxValue);

    /// <summary>Takes up to a number of TLVs off the front.</summary>
    public static TlvList Parse(ref ReadOnlySpan<byte> bytes, int count)
    {
        var list = new TlvList();
        while (count-- > 0 && bytes.Length >= 4)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
            if (4 + length > bytes.Length)
            {
                break;
            }

            list._tlvs.Add((BinaryPrimitives.ReadUInt16BigEndian(bytes), bytes.Slice(4, length).ToArray()));
            bytes = bytes[(4 + length)..];
        }

        return list;
    }

    public bool Has(ushort type) => First(type) is not null;

    public byte[]? First(ushort type) => _tlvs.Find(tlv => tlv.Type == type).Value;

    public ushort? U16(ushort type) => First(type) is { Length: >= 2 } value ? BinaryPrimitives.ReadUInt16BigEndian(value) : null;

    public void Remove(ushort type) => _tlvs.RemoveAll(tlv => tlv.Type == type);

    public void Append(ushort type, byte[] value) => _tlvs.Add((type, value));

    /// <summary>Gives every TLV of a type another value.</summary>
    public void Replace(ushort type, byte[] value)
    {
        for (int i = 0; i < _tlvs.Count; i++)
        {
            if (_tlvs[i].Type == type)
            {
                _tlvs[i] = (type, value);
            }
        }
    }

    public byte[] ToBytes() => Join([.. _tlvs.Select(tlv => Tlv(tlv.Type, tlv.Value))]);
}
