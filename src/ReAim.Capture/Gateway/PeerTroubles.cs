using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>What is to be said of peers that were not answered, or did not come.</summary>
internal sealed class PeerTroubles
{
    private const int Places = 64;
    private const long Lately = 60 * EngineOptions.Second;

    private readonly Dictionary<(Mapping Mapping, Ipv4Address Peer), long> _said = [];

    // LAN ends to which a peer has come by a relay since they were opened.
    private readonly HashSet<Ipv4Endpoint> _arrived = [];

    /// <summary>A relay has taken a peer's connect to an open mapping's LAN end.</summary>
    public void Arrive(Ipv4Endpoint lan) => _arrived.Add(lan);

    /// <summary>The mapping is closed.</summary>
    public void Close(Ipv4Endpoint lan) => _arrived.Remove(lan);

    /// <summary>
    /// True if nothing was said lately of this peer's unanswered connect to this mapping: a client that tries two addresses at once, or
    /// again, has one trouble, not several. From now on it was.
    /// </summary>
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

    /// <summary>Whose rules may have kept a peer away that tried; null where its connect would have been seen, or it hardly tried.</summary>
    /// <param name="closed">The offer that was closed.</param>
    /// <param name="path">How peers' connects get to the LAN host.</param>
    /// <param name="listens">True if packets in the forward hook are not seen.</param>
    public string? Droppers(in Effect closed, PeerPath path, bool listens)
    {
        bool mayHaveTried = closed.Reason is Reason.Expired or Reason.Redirected or Reason.Proxied;
        if (!mayHaveTried || closed.Offer is not { IsListener: false, ConnectedFrom.IsZero: true } || _arrived.Contains(closed.Mapping.Lan))
        {
            return null;
        }

        return path switch
        {
            PeerPath.Relay => "input",
            PeerPath.ForwardRules when listens => "forward",
            _ => null,
        };
    }
}
