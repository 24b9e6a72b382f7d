using ReAim.Alg.Wire;

namespace ReAim.Capture.Inspection;

/// <summary>Addresses by which nobody on the Internet reaches a host.</summary>
internal static class PrivateAddresses
{
    // The registry of special purposes (RFC 6890) has these as not globally reachable. The documentation networks (192.0.2.0/24,
    // 198.51.100.0/24, 203.0.113.0/24) are left out: recordings and examples use them for the Internet.
    private static readonly (uint Network, int Length)[] s_special =
    [
        (0x0000_0000, 8),
        (0x0A00_0000, 8),
        (0x6440_0000, 10),
        (0x7F00_0000, 8),
        (0xA9FE_0000, 16),
        (0xAC10_0000, 12),
        (0xC000_0000, 24),
        (0xC0A8_0000, 16),
        (0xC612_0000, 15),
        (0xE000_0000, 4),
        (0xF000_0000, 4),
    ];

    /// <summary>
    /// True for an address of a LAN, of a provider's inner network, of a link and of every other special purpose: 0/8, 10/8,
    /// 100.64/10, 127/8, 169.254/16, 172.16/12, 192.0.0/24, 192.168/16, 198.18/15, 224/4 and 240/4.
    /// </summary>
    public static bool IsPrivate(this Ipv4Address address)
    {
        foreach ((uint network, int length) in s_special)
        {
            if ((address.Value ^ network) >> (32 - length) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
