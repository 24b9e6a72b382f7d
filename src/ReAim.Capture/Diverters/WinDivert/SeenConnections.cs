using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a diverter beside Windows' NAT knows of connections: their public address by themselves, their host by its connect.</summary>
internal sealed class SeenConnections(TranslatedConnects connects) : IConnectionTable
{
    /// <inheritdoc/>
    public bool TryFindHost(FlowKey flow, out Ipv4Address host)
    {
        bool found = connects.TryFind(flow, out Ipv4Endpoint lan);
        host = lan.Address;
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
