namespace ReAim.Alg.Streams;

/// <summary>
/// A copy of a packet that waits, or of one that went on before its bytes could be read. Pooled; its buffer grows to what
/// it once needed.
/// </summary>
internal sealed class HeldSegment
{
    private byte[] _buffer = [];
    private byte[] _resized = [];
    private int _resizedLength;

    /// <summary>The caller's id.</summary>
    public long PacketId { get; private set; }

    /// <summary>The flow it belongs to.</summary>
    public Flow Flow { get; private set; } = null!;

    /// <summary>Its direction.</summary>
    public Direction Direction { get; private set; }

    /// <summary>The stream offset of its first payload byte.</summary>
    public long Start { get; private set; }

    /// <summary>The stream offset after its last payload byte.</summary>
    public long End { get; private set; }

    /// <summary>The datagram's length.</summary>
    public int Length { get; private set; }

    /// <summary>The datagram, for one that waits; a copy may have been extended, and is only read by its payload.</summary>
    public Memory<byte> Bytes => _buffer.AsMemory(0, Length);

    /// <summary>The datagram as it leaves.</summary>
    public ReadOnlyMemory<byte> Outgoing => _resizedLength > 0 ? _resized.AsMemory(0, _resizedLength) : Bytes;

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload => _buffer.AsSpan(Length - (int)(End - Start), (int)(End - Start));

    /// <summary>True until it goes on.</summary>
    public bool Waiting { get; set; }

    /// <summary>When it goes on at the latest.</summary>
    public long Deadline { get; set; }

    /// <summary>The number of the event that brought it.</summary>
    public long Event { get; set; }

    /// <summary>True while an effect names its bytes.</summary>
    public bool InEffect { get; set; }

    /// <summary>True while it stands in its side's list.</summary>
    public bool InList { get; set; }

    /// <summary>The next of its side, in order of arrival; also the next free one in the pool.</summary>
    public HeldSegment? Next { get; set; }

    /// <summary>Its neighbours among all that wait.</summary>
    public HeldSegment? EarlierWaiting { get; set; }

    /// <inheritdoc cref="EarlierWaiting"/>
    public HeldSegment? LaterWaiting { get; set; }

    /// <summary>Copies a packet in.</summary>
    public void Fill(Flow flow, Direction direction, ReadOnlySpan<byte> datagram, long start, long end, long packetId)
    {
        if (_buffer.Length < datagram.Length)
        {
            _buffer = new byte[Math.Max(2_048, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)datagram.Length))];
        }

        datagram.CopyTo(_buffer);
        _resizedLength = 0;
        (Flow, Direction, Start, End, PacketId, Length) = (flow, direction, start, end, packetId, datagram.Length);
    }

    /// <summary>Says how it leaves instead; what is there may still have to be read.</summary>
    public void SetOutgoing(ReadOnlySpan<byte> datagram)
    {
        if (_resized.Length < datagram.Length)
        {
            _resized = new byte[datagram.Length];
        }

        datagram.CopyTo(_resized);
        _resizedLength = datagram.Length;
    }

    /// <summary>Adds payload that follows what is there. Bytes that an effect names stay as they are.</summary>
    public void Extend(ReadOnlySpan<byte> payload)
    {
        if (_buffer.Length < Length + payload.Length)
        {
            Array.Resize(ref _buffer, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(Length + payload.Length)));
        }

        payload.CopyTo(_buffer.AsSpan(Length));
        Length += payload.Length;
        End += payload.Length;
    }
}
