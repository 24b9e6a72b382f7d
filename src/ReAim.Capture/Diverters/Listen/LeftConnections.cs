using ReAim.Alg.Streams;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>
/// Connections of which nothing more is to be learnt, as marks say it where packets are diverted. A listener hears all of them: a
/// transfer of gigabytes is not to be judged packet by packet. The oldest are forgotten.
/// </summary>
internal sealed class LeftConnections
{
    private const int Places = 4_096;

    private readonly HashSet<FlowKey> _keys = new(Places);
    private readonly Queue<FlowKey> _order = new(Places);

    /// <summary>True if it is one of them.</summary>
    public bool Contains(FlowKey key) => _keys.Contains(key);

    /// <summary>Adds one.</summary>
    public void Add(FlowKey key)
    {
        if (!_keys.Add(key))
        {
            return;
        }

        if (_order.Count >= Places)
        {
            _keys.Remove(_order.Dequeue());
        }

        _order.Enqueue(key);
    }

    /// <summary>The same ends are used anew.</summary>
    public void Remove(FlowKey key) => _keys.Remove(key);
}
