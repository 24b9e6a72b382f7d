namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Payload that came before what precedes it, in order of sequence.</summary>
internal sealed class ReorderQueue
{
    private readonly LinkedList<(uint Sequence, ReadOnlyMemory<byte> Bytes)> _pieces = new();

    public bool IsEmpty => _pieces.Count == 0;

    public void Add(uint sequence, ReadOnlyMemory<byte> bytes)
    {
        // Nearly always the newest is the last.
        LinkedListNode<(uint Sequence, ReadOnlyMemory<byte> Bytes)>? before = _pieces.Last;
        while (before is not null && SequenceOrder.IsBefore(sequence, before.Value.Sequence))
        {
            before = before.Previous;
        }

        if (before is null)
        {
            _pieces.AddFirst((sequence, bytes));
        }
        else if (SequenceOrder.IsBefore(before.Value.Sequence + (uint)before.Value.Bytes.Length, sequence + (uint)bytes.Length))
        {
            _pieces.AddAfter(before, (sequence, bytes));
        }
    }

    /// <summary>Takes the next bytes in order, if they are there.</summary>
    public bool TryTake(uint next, out ReadOnlyMemory<byte> bytes)
    {
        while (_pieces.First is { } first && SequenceOrder.IsAtOrBefore(first.Value.Sequence, next))
        {
            _pieces.RemoveFirst();
            int old = SequenceOrder.Distance(first.Value.Sequence, next);
            if (old < first.Value.Bytes.Length)
            {
                bytes = first.Value.Bytes[old..];
                return true;
            }
        }

        bytes = default;
        return false;
    }

    public void Clear() => _pieces.Clear();
}
