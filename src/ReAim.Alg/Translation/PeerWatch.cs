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
    private readonly Handshake[] _ring;
    private readonly OfferBook _offers;
    private readonly PeerAdmission _admission;
    private readonly ReasonCounters _reasons;
    private int _next;

    public PeerWatch(EngineOptions options, OfferBook offers, PeerAdmission admission, ReasonCounters reasons)
    {
        _ring = new Handshake[options.MaxPeerConnections];
        _places = new Dictionary<FlowKey, int>(options.MaxPeerConnections);
        (_offers, _admission, _reasons) = (offers, admission, reasons);
    }

    /// <summary>Looks at a segment that belongs to no flow.</summary>
    /// <param name="key">Its tuple, the LAN side first.</param>
    /// <param name="direction">Which way it goes.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="now">The time of the event.</param>
    public void Observe(FlowKey key, Direction direction, TcpSegment segment, long now)
    {
        TcpFlags handshake = segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst | TcpFlags.Fin);
        if (direction == Direction.Inbound && handshake == TcpFlags.Syn)
        {
            if (_offers.Mappings.IsInstalled(key.Lan) && !_places.ContainsKey(key))
            {
                Begin(key);
            }

            return;
        }

        if (!_places.TryGetValue(key, out int place))
        {
            return;
        }

        ref Handshake known = ref _ring[place];
        if (direction == Direction.Outbound && handshake == (TcpFlags.Syn | TcpFlags.Ack))
        {
            known.ExpectedAck = segment.Sequence + 1;
            known.Answered = true;
        }
        else if (direction == Direction.Inbound && handshake == TcpFlags.Ack && known.Answered && segment.Acknowledgement == known.ExpectedAck)
        {
            End(key, ref known);
            _admission.Connect(key.Lan, key.Remote.Address, now);
        }
        else if ((handshake & TcpFlags.Rst) != 0)
        {
            End(key, ref known);
        }
    }

    private void Begin(FlowKey key)
    {
        ref Handshake place = ref _ring[_next];
        if (place.Used)
        {
            _reasons.Count(Reason.PeerLimit);
            _places.Remove(place.Key);
        }

        place = new Handshake { Key = key, Used = true };
        _places.Add(key, _next);
        _next = (_next + 1) % _ring.Length;
    }

    private void End(FlowKey key, ref Handshake known)
    {
        _places.Remove(key);
        known = default;
    }

    private struct Handshake
    {
        public FlowKey Key;
        public uint ExpectedAck;
        public bool Used;
        public bool Answered;
    }
}
