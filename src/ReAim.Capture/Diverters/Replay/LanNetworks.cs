using System.Net.NetworkInformation;
using System.Net.Sockets;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.Replay;

/// <summary>The networks behind the gateway.</summary>
internal sealed class LanNetworks(IReadOnlyList<Ipv4Network> networks)
{
    private readonly Ipv4Network[] _networks = [.. networks];

    /// <summary>The networks of some interfaces' IPv4 addresses.</summary>
    /// <param name="names">The interfaces.</param>
    public static LanNetworks OfInterfaces(IReadOnlyList<string> names) => new(
    [
        .. from device in NetworkInterface.GetAllNetworkInterfaces()
           where names.Contains(device.Name)
           from address in device.GetIPProperties().UnicastAddresses
           where address.Address.AddressFamily == AddressFamily.InterNetwork
           select Ipv4Network.Of(Ipv4Address.Read(address.Address.GetAddressBytes()), address.PrefixLength),
    ]);

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
