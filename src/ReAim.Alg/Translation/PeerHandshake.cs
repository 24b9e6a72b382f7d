using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// A peer's handshake with a mapped host, from its SYN on. It is complete when the peer acknowledges what only the LAN host's
/// own segments told it, so that nobody completes one blindly.
/// </summary>
internal struct PeerHandshake
{
    private uint _first;
    private uint _highest;
    private uint? _acknowledged;

    /// <summary>The connection.</summary>
    public FlowKey Key { get; init; }

    /// <summary>True if the place is taken.</summary>
    public bool IsUsed { get; init; }

    /// <summary>True once its SYN was taken.</summary>
    public bool IsBegun { get; private set; }

    /// <summary>The sequence number of its SYN: another one is another connection.</summary>
    public uint Sequence { get; private set; }

    /// <summary>When the SYN first came.</summary>
    public long Since { get; private set; }

    /// <summary>True once the LAN host answered.</summary>
    public bool IsAnswered { get; private set; }

    /// <summary>True once it was reported that nobody answers.</summary>
    public bool IsReported { get; set; }

    /// <summary>A SYN begins it, or begins it anew.</summary>
    public void Begin(uint sequence, long now)
    {
        (IsBegun, Sequence, Since) = (true, sequence, now);
        (IsAnswered, IsReported, _acknowledged) = (false, false, null);
    }

    /// <summary>
    /// The LAN host sent something. Mostly it is a SYN-ACK; if that went by unseen, its next segment tells as much.
    /// </summary>
    /// <returns>
    /// True if it proves that the handshake is complete: it sends bytes, or from the place that the peer has acknowledged. A segment from
    /// any other place proves nothing: also a host that only waits for the handshake's end answers some segments (RFC 9293 3.10.7.4).
    /// </returns>
    public bool TakeAnswer(TcpSegment segment)
    {
        uint first = segment.Has(TcpFlags.Syn) ? segment.Sequence + 1 : segment.Sequence;
        if (!IsAnswered || segment.Has(TcpFlags.Syn))
        {
            (_first, _highest) = (first, first);
            IsAnswered = true;
        }

        uint end = first + (uint)segment.Payload.Length;
        if ((int)(end - _highest) > 0)
        {
            _highest = end;
        }

        return !segment.Has(TcpFlags.Syn) && (!segment.Payload.IsEmpty || segment.Sequence == _acknowledged);
    }

    /// <summary>A peer's segment says what it has of the LAN host.</summary>
    public void TakeAcknowledgement(TcpSegment segment)
    {
        if ((segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Ack)
        {
            _acknowledged = segment.Acknowledgement;
        }
    }

    /// <summary>True if a peer's segment acknowledges what the LAN host sent.</summary>
    public readonly bool IsCompletedBy(TcpSegment segment) =>
        IsAnswered
        && (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Ack
        && segment.Acknowledgement - _first <= _highest - _first;
}
