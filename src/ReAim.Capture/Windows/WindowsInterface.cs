using System.Net.NetworkInformation;
using System.Net.Sockets;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Windows;

/// <summary>A network interface as Windows has it.</summary>
internal sealed record WindowsInterface
{
    /// <summary>The name people see, such as <c>Ethernet 2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The adapter's description.</summary>
    public string Description { get; init; } = "";

    /// <summary>Its GUID, in braces.</summary>
    public string Id { get; init; } = "";

    /// <summary>Its number for IPv4; 0 if it has none.</summary>
    public int Index { get; init; }

    /// <summary>True if it is up.</summary>
    public bool IsUp { get; init; }

    /// <summary>Its IPv4 addresses, with the lengths of their networks' prefixes.</summary>
    public IReadOnlyList<(Ipv4Address Address, int PrefixLength)> Addresses { get; init; } = [];

    /// <summary>All interfaces of this machine.</summary>
    /// <exception cref="IOException">They could not be listed.</exception>
    public static IReadOnlyList<WindowsInterface> ReadAll()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().Where(found => found.Supports(NetworkInterfaceComponent.IPv4)).Select(Read)];
        }
        catch (NetworkInformationException failure)
        {
            throw new IOException($"the network interfaces could not be listed: {failure.Message}.", failure);
        }
    }

    /// <summary>True if a person means this one: by its name, description, GUID or number.</summary>
    public bool IsCalled(string text) =>
        string.Equals(text, Name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(text, Description, StringComparison.OrdinalIgnoreCase)
        || string.Equals(text.Trim('{', '}'), Id.Trim('{', '}'), StringComparison.OrdinalIgnoreCase)
        || (Index != 0 && int.TryParse(text, out int number) && number == Index);

    private static WindowsInterface Read(NetworkInterface found)
    {
        IPInterfaceProperties properties = found.GetIPProperties();
        return new WindowsInterface
        {
            Name = found.Name,
            Description = found.Description,
            Id = found.Id,
            Index = properties.GetIPv4Properties()?.Index ?? 0,
            IsUp = found.OperationalStatus == OperationalStatus.Up,
            Addresses =
            [
                .. from address in properties.UnicastAddresses
                   where address.Address.AddressFamily == AddressFamily.InterNetwork
                   select (Ipv4Address.Read(address.Address.GetAddressBytes()), address.PrefixLength),
            ],
        };
    }
}
