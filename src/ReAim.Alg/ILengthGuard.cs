using ReAim.Alg.Streams;

namespace ReAim.Alg;

/// <summary>
/// Stops packets of connections whose lengths were changed that did not come through the engine: they would be taken for other bytes.
/// It outlives the engine.
/// </summary>
public interface ILengthGuard
{
    /// <summary>True if a connection is guarded from now on, so that its lengths may be changed; at once if it was guarded before.</summary>
    /// <param name="flow">The connection.</param>
    bool TryGuard(FlowKey flow);

    /// <summary>True if a connection is guarded, be it by an engine before this one.</summary>
    /// <param name="flow">The connection.</param>
    bool IsGuarded(FlowKey flow);

    /// <summary>A connection is over; nothing happens if it is not guarded.</summary>
    /// <param name="flow">The connection.</param>
    void Release(FlowKey flow);
}
