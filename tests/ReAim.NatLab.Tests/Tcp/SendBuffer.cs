namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Bytes that are not acknowledged yet: a ring that grows.</summary>
internal sealed class SendBuffer
{
    private byte[] _ring = new byte[1_024];
    private int _start;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Count + bytes.Length > _ring.Length)
        {
            Grow(Count + bytes.Length);
        }

        int end = (_start + Count) & (_ring.Length - 1);
        int first = Math.Min(bytes.Length, _ring.Length - end);
        bytes[..first].CopyTo(_ring.AsSpan(end));
        bytes[first..].CopyTo(_ring);
        Count += bytes.Length;
    }

    /// <summary>Copies bytes from some distance behind the oldest.</summary>
    public void CopyTo(int offset, Span<byte> target)
    {
        int from = (_start + offset) & (_ring.Length - 1);
        int first = Math.Min(target.Length, _ring.Length - from);
        _ring.AsSpan(from, first).CopyTo(target);
        _ring.AsSpan(0, target.Length - first).CopyTo(target[first..]);
    }

    /// <summary>Forgets the oldest bytes.</summary>
    public void Discard(int count)
    {
        _start = (_start + count) & (_ring.Length - 1);
        Count -= count;
    }

    private void Grow(int needed)
    {
        int length = _ring.Length;
        while (length < needed)
        {
            length *= 2;
        }

        var ring = new byte[length];
        CopyTo(0, ring.AsSpan(0, Count));
        _ring = ring;
        _start = 0;
    }
}
