using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>What a router without NAT knows of connections: peers reach all LAN hosts by its own address.</summary>
/// <param name="local">The router's address towards the Internet.</param>
internal sealed class ForwardedConnections(Ipv4Address local) : IConnectionTable
{
    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        address = local;
        return true;
    }

    /// <summary>Nobody here follows sequence numbers.</summary>
    public bool TryAllowTranslation(FlowKey flow) => true;
}
