using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>What the system knows of connections and their translation.</summary>
internal interface IConnectionTable
{
    /// <summary>Finds what a LAN host's address became beyond the gateway.</summary>
    /// <param name="flow">Its connection.</param>
    /// <param name="address">The address; the host's own if it is not translated.</param>
    /// <returns>False if the system does not know the connection.</returns>
    bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address);

    /// <summary>Finds the LAN host whose connection a flow is.</summary>
    /// <param name="flow">The connection, as the diverter sees it: where packets are translated already, that does not tell.</param>
    /// <param name="host">The host's address.</param>
    /// <returns>False if it is not known, perhaps not yet.</returns>
    bool TryFindHost(FlowKey flow, out Ipv4Address host)
    {
        host = flow.Lan.Address;
        return true;
    }

    /// <summary>Finds out whether the system itself rewrites what a connection's ends say of addresses.</summary>
    /// <param name="flow">The connection.</param>
    /// <param name="protocol">What it speaks.</param>
    /// <returns>The name of the helper that does; null if none does.</returns>
    string? FindHelper(FlowKey flow, ProtocolDescriptor protocol) => null;

    /// <summary>Makes the system take a connection's sequence numbers as they come, whatever window it believes in.</summary>
    /// <param name="flow">The connection.</param>
    /// <returns>False if it does not know the connection, or refuses.</returns>
    bool TryAllowTranslation(FlowKey flow);
}
