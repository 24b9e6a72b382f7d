using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Gateway;

/// <summary>For a gateway whose connection tracking cannot be asked: private addresses become one that a person named, others stay.</summary>
internal sealed class PresumedTranslation(Ipv4Address address) : IConnectionTable
{
    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address found)
    {
        found = flow.Lan.Address.IsPrivate() ? address : flow.Lan.Address;
        return true;
    }

    /// <summary>Nobody can be told.</summary>
    public bool TryAllowTranslation(FlowKey flow) => false;
}
