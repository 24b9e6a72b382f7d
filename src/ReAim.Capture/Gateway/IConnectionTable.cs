using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>The kernel's own table of connections.</summary>
internal interface IConnectionTable
{
    /// <summary>Finds what a LAN host's address became beyond the gateway.</summary>
    /// <param name="flow">Its connection.</param>
    /// <param name="address">The address; the host's own if it is not translated.</param>
    /// <returns>False if the kernel does not know the connection.</returns>
    bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address);

    /// <summary>Makes the kernel take a connection's sequence numbers as they come, whatever window it believes in.</summary>
    /// <param name="flow">The connection.</param>
    /// <returns>False if the kernel does not know it, or refuses.</returns>
    bool TryAllowTranslation(FlowKey flow);
}
