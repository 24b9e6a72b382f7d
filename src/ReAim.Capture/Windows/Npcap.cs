using ReAim.Capture.Diverters.Listen;

namespace ReAim.Capture.Windows;

/// <summary>The library that captures on Windows.</summary>
internal static class Npcap
{
    private const string DevicePrefix = @"\Device\NPF_";

    /// <summary>What to do if it is missing.</summary>
    public const string HowToInstall = "--mode listen needs Npcap: install it from https://npcap.com";

    /// <summary>As the capturing diverter needs it.</summary>
    /// <param name="interfaces">All interfaces: devices have their GUIDs.</param>
    public static CaptureLibrary Library(IReadOnlyList<WindowsInterface> interfaces) => new(
        (device, name) => interfaces.Any(one => one.Name == name && string.Equals(device, DevicePrefix + one.Id, StringComparison.OrdinalIgnoreCase)),
        HowToInstall);

    /// <summary>True if it is installed: its folder, or an old installation that is compatible with WinPcap.</summary>
    public static bool IsInstalled()
    {
        string system = Environment.GetFolderPath(Environment.SpecialFolder.System);
        return File.Exists(Path.Combine(system, "Npcap", "wpcap.dll")) || File.Exists(Path.Combine(system, "wpcap.dll"));
    }
}
