using System.Globalization;
using ReAim.Alg.Translation;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Gateway;

/// <summary>LAN hosts whose ports may be opened, as <c>--allow-host</c> names them.</summary>
/// <param name="Network">The hosts.</param>
/// <param name="Ports">Their ports.</param>
internal readonly record struct AllowedHost(Ipv4Network Network, PortRange Ports)
{
    private static readonly PortRange s_anyPort = new(0, ushort.MaxValue);

    /// <summary>The same for the engine.</summary>
    public AllowedEnds Ends => new(Network.Address, Network.Last, Ports.First, Ports.Last);

    /// <summary>Reads text such as 192.168.7.0/24, 192.168.7.10 or 192.168.7.10:5190,6000-6010.</summary>
    /// <param name="text">The text.</param>
    /// <param name="hosts">The hosts, once for each range of ports.</param>
    /// <returns>False if the text is anything else.</returns>
    public static bool TryParse(string text, out IReadOnlyList<AllowedHost> hosts)
    {
        hosts = [];
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        if (!AddressRange.TryParse(name, out _) || !Ipv4Network.TryParse(name.Contains('/', StringComparison.Ordinal) ? name : $"{name}/32", out Ipv4Network network))
        {
            return false;
        }

        var ranges = new List<PortRange>();
        foreach (string part in colon < 0 ? [] : text[(colon + 1)..].Split(','))
        {
            if (!PortRange.TryParse(part, out PortRange range))
            {
                return false;
            }

            ranges.Add(range);
        }

        hosts = [.. (colon < 0 ? [s_anyPort] : ranges).Select(ports => new AllowedHost(network, ports))];
        return true;
    }

    /// <summary>Text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => Ports == s_anyPort ? Network.ToString() : string.Create(CultureInfo.InvariantCulture, $"{Network}:{Ports.First}-{Ports.Last}");
}
