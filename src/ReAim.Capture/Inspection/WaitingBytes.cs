namespace ReAim.Capture.Inspection;

/// <summary>What came out of order in one direction, in stretches that do not overlap: the copy that came first stays.</summary>
internal sealed class WaitingBytes(Limits limits)
{
    private readonly List<Stretch> _stretches = [];

    /// <summary>How many stretches wait.</summary>
    public int Count => _stretches.Count;

    /// <summary>True if there is no room for more.</summary>
    public bool IsFull => _stretches.Count > limits.MaxOutOfOrder;

    /// <summary>Where the first of them begins; there must be one.</summary>
    public long First => _stretches[0].Start;

    /// <summary>Adds a segment, or those parts of it that are new.</summary>
    /// <param name="at">Where it begins.</param>
    /// <param name="bytes">Its bytes; none if they need not be kept.</param>
    /// <param name="length">How many it has.</param>
    /// <param name="missing">How many more it had on the wire.</param>
    /// <returns>How many of the bytes were there already.</returns>
    public int Add(long at, ReadOnlySpan<byte> bytes, int length, int missing)
    {
        int repeated = 0;
        long end = at + length;
        int index = FindFirstEndingAfter(at);
        while (at < end)
        {
            long limit = index < _stretches.Count ? Math.Min(_stretches[index].Start, end) : end;
            if (limit > at)
            {
                var count = (int)(limit - at);
                index = Insert(index, at, Advance(ref bytes, count), count, limit == end ? missing : 0);
                at = limit;
                continue;
            }

            long old = Math.Min(_stretches[index].End, end) - at;
            Advance(ref bytes, (int)old);
            repeated += (int)old;
            at += old;
            index++;
        }

        return repeated;
    }

    /// <summary>Takes the first stretch if it begins at a position.</summary>
    public bool TryTake(long at, out byte[]? bytes, out int length, out int missing)
    {
        while (_stretches.Count > 0 && _stretches[0].Start <= at)
        {
            Stretch first = _stretches[0];
            _stretches.RemoveAt(0);
            limits.Unbuffer(first.Bytes?.Length ?? 0);
            if (first.Start == at)
            {
                (bytes, length, missing) = (first.Bytes, first.Length, first.Missing);
                return true;
            }
        }

        (bytes, length, missing) = (null, 0, 0);
        return false;
    }

    private static ReadOnlySpan<byte> Advance(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..Math.Min(count, bytes.Length)];
        bytes = bytes[taken.Length..];
        return taken;
    }

    private int Insert(int index, long at, ReadOnlySpan<byte> bytes, int length, int missing)
    {
        byte[]? kept = bytes.Length == length && limits.TryBuffer(length) ? bytes.ToArray() : null;
        if (kept is null && index > 0 && _stretches[index - 1] is { Bytes: null, Missing: 0 } before && before.End == at)
        {
            // Bulk data that is only counted needs no more than one stretch between two holes.
            _stretches[index - 1] = before with { Length = before.Length + length, Missing = missing };
            return index;
        }

        _stretches.Insert(index, new Stretch(at, length, kept, missing));
        return index + 1;
    }

    private int FindFirstEndingAfter(long at)
    {
        int low = 0;
        int high = _stretches.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _stretches[middle].End > at ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private readonly record struct Stretch(long Start, int Length, byte[]? Bytes, int Missing)
    {
        public long End => Start + Length;
    }
}
