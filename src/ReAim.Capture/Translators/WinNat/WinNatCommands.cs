using System.Globalization;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>The commands of Windows' module NetNat (learn.microsoft.com/powershell/module/netnat).</summary>
internal static class WinNatCommands
{
    /// <summary>Adds a mapping; the answer is its number.</summary>
    /// <param name="nat">The NAT's name.</param>
    /// <param name="mapping">The mapping. It is made at every address of the NAT, which is how WinNAT has them.</param>
    public static string Add(string nat, Mapping mapping) => string.Create(
        CultureInfo.InvariantCulture,
        $"(Add-NetNatStaticMapping -NatName {PowerShellLine.Quote(nat)} -Protocol TCP -ExternalIPAddress 0.0.0.0/24 -ExternalPort {mapping.Public.Port} -InternalIPAddress {mapping.Lan.Address} -InternalPort {mapping.Lan.Port} -ErrorAction Stop).StaticMappingID");

    /// <summary>Removes a mapping by its number.</summary>
    public static string Remove(int id) => string.Create(
        CultureInfo.InvariantCulture, $"Remove-NetNatStaticMapping -StaticMappingID {id} -Confirm:$false -ErrorAction Stop; 'done'");

    /// <summary>Removes mappings by their ends, those that are still there.</summary>
    public static string RemoveByEnds(IEnumerable<Mapping> mappings) =>
        $"Get-NetNatStaticMapping -ErrorAction Stop | Where-Object {{ $_.Protocol -eq 'TCP' -and ({string.Join(" -or ", mappings.Select(Is))}) }} | Remove-NetNatStaticMapping -Confirm:$false -ErrorAction Stop; 'done'";

    /// <summary>Asks whose a connection is; the answer is a LAN address, or nothing.</summary>
    /// <param name="flow">Its ends beyond the NAT.</param>
    public static string FindHost(FlowKey flow) => string.Create(
        CultureInfo.InvariantCulture,
        $"Get-NetNatSession -ErrorAction Stop | Where-Object {{ $_.ExternalSourcePort -eq {flow.Lan.Port} -and $_.ExternalDestinationPort -eq {flow.Remote.Port} -and $_.ExternalDestinationAddress -eq '{flow.Remote.Address}' }} | ForEach-Object {{ $_.InternalSourceAddress }}");

    /// <summary>Reads the answer to <see cref="Add"/>.</summary>
    public static bool TryReadId(string answer, out int id) => int.TryParse(answer, NumberStyles.None, CultureInfo.InvariantCulture, out id);

    /// <summary>Reads the answer to <see cref="FindHost"/>.</summary>
    public static bool TryReadHost(string answer, out Ipv4Address host) => Ipv4Address.TryParse(answer.Trim(), out host) && host.IsUnicast;

    private static string Is(Mapping mapping) => string.Create(
        CultureInfo.InvariantCulture,
        $"($_.ExternalPort -eq {mapping.Public.Port} -and $_.InternalIPAddress -eq '{mapping.Lan.Address}' -and $_.InternalPort -eq {mapping.Lan.Port})");
}
