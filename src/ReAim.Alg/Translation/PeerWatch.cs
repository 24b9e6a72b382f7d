using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// Follows the handshakes of peers with mapped hosts. Only a handshake that was completed takes an offer: a SYN alone is
/// what every port scan sends. A flood overwrites the oldest half-open one.
/// </summary>
internal sealed class PeerWatch
{
    private readonly Dictionary<FlowKey, int> _places;
    private readonly PeerHandshake[] _ring;
    private readonly EngineOptions _options;
    private readonly OfferBook _offers;
    private readonly PeerAdmission _admission;
    private readonly ReasonCounters _reasons;
    private int _next;

    public PeerWatch(EngineOptions options, OfferBook offers, PeerAdmission admission, ReasonCounters reasons)
    {
        _ring = new PeerHandshake[options.MaxPeerConnections];
        _places = new Dictionary<FlowKey, int>(options.MaxPeerConnections);
        (_options, _offers, _admission, _reasons) = (options, offers, admission, reasons);
    }

    /// <summary>Looks at a segment that belongs to no flow.</summary>
    /// <param name="key">Its tuple, the LAN side first.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">The time of the event.</param>
    /// <returns>True if nothing more can be learnt from this connection.</returns>
    public bool Observe(FlowKey key, Direction direction, TcpSegment segment, long now)
    {
        TcpFlags flags = segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin);
        bool isWatched = _places.TryGetValue(key, out int place);
        if (direction == Direction.Inbound && flags == TcpFlags.Syn)
        {
            if (_offers.Mappings.IsInstalled(key.Lan))
            {
                TakeSyn(key, isWatched ? place : Begin(key), segment.Sequence, now);
            }

            return false;
        }

        if (!isWatched)
        {
            // Not whatever comes from outside: after a stray segment, a SYN of the same ends must still be asked for its right.
            return direction == Direction.Outbound && (flags & (TcpFlags.Syn | TcpFlags.Rst)) == 0;
        }

        ref PeerHandshake known = ref _ring[place];
        if ((flags & TcpFlags.Rst) != 0)
        {
            End(ref known);
        }
        else if (direction == Direction.Outbound)
        {
            known.TakeAnswer(segment);
        }
        else if (known.IsCompletedBy(segment))
        {
            End(ref known);
            _admission.Connect(key.Lan, key.Remote.Address, now);
            return true;
        }

        return false;
    }

    private void TakeSyn(FlowKey key, int place, uint sequence, long now)
    {
        ref PeerHandshake known = ref _ring[place];
        if (!known.IsBegun || known.Sequence != sequence)
        {
            known.Begin(sequence, now);
        }
        else if (!known.IsAnswered && !known.IsReported && now - known.Since >= _options.PeerAnswerTime)
        {
            known.IsReported = true;
            _admission.ReportUnanswered(key, now);
        }
    }

    /// <summary>Finds a place for a handshake; the oldest one's if there is no other.</summary>
    private int Begin(FlowKey key)
    {
        int place = _next;
        if (_ring[place].IsUsed)
        {
            _reasons.Count(Reason.PeerLimit);
            _places.Remove(_ring[place].Key);
        }

        _ring[place] = new PeerHandshake { Key = key, IsUsed = true };
        _places.Add(key, place);
        _next = (place + 1) % _ring.Length;
        return place;
    }

    private void End(ref PeerHandshake known)
    {
        _places.Remove(known.Key);
        known = default;
    }
}
