using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Gateway;

/// <summary>What stands between the Internet and a gateway whose own address nobody there can connect to, and what helps.</summary>
/// <param name="Address">The gateway's own address.</param>
/// <param name="What">What the address tells: a part of a sentence that follows the address and a comma.</param>
/// <param name="Remedy">What helps: a part of a sentence, without a full stop.</param>
internal sealed record NatInFront(Ipv4Address Address, string What, string Remedy)
{
    private const string ProvidersRemedy = "no router here can change that: ask the provider for a public address, or lead the clients through a VPN whose gateway "
        + "has one and run reaim there; until then let the other side send the offer, because whoever offers listens";

    // Shared address space (RFC 6598), and DS-Lite's end of the tunnel (RFC 6333 5.7).
    private static readonly Ipv4Network s_carrierGrade = Ipv4Network.Parse("100.64.0.0/10");
    private static readonly Ipv4Network s_dsLite = Ipv4Network.Parse("192.0.0.0/29");
    private static readonly Ipv4Network s_linkLocal = Ipv4Network.Parse("169.254.0.0/16");
    private static readonly Ipv4Network[] s_lans =
    [
        .. ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]).Select(text => Ipv4Network.Parse(text)),
    ];

    /// <summary>True if the provider itself translates: then nobody here has a port to forward.</summary>
    public bool IsProviders => Remedy == ProvidersRemedy;

    /// <summary>What an address tells; null if it is a public one.</summary>
    public static NatInFront? Of(Ipv4Address address)
    {
        if (!address.IsPrivate())
        {
            return null;
        }

        if (s_carrierGrade.Contains(address))
        {
            return new NatInFront(address, "an address behind the provider's own NAT (carrier-grade NAT)", ProvidersRemedy);
        }

        if (s_dsLite.Contains(address))
        {
            return new NatInFront(address, "an address behind the provider's own NAT, at the other end of an IPv6 tunnel (DS-Lite)", ProvidersRemedy);
        }

        if (s_lans.Any(network => network.Contains(address)))
        {
            return new NatInFront(
                address,
                "a private address: another router translates once more between here and the Internet",
                "make that router a bridge or run reaim there; or forward its ports to this gateway and give --public ADDRESS");
        }

        return s_linkLocal.Contains(address)
            ? new NatInFront(address, "which an interface gives itself when nobody else does", "see to the address first: DHCP or the provider's login has failed")
            : new NatInFront(
                address,
                "which is no address of the Internet (RFC 6890)",
                "give the interface the address that the provider assigned; if another router translates, forward its ports to this gateway and give --public ADDRESS");
    }
}
