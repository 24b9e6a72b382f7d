namespace ReAim.Alg.Streams;

/// <summary>
/// SYNs from the ends of connections that are in use: a client that has forgotten its connection sends one, and so may anybody who
/// writes its address. Which it was the server tells, by its SYN-ACK (RFC 5961 4). The oldest one is forgotten first.
/// </summary>
internal sealed class ReusedPorts
{
    private const int Places = 1_024;

    private readonly Dictionary<FlowKey, uint> _sequences = new(Places);
    private readonly Queue<FlowKey> _order = new(Places);

    /// <summary>A SYN came.</summary>
    public void Note(FlowKey key, uint initialSequence)
    {
        if (!_sequences.ContainsKey(key))
        {
            if (_order.Count == Places)
            {
                _sequences.Remove(_order.Dequeue());
            }

            _order.Enqueue(key);
        }

        _sequences[key] = initialSequence;
    }

    /// <summary>True if a SYN-ACK acknowledges the last one that came: the connection is a new one.</summary>
    /// <param name="key">Its ends.</param>
    /// <param name="acknowledgement">What it acknowledges.</param>
    public bool IsAnsweredBy(FlowKey key, uint acknowledgement) =>
        _sequences.Count > 0 && _sequences.TryGetValue(key, out uint sequence) && sequence + 1 == acknowledgement;
}
