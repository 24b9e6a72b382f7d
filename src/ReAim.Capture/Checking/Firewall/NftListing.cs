using System.Globalization;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>The words of rules, from what <c>nft -a list ruleset</c> prints; and what its JSON leaves out.</summary>
internal sealed class NftListing
{
    private const string HandleMark = " # handle ";
    private readonly Dictionary<(string Family, string Table, int Handle), string> _rules = [];
    private readonly Dictionary<(string Family, string Table, string Chain), string[]> _devices = [];
    private readonly HashSet<(string Family, string Table)> _dormant = [];

    /// <summary>Reads a listing.</summary>
    public NftListing(string text)
    {
        (string family, string table, string chain) = ("", "", "");
        foreach (string line in text.Split('\n').Select(line => line.Trim()))
        {
            string[] words = line.Split(' ', 4);
            if (words is ["table", _, _, ..])
            {
                (family, table) = (words[1], words[2]);
            }
            else if (words is ["chain", _, ..])
            {
                chain = words[1];
            }
            else if (line.StartsWith("type ", StringComparison.Ordinal) && line.Contains(" device", StringComparison.Ordinal))
            {
                // device "a", or devices = { "a", "b" }
                _devices.TryAdd((family, table, chain), [.. line.Split('"').Where((_, index) => index % 2 == 1)]);
            }
            else if (line == "flags dormant")
            {
                _dormant.Add((family, table));
            }
            else if (line.LastIndexOf(HandleMark, StringComparison.Ordinal) is var mark and > 0
                     && int.TryParse(line.AsSpan(mark + HandleMark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int handle)
                     && !line[..mark].EndsWith('{'))
            {
                _rules.TryAdd((family, table, handle), line[..mark]);
            }

            OffloadsToHardware |= line.StartsWith("flags offload", StringComparison.Ordinal);
        }
    }

    /// <summary>True if a flowtable has the flag "offload".</summary>
    public bool OffloadsToHardware { get; }

    /// <summary>True if a table sleeps: none of its chains is met.</summary>
    public bool IsDormant(string family, string table) => _dormant.Contains((family, table));

    /// <summary>The interfaces whose packets meet a chain, where it names them.</summary>
    public IReadOnlyList<string> Devices(string family, string table, string chain) => _devices.GetValueOrDefault((family, table, chain), []);

    /// <summary>A rule in nft's words.</summary>
    public string Rule(string family, string table, int handle) =>
        _rules.TryGetValue((family, table, handle), out string? text) ? text : $"rule {family} {table} handle {handle}";
}
