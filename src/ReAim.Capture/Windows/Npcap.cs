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

    /// <summary>True if it is installed; one of the same name in the folder above may be WinPcap, which is too old.</summary>
    public static bool IsInstalled() => File.Exists(Path.Combine(Environment.SystemDirectory, "Npcap", "wpcap.dll"));
}
