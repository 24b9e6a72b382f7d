using ReAim.Alg;
using ReAim.Alg.Streams;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Connections of which something was said lately. What is done with leaves the queue by its mark: where a rule clears that, the engine
/// meets the connection anew with every packet, and one line is enough.
/// </summary>
internal sealed class SaidFlows
{
    /// <summary>How many are remembered.</summary>
    public const int Places = 1_024;

    private const long Lately = 600 * EngineOptions.Second;

    private readonly Dictionary<FlowKey, long> _said = [];

    /// <summary>True if nothing was said of a connection for ten minutes. From now on it was.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    public bool IsNews(FlowKey flow, long now)
    {
        if (_said.TryGetValue(flow, out long until) && now < until)
        {
            return false;
        }

        if (_said.Count >= Places)
        {
            _said.Clear();
        }

        _said[flow] = now + Lately;
        return true;
    }
}
