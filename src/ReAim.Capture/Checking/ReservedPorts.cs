using System.Globalization;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking;

/// <summary>Public TCP ports that no mapping may take: they lead to somebody already.</summary>
internal static class ReservedPorts
{
    /// <summary>Finds those that the administrator forwards, and those on which this machine listens.</summary>
    /// <exception cref="IOException">The rules could not be read.</exception>
    public static IReadOnlySet<ushort> Find(GatewaySituation situation)
    {
        var ports = new HashSet<ushort>(situation.Listeners);
        ports.UnionWith(ForeignForwards.Find(situation.Firewall, situation.Options.Wan, situation.WanAddresses).Ports);
        return ports;
    }

    /// <summary>Ports as text for another process, such as 22,6000-6010; empty for none.</summary>
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
