using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>The networks behind the gateway.</summary>
internal sealed class LanNetworks(IReadOnlyList<Ipv4Network> networks)
{
    private readonly Ipv4Network[] _networks = [.. networks];

    /// <summary>True if a host is behind the gateway.</summary>
    public bool Contains(Ipv4Address address)
    {
        foreach (Ipv4Network network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
