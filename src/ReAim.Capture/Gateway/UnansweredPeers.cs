using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Which peers' unanswered connects were spoken of lately: a client that tries two addresses at once, or again, has one trouble,
/// not several.
/// </summary>
internal sealed class UnansweredPeers
{
    private const int Places = 64;
    private const long Lately = 60 * EngineOptions.Second;

    private readonly Dictionary<(Mapping Mapping, Ipv4Address Peer), long> _said = [];

    /// <summary>True if nothing was said of this peer and mapping lately; from now on it was.</summary>
    /// <param name="mapping">What it connected to.</param>
    /// <param name="peer">Where from.</param>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    public bool IsNews(Mapping mapping, Ipv4Address peer, long now)
    {
        if (_said.TryGetValue((mapping, peer), out long until) && now < until)
        {
            return false;
        }

        if (_said.Count >= Places)
        {
            _said.Clear();
        }

        _said[(mapping, peer)] = now + Lately;
        return true;
    }
}
