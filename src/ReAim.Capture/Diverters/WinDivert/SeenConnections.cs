using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a diverter beside Windows' NAT knows of connections: their public address by themselves, their host by its connect.</summary>
/// <param name="connects">The connects that were seen.</param>
/// <param name="ask">Asks Windows' NAT whose a connection is, whose answer comes to <paramref name="connects"/>; null if it cannot be asked.</param>
internal sealed class SeenConnections(TranslatedConnects connects, Action<FlowKey>? ask = null) : IConnectionTable
{
    private const int MaxAsked = 256;

    private readonly HashSet<FlowKey> _asked = [];

    /// <inheritdoc/>
    public bool TryFindHost(FlowKey flow, out Ipv4Address host)
    {
        bool found = connects.TryFindHost(flow, out host);
        if (found)
        {
            _asked.Remove(flow);
        }
        else if (ask is not null && _asked.Add(flow))
        {
            // Once, or nearly: whoever wants to know looks again and again.
            if (_asked.Count > MaxAsked)
            {
                _asked.Clear();
            }

            ask(flow);
        }

        return found;
    }

    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        address = flow.Lan.Address;
        return true;
    }

    /// <summary>Windows follows no sequence numbers.</summary>
    public bool TryAllowTranslation(FlowKey flow) => true;
}
