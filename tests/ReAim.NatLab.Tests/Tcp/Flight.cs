using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>The segments that are out, as they were sent: what a retransmission goes by.</summary>
internal sealed class Flight(Dice dice)
{
    private const double ShareCollapsed = 0.5;

    private readonly LinkedList<SentSegment> _segments = new();
    private LinkedListNode<SentSegment>? _resend;
    private int _space;
    private int _lost;

    public bool IsEmpty => _segments.Count == 0;

    public int Count => _segments.Count;

    /// <summary>Sequence numbers that may still be on the way.</summary>
    public int Pipe => _space - _lost;

    public LinkedListNode<SentSegment>? First => _segments.First;

    public LinkedListNode<SentSegment>? Last => _segments.Last;

    /// <summary>The first that was taken for lost and not sent again.</summary>
    public LinkedListNode<SentSegment>? NextLost => _resend is { Value.IsLost: true } ? _resend : null;

    public void Add(SentSegment segment)
    {
        _segments.AddLast(segment);
        _space += segment.Space;
    }

    /// <summary>Removes what is acknowledged.</summary>
    /// <returns>A round-trip time, or -1 if a retransmission makes it ambiguous (RFC 6298 3, Karn).</returns>
    public long Acknowledge(uint acknowledgement, long now)
    {
        long roundTrip = -1;
        bool isAmbiguous = false;
        while (_segments.First is { } node && SequenceOrder.IsAtOrBefore(node.Value.End, acknowledgement))
        {
            isAmbiguous |= node.Value.WasRetransmitted;
            roundTrip = roundTrip < 0 ? now - node.Value.SentAt : roundTrip;
            Remove(node);
        }

        if (_segments.First is { } rest && SequenceOrder.IsBefore(rest.Value.Sequence, acknowledgement))
        {
            int cut = SequenceOrder.Distance(rest.Value.Sequence, acknowledgement);
            rest.Value.Sequence = acknowledgement;
            rest.Value.Length -= cut;
            _space -= cut;
            _lost -= rest.Value.IsLost ? cut : 0;
        }

        return isAmbiguous ? -1 : roundTrip;
    }

    /// <summary>Takes everything for lost.</summary>
    public void DeclareLost()
    {
        foreach (SentSegment segment in _segments)
        {
            segment.IsLost = true;
        }

        _lost = _space;
        _resend = _segments.First;
    }

    /// <summary>
    /// Makes a segment ready to be sent again: cut if it has become too long; else, by chance, several small ones become one,
    /// as Linux does it.
    /// </summary>
    public void PrepareResend(LinkedListNode<SentSegment> node, int mss)
    {
        SentSegment segment = node.Value;
        bool wasLost = segment.IsLost;
        if (wasLost)
        {
            segment.IsLost = false;
            _lost -= segment.Space;
        }

        if (_resend == node)
        {
            _resend = node.Next;
        }

        if (segment.Length > mss)
        {
            Split(node, mss, wasLost);
        }
        else if (Fits(node, mss) && dice.Chance(ShareCollapsed))
        {
            while (Fits(node, mss))
            {
                SentSegment next = node.Next!.Value;
                Remove(node.Next);
                segment.Length += next.Length;
                segment.Push |= next.Push;
                segment.Fin = next.Fin;
                _space += next.Space;
            }
        }

        segment.WasRetransmitted = true;
    }

    private static bool Fits(LinkedListNode<SentSegment> node, int mss) =>
        node.Next is { } next && !node.Value.Fin && node.Value.Length + next.Value.Length <= mss;

    private void Split(LinkedListNode<SentSegment> node, int mss, bool wasLost)
    {
        SentSegment segment = node.Value;
        var rest = new SentSegment(segment.Sequence + (uint)mss, segment.Length - mss)
        {
            Push = segment.Push,
            Fin = segment.Fin,
            SentAt = segment.SentAt,
            WasRetransmitted = true,
            IsLost = wasLost,
        };
        segment.Length = mss;
        segment.Push = false;
        segment.Fin = false;
        LinkedListNode<SentSegment> restNode = _segments.AddAfter(node, rest);
        if (wasLost)
        {
            _lost += rest.Space;
            _resend = restNode;
        }
    }

    private void Remove(LinkedListNode<SentSegment> node)
    {
        if (_resend == node)
        {
            _resend = node.Next;
        }

        _space -= node.Value.Space;
        _lost -= node.Value.IsLost ? node.Value.Space : 0;
        _segments.Remove(node);
    }
}
