using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32;
using ReAim.Capture.Gateway;
using ReAim.Capture.Windows.Interop;
using ReAim.Capture.Windows.Security;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Windows;

/// <summary>Reads what this Windows machine is like.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsReader
{
    private const string TcpipParameters = @"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters";

    /// <summary>Reads it; what takes long only when it is looked at.</summary>
    /// <param name="options">What was asked for.</param>
    /// <exception cref="BadInputException">An interface does not exist.</exception>
    public static WindowsSituation Read(GatewayOptions options)
    {
        IReadOnlyList<WindowsInterface> interfaces = WindowsInterface.ReadAll();
        return new WindowsSituation(InterfaceNames.Resolve(options, interfaces))
        {
            Interfaces = interfaces,
            IsRunning = SingleInstance.IsTaken(),
            HasDriverProcessor = RuntimeInformation.ProcessArchitecture == Architecture.X64,
            FolderFlaw = SecuredPathReader.FindWriter,
            Service = name => ServiceDatabase.StateOf(name) is { } state ? state == Advapi32.Running : null,
            ForwardsAll = Registry.GetValue(TcpipParameters, "IPEnableRouter", 0) is 1,
            HasNpcap = Npcap.IsInstalled(),
        };
    }
}
