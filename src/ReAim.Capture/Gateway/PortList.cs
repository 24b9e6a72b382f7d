using System.Globalization;
using ReAim.Capture.Checking.Firewall;

namespace ReAim.Capture.Gateway;

/// <summary>Ports as one short word, however many they are: an administrator may forward tens of thousands.</summary>
internal static class PortList
{
    /// <summary>Text such as 22,6000-6010; empty for none.</summary>
    public static string Format(IEnumerable<ushort> ports)
    {
        var ranges = new List<PortRange>();
        foreach (ushort port in ports.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last + 1 >= port)
            {
                ranges[^1] = ranges[^1] with { Last = port };
            }
            else
            {
                ranges.Add(new PortRange(port, port));
            }
        }

        return string.Join(',', ranges.Select(range => range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}")));
    }

    /// <summary>The reverse of <see cref="Format"/>.</summary>
    /// <exception cref="BadInputException">It is anything else.</exception>
    public static IReadOnlySet<ushort> Parse(string text)
    {
        var ports = new HashSet<ushort>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!PortRange.TryParse(part, out PortRange range))
            {
                throw new BadInputException($"'{part}' is neither a port nor a range of ports: write them like 22,6000-6010.");
            }

            for (int port = range.First; port <= range.Last; port++)
            {
                ports.Add((ushort)port);
            }
        }

        return ports;
    }
}
