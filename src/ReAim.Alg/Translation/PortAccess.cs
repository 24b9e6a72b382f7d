using ReAim.Alg.Wire;

namespace ReAim.Alg.Translation;

/// <summary>
/// Which ports of which LAN hosts an offer may open. The port that counts is the LAN host's own, which is the one that is reached,
/// whatever public port leads to it.
/// </summary>
public sealed class PortAccess
{
    /// <summary>Any port of any host.</summary>
    public static PortAccess Everything { get; } = new();

    /// <summary>Ports that are opened for nobody.</summary>
    public IReadOnlySet<ushort> Denied { get; init; } = new HashSet<ushort>();

    /// <summary>The only ends that are opened; any if none is named.</summary>
    public IReadOnlyList<AllowedEnds> Allowed { get; init; } = [];

    /// <summary>Why an end is not opened; <see cref="Reason.None"/> if it may be.</summary>
    internal Reason Check(Ipv4Endpoint lan)
    {
        if (Denied.Contains(lan.Port))
        {
            return Reason.PortDenied;
        }

        for (int i = 0; i < Allowed.Count; i++)
        {
            if (Allowed[i].Contains(lan))
            {
                return Reason.None;
            }
        }

        return Allowed.Count == 0 ? Reason.None : Reason.HostNotAllowed;
    }
}

/// <summary>Neighbouring ports of neighbouring LAN hosts.</summary>
/// <param name="First">The first address.</param>
/// <param name="Last">The last address.</param>
/// <param name="FirstPort">The first port.</param>
/// <param name="LastPort">The last port.</param>
public readonly record struct AllowedEnds(Ipv4Address First, Ipv4Address Last, ushort FirstPort, ushort LastPort)
{
    /// <summary>True if an end is one of them.</summary>
    public bool Contains(Ipv4Endpoint end) =>
        end.Address.Value >= First.Value && end.Address.Value <= Last.Value && end.Port >= FirstPort && end.Port <= LastPort;
}
