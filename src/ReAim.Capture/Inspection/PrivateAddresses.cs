using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>Addresses that only their own LAN can reach.</summary>
internal static class PrivateAddresses
{
    /// <summary>True for 10/8, 172.16/12, 192.168/16 (RFC 1918), 169.254/16, 100.64/10 (RFC 6598) and loopback.</summary>
    public static bool IsPrivate(this Ipv4Address address) =>
        address.IsLoopback
        || address.Value >> 24 == 10
        || address.Value >> 20 == 0xAC1
        || address.Value >> 16 is 0xC0A8 or 0xA9FE
        || address.Value >> 22 == 0x191;
}
