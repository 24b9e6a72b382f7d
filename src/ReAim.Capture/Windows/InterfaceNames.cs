using ReAim.Capture.Gateway;

namespace ReAim.Capture.Windows;

/// <summary>What people call interfaces on Windows.</summary>
internal static class InterfaceNames
{
    /// <summary>Puts the interfaces' own names in the place of what a person wrote.</summary>
    /// <param name="options">With names, descriptions, GUIDs or numbers.</param>
    /// <param name="interfaces">All interfaces.</param>
    /// <exception cref="BadInputException">One of them does not exist, or two are the same.</exception>
    public static GatewayOptions Resolve(GatewayOptions options, IReadOnlyList<WindowsInterface> interfaces)
    {
        string[] lan = [.. options.Lan.Select(text => NameOf("--lan", text, interfaces)).Distinct()];
        string[] wan = [.. options.Wan.Select(text => NameOf("--wan", text, interfaces)).Distinct()];
        return lan.FirstOrDefault(wan.Contains) is { } both
            ? throw new BadInputException($"{both} is named with --lan and with --wan: name the interface to the clients and the one to the Internet.")
            : options with { Lan = lan, Wan = wan };
    }

    /// <summary>The interfaces of some names, in the order of these.</summary>
    public static IEnumerable<WindowsInterface> Of(IReadOnlyList<string> names, IReadOnlyList<WindowsInterface> interfaces) =>
        names.Select(name => interfaces.FirstOrDefault(found => found.Name == name)).OfType<WindowsInterface>();

    private static string NameOf(string option, string text, IReadOnlyList<WindowsInterface> interfaces)
    {
        // A name that looks like another one's number is meant as a name.
        WindowsInterface? found = interfaces.FirstOrDefault(one => one.Name == text) ?? interfaces.FirstOrDefault(one => one.IsCalled(text));
        return found?.Name ?? throw new BadInputException(
            $"there is no network interface {text} ({option}): there are {string.Join(", ", interfaces.Select(one => $"\"{one.Name}\"").DefaultIfEmpty("none"))}.");
    }
}
