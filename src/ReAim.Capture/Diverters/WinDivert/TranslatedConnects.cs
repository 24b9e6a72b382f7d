using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// Whose connections are whose, where only their ends beyond Windows' translation are seen: a connection's first packet is seen
/// on both sides, and its initial sequence number is the same on both. The newest connects of each side are remembered.
/// </summary>
internal sealed class TranslatedConnects
{
    private const int Places = 4_096;

    private readonly Newest<(Ipv4Endpoint Remote, uint Sequence), Ipv4Endpoint> _inside = new(Places);
    private readonly Newest<FlowKey, uint> _outside = new(Places);
    private readonly Newest<FlowKey, Ipv4Address> _told = new(Places);

    /// <summary>Notes a connect that a LAN host makes.</summary>
    /// <param name="lan">Its end.</param>
    /// <param name="remote">Whom it connects to.</param>
    /// <param name="sequence">Its initial sequence number.</param>
    public void SeeInside(Ipv4Endpoint lan, Ipv4Endpoint remote, uint sequence) => _inside.Add((remote, sequence), lan);

    /// <summary>Notes a connect that leaves the gateway.</summary>
    /// <param name="flow">Its ends, the public one first.</param>
    /// <param name="sequence">Its initial sequence number.</param>
    public void SeeOutside(FlowKey flow, uint sequence) => _outside.Add(flow, sequence);

    /// <summary>Notes what Windows' NAT says of a connection.</summary>
    /// <param name="flow">Its ends, the public one first.</param>
    /// <param name="host">The LAN host whose it is.</param>
    public void Learn(FlowKey flow, Ipv4Address host) => _told.Add(flow, host);

    /// <summary>Finds the LAN host of a connection that was seen to leave.</summary>
    /// <param name="flow">Its ends, the public one first.</param>
    /// <param name="host">The LAN host whose it is.</param>
    /// <returns>False if it was not seen on both sides, and nobody has told.</returns>
    public bool TryFindHost(FlowKey flow, out Ipv4Address host)
    {
        if (_outside.TryFind(flow, out uint sequence) && _inside.TryFind((flow.Remote, sequence), out Ipv4Endpoint lan))
        {
            host = lan.Address;
            return true;
        }

        return _told.TryFind(flow, out host);
    }

    /// <summary>The newest entries under their keys; older ones make room.</summary>
    private sealed class Newest<TKey, TValue>(int places)
        where TKey : struct, IEquatable<TKey>
    {
        private readonly Dictionary<TKey, (TValue Value, int Place)> _values = new(places);
        private readonly TKey[] _ring = new TKey[places];
        private int _next;

        public void Add(TKey key, TValue value)
        {
            TKey oldest = _ring[_next];
            if (_values.TryGetValue(oldest, out (TValue Value, int Place) entry) && entry.Place == _next)
            {
                _values.Remove(oldest);
            }

            _values[key] = (value, _next);
            _ring[_next] = key;
            _next = (_next + 1) % places;
        }

        public bool TryFind(TKey key, out TValue value)
        {
            bool found = _values.TryGetValue(key, out (TValue Value, int Place) entry);
            value = entry.Value;
            return found;
        }
    }
}
