using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>
/// One direction of a flow. Positions are stream offsets: 64-bit, 0 is the first payload byte after the SYN, so that
/// sequence numbers may wrap as often as they like.
/// </summary>
internal sealed class StreamSide(Direction direction)
{
    private uint _firstSequence;

    /// <summary>Which way its bytes go.</summary>
    public Direction Direction { get; } = direction;

    /// <summary>True once its first sequence number is known.</summary>
    public bool Started { get; private set; }

    /// <summary>The highest offset seen so far.</summary>
    public long Highest { get; set; }

    /// <summary>The highest offset that has left; an edit below it would come too late.</summary>
    public long Left { get; set; }

    /// <summary>The highest offset the receiver acknowledged.</summary>
    public long Acknowledged { get; set; }

    /// <summary>The offset after the last byte, once a FIN told it; -1 before.</summary>
    public long FinOffset { get; set; } = -1;

    /// <summary>True when bytes were missed, so that this side is no longer read.</summary>
    public bool Lost { get; set; }

    /// <summary>True while it is not read because its framing is still looked for.</summary>
    public bool IsSought { get; set; }

    /// <summary>True if packets may have gone by unseen since its last new byte: then a hole will not be filled.</summary>
    public bool MayHaveMissed { get; set; }

    /// <summary>The highest offset that the receiver acknowledged, whether or not its byte came by.</summary>
    public long Claimed { get; set; }

    /// <summary>The highest offset that its ends are known to have come to.</summary>
    public long Farthest => Math.Max(Highest, Claimed);

    /// <summary>The decided edits; null while there are none.</summary>
    public EditList? Edits { get; set; }

    /// <summary>The edits that change the length; null while there never was one.</summary>
    public SpliceList? Splices { get; set; }

    /// <summary>True if sender and receiver number its bytes differently.</summary>
    public bool IsTranslated => Splices is { IsEmpty: false };

    /// <summary>The largest segment that the receiver takes, as its SYN said; what anybody takes if it did not (RFC 9293 3.7.1).</summary>
    public int LargestSegment { get; set; } = 536;

    /// <summary>The offset that the receiver can acknowledge at most: behind the last byte, or the FIN.</summary>
    public long LastOffset => Math.Max(Highest, FinOffset + 1);

    /// <summary>True while a byte that was edited may be sent again.</summary>
    public bool HasUnacknowledgedEdits => Edits is not null && Edits.End > Acknowledged;

    /// <summary>Segments kept, in order of arrival.</summary>
    public HeldSegment? FirstHeld { get; set; }

    /// <summary>The kept segment that begins next behind an offset; null if there is none.</summary>
    public HeldSegment? FirstAfter(long offset)
    {
        HeldSegment? first = null;
        for (HeldSegment? held = FirstHeld; held is not null; held = held.Next)
        {
            first = held.Start > offset && (first is null || held.Start < first.Start) ? held : first;
        }

        return first;
    }

    /// <summary>Takes the initial sequence number from a SYN.</summary>
    public void Start(uint initialSequence)
    {
        Started = true;
        _firstSequence = initialSequence + 1;
    }

    /// <summary>Begins in mid-stream: offset 0 is the byte with that sequence number.</summary>
    public void StartAt(uint sequence)
    {
        Started = true;
        _firstSequence = sequence;
    }

    /// <summary>True if a SYN repeats the one that started this side.</summary>
    public bool IsStartedBy(uint initialSequence) => Started && _firstSequence == initialSequence + 1;

    /// <summary>The stream offset of a sequence number: the one nearest to what was seen last (RFC 9293 3.4).</summary>
    public long OffsetOf(uint sequence) => Highest + (int)(sequence - _firstSequence - (uint)Highest);

    /// <summary>The sequence number of a stream offset.</summary>
    public uint SequenceOf(long offset) => _firstSequence + (uint)offset;

    /// <summary>The sequence number by which the receiver knows a stream offset.</summary>
    public uint ReceiverSequenceOf(long offset) => SequenceOf(Splices is null ? offset : Splices.ToReceiver(offset));

    /// <summary>The receiver's offset of a sequence number in his numbering: the one nearest to what he was sent last.</summary>
    public long ReceiverOffsetOf(uint sequence)
    {
        long last = Splices is null ? Highest : Splices.ToReceiver(Highest);
        return last + (int)(sequence - _firstSequence - (uint)last);
    }

    /// <summary>What an acknowledgement of the receiver's is in the sender's numbering: never more than was sent.</summary>
    public uint ToSender(uint acknowledgement) => Splices is { IsEmpty: false } splices
        ? SequenceOf(Math.Min(splices.ToSender(ReceiverOffsetOf(acknowledgement)), LastOffset))
        : acknowledgement;

    /// <summary>Takes back the edits within [<paramref name="from"/>, <paramref name="to"/>), none of which has left.</summary>
    public void TakeBack(long from, long to)
    {
        Edits?.Remove(from, to);
        Splices?.Remove(from, to);
    }

    /// <summary>Writes every edit that touches a segment's payload.</summary>
    /// <returns>True if a byte was written.</returns>
    public bool ApplyEdits(TcpSegment segment, long start, ChecksumState checksum) =>
        Edits is not null && start < Edits.End && Edits.Apply(segment, start, checksum);
}
