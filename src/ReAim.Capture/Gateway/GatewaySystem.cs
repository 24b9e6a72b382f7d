using ReAim.Capture.Linux;
using ReAim.Capture.Windows;

namespace ReAim.Capture.Gateway;

/// <summary>The one place where it is decided what belongs to which system.</summary>
internal static class GatewaySystem
{
    /// <summary>The system this program runs on.</summary>
    public static IGatewaySystem Here { get; } = OperatingSystem.IsWindows() ? new WindowsGateway() : new LinuxGateway();
}
