namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Bytes in order that the program has not read: pieces of the datagrams they came in.</summary>
internal sealed class ReadQueue
{
    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private int _taken;

    public int Count { get; private set; }

    public void Append(ReadOnlyMemory<byte> piece)
    {
        if (piece.Length > 0)
        {
            _pieces.Enqueue(piece);
            Count += piece.Length;
        }
    }

    /// <summary>Takes bytes, as many as there are and fit.</summary>
    public int Take(Span<byte> target)
    {
        int done = 0;
        while (done < target.Length && Count > 0)
        {
            ReadOnlySpan<byte> piece = _pieces.Peek().Span[_taken..];
            int length = Math.Min(piece.Length, target.Length - done);
            piece[..length].CopyTo(target[done..]);
            done += length;
            _taken += length;
            Count -= length;
            if (length == piece.Length)
            {
                _pieces.Dequeue();
                _taken = 0;
            }
        }

        return done;
    }
}
