using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using ReAim.Capture.Checking.Reporting;
using ReAim.Capture.Programs;
using ReAim.Capture.Windows.Checks;
using ReAim.Capture.Windows.Services;

namespace ReAim.Capture.Windows;

/// <summary>What a report tells of a Windows machine.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsDescription
{
    // Base filtering, its firewall, both NATs that are services, WinNAT's driver, captures, diverting, us.
    private static readonly string[] s_services = ["BFE", "mpssvc", "SharedAccess", "RemoteAccess", "WinNat", "npcap", "WinDivert", ServiceDefinition.Name];

    private static readonly string[] s_questions =
    [
        "Get-NetNat | Format-List *", "Get-NetNatStaticMapping | Format-List *",
        "Get-NetIPInterface -AddressFamily IPv4 | Format-Table ifIndex,InterfaceAlias,Forwarding,ConnectionState,NlMtu -AutoSize",
        "Get-NetRoute -AddressFamily IPv4 | Format-Table ifIndex,DestinationPrefix,NextHop,RouteMetric -AutoSize",
    ];

    /// <summary>Reads it.</summary>
    public static IReadOnlyList<ReportSection> Read() =>
    [
        ReportSection.Of("Services", () => string.Join('\n', s_services.Select(Service))),
        .. DriverCheck.Files.Select(file => ReportSection.Of(file, () => Describe(Path.Combine(AppContext.BaseDirectory, file)))),
        ReportSection.Of("Who may change this program", () => Security.SecuredPathReader.FindWriter() ?? "administrators only"),
        ReportSection.Of("What PowerShell is asked", () => Text(NetworkReport.Ask(NetworkReport.Question))),
        .. s_questions.Select(question => ReportSection.Of(question, () => Text(NetworkReport.Ask(NetworkReport.Command(question))))),
    ];

    private static string Service(string name) =>
        ServiceDatabase.StateOf(name) is { } state ? string.Create(CultureInfo.InvariantCulture, $"{name}: state {state}") : $"{name}: none";

    private static string Describe(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes, SHA-256 {Convert.ToHexString(SHA256.HashData(bytes))}");
    }

    private static string Text(ProgramResult result) => $"{result.Output}{result.Error}";
}
