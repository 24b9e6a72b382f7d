using System.Globalization;

namespace ReAim.Capture.Gateway.Rules;

/// <summary>Values as nft reads them.</summary>
internal static class NftText
{
    /// <summary>Eight hexadecimal digits.</summary>
    public static string Hex(uint value) => $"0x{value:x8}";

    /// <summary>One value as it is, several as an anonymous set.</summary>
    public static string OneOf(IEnumerable<string> values)
    {
        string[] all = [.. values.Distinct()];
        return all.Length == 1 ? all[0] : $"{{ {string.Join(", ", all)} }}";
    }

    /// <summary>Names of interfaces.</summary>
    /// <exception cref="BadInputException">One of them is none.</exception>
    public static string Interfaces(IEnumerable<string> names) => OneOf(names.Select(Quoted));

    /// <summary>Port numbers.</summary>
    public static string Ports(IEnumerable<ushort> ports) =>
        OneOf(ports.Order().Select(port => port.ToString(CultureInfo.InvariantCulture)));

    // They are checked where they are read; once more here, because here is where a quote would do harm.
    private static string Quoted(string name) => InterfaceName.IsValid(name)
        ? $"\"{name}\""
        : throw new BadInputException($"'{name}' is no name of a network interface.");
}
