namespace ReAim.Alg.Streams;

/// <summary>
/// The edits of one direction that change its length. Each puts other bytes in the place of some: what lies behind moves. Two
/// numberings follow, the sender's and the receiver's; each position of one has its place in the other, whatever is sent again
/// and however it is cut (RFC 9293 3.4). Kept in order of offset, until the receiver has acknowledged them and the room is needed.
/// </summary>
/// <remarks>
///  sender's    | unchanged | removed        | unchanged
///  receiver's  | unchanged | inserted | unchanged
/// A position within removed bytes is the one as far behind the beginning of the inserted ones, at most their end.
/// </remarks>
internal sealed class SpliceList
{
    /// <summary>Splices kept at once.</summary>
    public const int Capacity = 96;

    private Splice[] _splices = new Splice[8];
    private int _count;
    private long _firstShift;

    /// <summary>True if both numberings are one.</summary>
    public bool IsEmpty => _count == 0 && _firstShift == 0 && Floor == long.MinValue;

    /// <summary>Below this sender's offset splices were given up: the receiver has all of those bytes.</summary>
    public long Floor { get; private set; } = long.MinValue;

    /// <summary>The highest of the sender's offsets that has left since the length was first changed.</summary>
    public long Left { get; set; }

    /// <summary>True if as many splices more still fit once acknowledged ones are given up.</summary>
    public bool HasRoomFor(int count, long acknowledged)
    {
        if (_count + count <= Capacity)
        {
            return true;
        }

        int drop = 0;
        while (drop < _count && _splices[drop].End <= acknowledged)
        {
            drop++;
        }

        if (drop > 0)
        {
            Floor = _splices[drop - 1].End;
            _firstShift = _splices[drop - 1].ShiftBehind;
            Array.Copy(_splices, drop, _splices, 0, _count - drop);
            _count -= drop;
        }

        return _count + count <= Capacity;
    }

    /// <summary>Adds a splice behind the ones there are.</summary>
    /// <param name="offset">The sender's offset of the first byte removed.</param>
    /// <param name="removed">How many are removed: at least one.</param>
    /// <param name="inserted">What stands there instead: at least one byte.</param>
    public void Add(long offset, int removed, ReadOnlySpan<byte> inserted)
    {
        if (_count == _splices.Length)
        {
            Array.Resize(ref _splices, Math.Min(Capacity, _count * 2));
        }

        long shift = _count == 0 ? _firstShift : _splices[_count - 1].ShiftBehind;
        _splices[_count++] = new Splice(offset, removed, inserted.ToArray(), shift);
    }

    /// <summary>Takes back the splices within [<paramref name="from"/>, <paramref name="to"/>): nothing of them or behind them has left.</summary>
    public void Remove(long from, long to)
    {
        int kept = 0;
        long shift = _firstShift;
        for (int i = 0; i < _count; i++)
        {
            if (_splices[i].Offset < from || _splices[i].Offset >= to)
            {
                _splices[kept] = _splices[i] with { Shift = shift };
                shift = _splices[kept++].ShiftBehind;
            }
        }

        _count = kept;
    }

    /// <summary>True if a byte of a stretch of the sender's is removed.</summary>
    public bool Touches(long start, long end)
    {
        for (int i = _count - 1; i >= 0 && _splices[i].End > start; i--)
        {
            if (_splices[i].Offset < end)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The receiver's offset of a sender's.</summary>
    public long ToReceiver(long offset)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            ref readonly Splice splice = ref _splices[i];
            if (offset >= splice.End)
            {
                return offset + splice.ShiftBehind;
            }

            if (offset > splice.Offset)
            {
                return splice.Offset + splice.Shift + Math.Min(offset - splice.Offset, splice.Inserted.Length);
            }
        }

        return offset + _firstShift;
    }

    /// <summary>The last of the sender's offsets whose place is not behind a receiver's: what he has acknowledged with that.</summary>
    public long ToSender(long offset)
    {
        Splice? within = Find(offset, out long sender);
        return within is { } splice ? splice.Offset + Math.Min(offset - splice.Offset - splice.Shift, splice.Removed - 1) : sender;
    }

    /// <summary>The sender's offset where a stretch begins that the receiver has; a splice is his only as a whole.</summary>
    public long ToSenderBegin(long offset) => Find(offset, out long sender) is { } splice ? splice.End : sender;

    /// <summary>The sender's offset where a stretch ends that the receiver has.</summary>
    public long ToSenderEnd(long offset) => Find(offset, out long sender) is { } splice ? splice.Offset : sender;

    /// <summary>Writes what becomes of a stretch of the sender's bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="start">The sender's offset of the first.</param>
    /// <param name="output">Where to; what does not fit is left out.</param>
    /// <returns>How many bytes the whole becomes, more than was written if it did not fit.</returns>
    public int Write(ReadOnlySpan<byte> bytes, long start, Span<byte> output)
    {
        long end = start + bytes.Length;
        long at = start;
        int length = 0;
        for (int i = 0; i < _count && _splices[i].Offset < end; i++)
        {
            ref readonly Splice splice = ref _splices[i];
            if (splice.End <= at)
            {
                continue;
            }

            long from = Math.Max(at, splice.Offset);
            length += Put(bytes[(int)(at - start)..(int)(from - start)], output, length);
            long to = Math.Min(end, splice.End);
            int first = (int)Math.Min(from - splice.Offset, splice.Inserted.Length);
            int last = to == splice.End ? splice.Inserted.Length : (int)Math.Min(to - splice.Offset, splice.Inserted.Length);
            length += Put(splice.Inserted.AsSpan(first..last), output, length);
            at = to;
        }

        return length + Put(bytes[(int)(at - start)..], output, length);
    }

    private static int Put(ReadOnlySpan<byte> bytes, Span<byte> output, int at)
    {
        if (at < output.Length)
        {
            bytes[..Math.Min(bytes.Length, output.Length - at)].CopyTo(output[at..]);
        }

        return bytes.Length;
    }

    /// <summary>Finds the splice within whose inserted bytes, behind their beginning and before their end, a receiver's offset is.</summary>
    private Splice? Find(long offset, out long sender)
    {
        for (int i = _count - 1; i >= 0; i--)
        {
            ref readonly Splice splice = ref _splices[i];
            long begin = splice.Offset + splice.Shift;
            if (offset >= begin + splice.Inserted.Length)
            {
                sender = offset - splice.ShiftBehind;
                return null;
            }

            if (offset > begin)
            {
                sender = 0;
                return splice;
            }
        }

        sender = offset - _firstShift;
        return null;
    }

    /// <param name="Offset">The sender's offset of the first byte removed.</param>
    /// <param name="Removed">How many are.</param>
    /// <param name="Inserted">What stands there instead.</param>
    /// <param name="Shift">By how much the receiver's offset of the first is larger.</param>
    private readonly record struct Splice(long Offset, int Removed, byte[] Inserted, long Shift)
    {
        public long End => Offset + Removed;

        public long ShiftBehind => Shift + Inserted.Length - Removed;
    }
}
