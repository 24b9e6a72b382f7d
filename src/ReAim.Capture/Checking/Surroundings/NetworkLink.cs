using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text.Json;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Programs;

namespace ReAim.Capture.Checking.Surroundings;

/// <summary>A network interface.</summary>
internal sealed record NetworkLink
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>True if it is up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Its IPv4 addresses.</summary>
    public IReadOnlyList<Ipv4Address> Addresses { get; init; } = [];

    /// <summary>The networks of these addresses.</summary>
    public IReadOnlyList<Ipv4Network> Networks { get; init; } = [];

    /// <summary>True if it has an IPv6 address that is not of the link only.</summary>
    public bool HasGlobalIpv6 { get; init; }

    /// <summary>The bridge, bond or team that it is a port of; null if of none.</summary>
    public string? Controller { get; init; }

    /// <summary>True if it is a bridge.</summary>
    public bool IsBridge { get; init; }

    /// <summary>All interfaces of this network namespace.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public static IReadOnlyList<NetworkLink> ReadAll()
    {
        Dictionary<string, (string? Controller, bool IsBridge)> details = Details();
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().Select(found =>
            {
                UnicastIPAddressInformation[] all = [.. found.GetIPProperties().UnicastAddresses];
                UnicastIPAddressInformation[] four =
                [
                    .. all.Where(address => address.Address.AddressFamily == AddressFamily.InterNetwork),
                ];
                (string? controller, bool isBridge) = details.GetValueOrDefault(found.Name);
                return new NetworkLink
                {
                    Name = found.Name,
                    // Point-to-point links have no state but these two.
                    IsUp = found.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown,
                    Addresses = [.. four.Select(address => Address(address.Address))],
                    Networks = [.. four.Select(Network)],
                    HasGlobalIpv6 = all.Any(address => IsGlobal(address.Address)),
                    Controller = controller,
                    IsBridge = isBridge,
                };
            })];
        }
        catch (NetworkInformationException failure)
        {
            throw new IOException($"the network interfaces could not be listed: {failure.Message}.", failure);
        }
    }

    private static Ipv4Address Address(IPAddress address) => Ipv4Address.Read(address.GetAddressBytes());

    private static Ipv4Network Network(UnicastIPAddressInformation address) =>
        Ipv4Network.Parse(string.Create(CultureInfo.InvariantCulture, $"{address.Address}/{address.PrefixLength}"));

    // 2000::/3 (RFC 4291 2.4); unique local ones (fc00::/7) lead to no OSCAR server.
    private static bool IsGlobal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && address.GetAddressBytes()[0] >> 5 == 1;

    // Only ip knows who is a port of whom without a look at /sys, which shows another namespace's interfaces.
    private static Dictionary<string, (string? Controller, bool IsBridge)> Details()
    {
        var details = new Dictionary<string, (string? Controller, bool IsBridge)>();
        if (SystemProgram.Find("ip")?.Run(["-j", "-d", "link", "show"]) is not { Succeeded: true } listed)
        {
            return details;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(listed.Output);
            foreach (JsonElement link in document.RootElement.EnumerateArray())
            {
                JsonElement info = Member(link, "linkinfo");
                bool isPort = Text(info, "info_slave_kind") is "bridge" or "bond" or "team";
                details[Text(link, "ifname")] = (isPort ? Text(link, "master") : null, Text(info, "info_kind") == "bridge");
            }
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            // An ip that knows no JSON: then ports of bridges stay unknown.
        }

        return details;
    }

    private static JsonElement Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement member) ? member : default;

    private static string Text(JsonElement value, string name) =>
        Member(value, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}
