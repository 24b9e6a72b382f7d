using System.Buffers.Binary;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// The edits of one direction: a pure function of the stream offset, so that every retransmission, however cut or merged,
/// gets the same bytes. Kept in order of offset; those the receiver acknowledged make room for new ones.
/// </summary>
internal sealed class EditList
{
    /// <summary>Edits kept at once: sixteen offers with six fields each.</summary>
    public const int Capacity = 96;

    /// <summary>Bytes of the longest edit.</summary>
    public const int LongestEdit = 16;

    private Edit[] _edits = new Edit[8];
    private int _count;

    /// <summary>The offset after the last edited byte.</summary>
    public long End => _count == 0 ? long.MinValue : _edits[_count - 1].Offset + _edits[_count - 1].Length;

    /// <summary>True if edits up to <paramref name="count"/> still fit once acknowledged ones are dropped.</summary>
    public bool HasRoomFor(int count, long acknowledged)
    {
        if (_count + count <= Capacity)
        {
            return true;
        }

        int drop = 0;
        while (drop < _count && _edits[drop].Offset + _edits[drop].Length <= acknowledged)
        {
            drop++;
        }

        Array.Copy(_edits, drop, _edits, 0, _count - drop);
        _count -= drop;
        return _count + count <= Capacity;
    }

    /// <summary>Adds an edit behind the ones there are.</summary>
    /// <param name="offset">The stream offset of its first byte.</param>
    /// <param name="bytes">One to <see cref="LongestEdit"/> bytes.</param>
    public void Add(long offset, ReadOnlySpan<byte> bytes)
    {
        if (_count == _edits.Length)
        {
            Array.Resize(ref _edits, Math.Min(Capacity, _count * 2));
        }

        Span<byte> value = stackalloc byte[LongestEdit];
        value.Clear();
        bytes.CopyTo(value);
        _edits[_count++] = new Edit(offset, bytes.Length, BinaryPrimitives.ReadUInt128BigEndian(value));
    }

    /// <summary>Takes back the edits within [<paramref name="from"/>, <paramref name="to"/>), none of which has left.</summary>
    public void Remove(long from, long to)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_edits[i].Offset < from || _edits[i].Offset >= to)
            {
                _edits[kept++] = _edits[i];
            }
        }

        _count = kept;
    }

    /// <summary>Writes every edit that touches a segment's payload.</summary>
    public bool Apply(TcpSegment segment, long start, ChecksumState checksum)
    {
        long end = start + segment.Payload.Length;
        bool edited = false;
        Span<byte> value = stackalloc byte[LongestEdit];
        for (int i = 0; i < _count; i++)
        {
            ref readonly Edit edit = ref _edits[i];
            long from = Math.Max(start, edit.Offset);
            long to = Math.Min(end, edit.Offset + edit.Length);
            if (from < to)
            {
                BinaryPrimitives.WriteUInt128BigEndian(value, edit.Value);
                ReadOnlySpan<byte> bytes = value[(int)(from - edit.Offset)..(int)(to - edit.Offset)];
                segment.WritePayloadAndChecksum((int)(from - start), bytes, checksum);
                edited = true;
            }
        }

        return edited;
    }

    private readonly record struct Edit(long Offset, int Length, UInt128 Value);
}
