using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// Follows the handshakes of peers with mapped hosts. Only a handshake that was completed takes an offer: a SYN alone is
/// what every port scan sends. Who begins one while an offer waits, and completes it when that is taken, is refused all the same.
/// A flood overwrites the oldest half-open one.
/// </summary>
internal sealed class PeerWatch
{
    // So many places there are at first: a flood makes more.
    private const int FirstPlaces = 1_024;

    private readonly Dictionary<FlowKey, int> _places;
    private readonly EngineOptions _options;
    private readonly OfferBook _offers;
    private readonly PeerAdmission _admission;
    private readonly ReasonCounters _reasons;
    private PeerHandshake[] _ring;
    private int _next;

    public PeerWatch(EngineOptions options, OfferBook offers, PeerAdmission admission, ReasonCounters reasons)
    {
        _ring = new PeerHandshake[Math.Min(options.MaxPeerConnections, FirstPlaces)];
        _places = new Dictionary<FlowKey, int>(_ring.Length);
        (_options, _offers, _admission, _reasons) = (options, offers, admission, reasons);
    }

    /// <summary>Looks at a segment that belongs to no flow.</summary>
    /// <param name="key">Its tuple, the LAN side first.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">The time of the event.</param>
    /// <param name="isRemembered">
    /// True if the caller remembers of a connection that its handshake is complete, and does not ask any more then: what is not known
    /// here has not completed one.
    /// </param>
    public PeerProgress Observe(FlowKey key, Direction direction, TcpSegment segment, long now, bool isRemembered)
    {
        TcpFlags flags = segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin);
        bool isWatched = _places.TryGetValue(key, out int place);
        if (direction == Direction.Inbound && flags == TcpFlags.Syn)
        {
            if (_offers.Mappings.IsInstalled(key.Lan))
            {
                TakeSyn(key, isWatched ? place : Begin(key), segment.Sequence, now);
            }

            return PeerProgress.Opening;
        }

        if (!isWatched)
        {
            return isRemembered ? Find(key, direction, segment, flags, now)
                : direction == Direction.Outbound && (flags & (TcpFlags.Syn | TcpFlags.Rst)) == 0 ? PeerProgress.Complete
                : PeerProgress.Opening;
        }

        ref PeerHandshake known = ref _ring[place];
        if ((flags & TcpFlags.Rst) != 0)
        {
            End(ref known);
        }
        else if (direction == Direction.Inbound && !MayPass(key))
        {
            return PeerProgress.Refused;
        }
        else if (direction == Direction.Outbound ? known.TakeAnswer(segment) : known.IsCompletedBy(segment))
        {
            return Complete(key, now);
        }
        else if (direction == Direction.Inbound)
        {
            known.TakeAcknowledgement(segment);
        }

        return PeerProgress.Opening;
    }

    private PeerProgress Complete(FlowKey key, long now)
    {
        // Of a stranger nothing comes in, whatever his LAN host says to him.
        if (_admission.TryAdmit(key.Lan, key.Remote.Address) != Reason.None)
        {
            return PeerProgress.Opening;
        }

        if (_places.TryGetValue(key, out int place))
        {
            End(ref _ring[place]);
        }

        _admission.Connect(key.Lan, key.Remote.Address, now);
        return PeerProgress.Complete;
    }

    /// <summary>
    /// A connection whose beginning was not seen, or was pushed out: its peer may go on as if he connected now.
    /// </summary>
    private PeerProgress Find(FlowKey key, Direction direction, TcpSegment segment, TcpFlags flags, long now)
    {
        if (direction == Direction.Outbound)
        {
            return (flags & (TcpFlags.Syn | TcpFlags.Rst)) == 0 && !segment.Payload.IsEmpty ? Complete(key, now) : PeerProgress.Opening;
        }

        if ((flags & TcpFlags.Rst) != 0)
        {
            return PeerProgress.Opening;
        }

        if (!MayPass(key))
        {
            return PeerProgress.Refused;
        }

        _ring[Begin(key)].TakeAcknowledgement(segment);
        return PeerProgress.Opening;
    }

    private bool MayPass(FlowKey key)
    {
        Reason refusal = _options.ListensOnly ? Reason.None : _admission.TryAdmit(key.Lan, key.Remote.Address);
        if (refusal != Reason.None)
        {
            _reasons.Count(refusal);
        }

        return refusal == Reason.None;
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
        if (_ring[place].IsUsed && _ring.Length < _options.MaxPeerConnections)
        {
            place = _ring.Length;
            Array.Resize(ref _ring, Math.Min(2 * _ring.Length, _options.MaxPeerConnections));
        }

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
