using System.Text.Json;
using ReAim.Capture.Linux;
using ReAim.Capture.Programs;

namespace ReAim.Capture.Checking.Surroundings;

/// <summary>The ways to everywhere.</summary>
/// <param name="Ipv4">The interfaces of the IPv4 ones, of all routing tables; half of everywhere is one too, as VPNs have it.</param>
/// <param name="HasIpv6">True if there is an IPv6 one.</param>
internal sealed record DefaultRoutes(IReadOnlyList<string> Ipv4, bool HasIpv6)
{
    /// <summary>Reads them.</summary>
    public static DefaultRoutes Read() => new(ReadIpv4(), KernelFile.NetworkTable("ipv6_route").Any(IsIpv6Default));

    private static string[] ReadIpv4() => [.. ((string[])["default", "0.0.0.0/1"]).SelectMany(ReadIpv4).Distinct()];

    private static string[] ReadIpv4(string destination)
    {
        string[] question = ["-j", "-4", "route", "show", "table", "all", "exact", destination];
        if (SystemProgram.Find("ip")?.Run(question) is not { Succeeded: true } listed)
        {
            return [];
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(listed.Output);
            return [.. document.RootElement.EnumerateArray().SelectMany(Interfaces)];
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    private static IEnumerable<string> Interfaces(JsonElement route)
    {
        IEnumerable<JsonElement> hops = route.TryGetProperty("nexthops", out JsonElement several) ? several.EnumerateArray() : [route];
        foreach (JsonElement hop in hops)
        {
            if (hop.TryGetProperty("dev", out JsonElement name) && name.GetString() is { } text)
            {
                yield return text;
            }
        }
    }

    // Destination, its length, source, its length, next hop, metric, three counts, flags, interface. The kernel's own
    // "nowhere" is on lo.
    private static bool IsIpv6Default(string line)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length >= 10 && fields[1] == "00" && fields[0].All(digit => digit == '0') && fields[^1] != "lo";
    }
}
