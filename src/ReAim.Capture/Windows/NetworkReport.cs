using System.Text.Json;
using ReAim.Capture.Translators.WinNat;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Programs;

namespace ReAim.Capture.Windows;

/// <summary>What only PowerShell tells of the network.</summary>
/// <param name="Nats">WinNAT's NATs that are active: their names and the LAN's prefix that each translates, which may be empty.</param>
/// <param name="Forwarding">The interfaces by whose numbers packets are forwarded.</param>
internal sealed record NetworkReport(IReadOnlyList<(string Name, string Prefix)> Nats, IReadOnlySet<int> Forwarding)
{
    // Where Windows has no Get-NetNat, the rest still answers.
    private const string Script =
        "[Console]::OutputEncoding=[Text.Encoding]::UTF8;"
        + "@{nats=@(try{Get-NetNat -ErrorAction SilentlyContinue|?{$_.Active}|%{@{name=[string]$_.Name;prefix=[string]$_.InternalIPInterfaceAddressPrefix}}}catch{});"
        + "forwarding=@(Get-NetIPInterface -AddressFamily IPv4 -ErrorAction SilentlyContinue|?{$_.Forwarding -eq 'Enabled'}|%{[int]$_.InterfaceIndex})}"
        + "|ConvertTo-Json -Depth 4 -Compress";

    /// <summary>A PowerShell that starts for the first time takes seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What PowerShell is asked: its arguments.</summary>
    public static IReadOnlyList<string> Question { get; } = Command(Script);

    /// <summary>The arguments for a command. Modules are Windows' own: anybody may put others into his own folders.</summary>
    public static IReadOnlyList<string> Command(string command) => ["-NoProfile", "-NonInteractive", "-Command", $"{PowerShellLine.OwnModulesOnly}; {command}"];

    /// <summary>Asks Windows' own PowerShell.</summary>
    public static ProgramResult Ask(IReadOnlyList<string> arguments) =>
        SystemProgram.At(Path.Combine(Environment.SystemDirectory, "WindowsPowerShell", "v1.0", "powershell.exe")).Run(arguments, time: Patience);

    /// <summary>Reads the answer.</summary>
    /// <returns>Null if it is not one.</returns>
    public static NetworkReport? Read(ProgramResult answer)
    {
        if (!answer.Succeeded)
        {
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(answer.Output.Trim('\uFEFF', ' ', '\r', '\n'));
            JsonElement root = document.RootElement;
            return new NetworkReport(
                [.. root.GetProperty("nats").EnumerateArray().Select(nat => (Text(nat, "name"), Text(nat, "prefix")))],
                root.GetProperty("forwarding").EnumerateArray().Select(index => index.GetInt32()).ToHashSet());
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>The name of the NAT that translates for one of some addresses; null if none does.</summary>
    public string? NatFor(IEnumerable<Ipv4Address> addresses) =>
        Nats.Where(nat => Covers(nat.Prefix, addresses)).Select(nat => nat.Name).FirstOrDefault();

    // Without a prefix it is for whatever comes.
    private static bool Covers(string prefix, IEnumerable<Ipv4Address> addresses)
    {
        if (prefix.Length == 0)
        {
            return true;
        }

        try
        {
            Ipv4Network network = Ipv4Network.Parse(prefix);
            return addresses.Any(network.Contains);
        }
        catch (BadInputException)
        {
            return false;
        }
    }

    private static string Text(JsonElement nat, string name) => nat.GetProperty(name).GetString() ?? "";
}
