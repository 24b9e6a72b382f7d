using System.Text.Json;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Reads what <c>nft -j list ruleset</c> prints (libnftables-json(5)), less our table and the chains of iptables.</summary>
internal sealed class NftRuleset
{
    private readonly Dictionary<(string Family, string Table, string Name), FirewallChain> _chains = [];
    private readonly Dictionary<(string Family, string Table, string Name), JsonElement> _elements = [];
    private readonly Dictionary<(string Family, string Table, string Name), string> _helpers = [];
    private readonly List<string> _flowtables = [];
    private readonly NftListing _listing;
    private readonly IReadOnlySet<(string Table, string Chain)> _ofIptables;

    private NftRuleset(NftListing listing, IReadOnlySet<(string Table, string Chain)> ofIptables) =>
        (_listing, _ofIptables) = (listing, ofIptables);

    /// <summary>Reads it.</summary>
    /// <param name="json">What <c>nft -j list ruleset</c> printed.</param>
    /// <param name="listing">What <c>nft -a list ruleset</c> printed: the same in words.</param>
    /// <param name="ofIptables">Chains of the family ip that iptables answers for: nft understands their rules in part.</param>
    /// <exception cref="IOException">It is no JSON of nft's.</exception>
    public static FirewallRuleset Read(string json, string listing, IReadOnlySet<(string Table, string Chain)> ofIptables)
    {
        try
        {
            var words = new NftListing(listing);
            using JsonDocument document = JsonDocument.Parse(json);
            var ruleset = new NftRuleset(words, ofIptables);
            JsonElement all = document.RootElement.GetProperty("nftables");
            // Rules may name sets that are listed behind them.
            ruleset.Add(all, "chain", "set", "map", "flowtable", "ct helper");
            ruleset.Add(all, "rule");
            return new FirewallRuleset([.. ruleset._chains.Values], ruleset._flowtables, words.OffloadsToHardware);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new IOException($"nft printed a ruleset that is not understood: {failure.Message}", failure);
        }
    }

    private void Add(JsonElement all, params ReadOnlySpan<string> kinds)
    {
        foreach (JsonElement item in all.EnumerateArray())
        {
            foreach (JsonProperty property in item.EnumerateObject())
            {
                if (kinds.Contains(property.Name) && IsOfInterest(property.Value))
                {
                    Add(property.Name, property.Value);
                }
            }
        }
    }

    private static bool IsOfInterest(JsonElement value)
    {
        (string family, string table) = (Text(value, "family"), Text(value, "table"));
        return family is "inet" or "netdev" || (family == "ip" && table != ReaimTable.Name);
    }

    private void Add(string kind, JsonElement value)
    {
        (string Family, string Table, string Name) key = (Text(value, "family"), Text(value, "table"), Text(value, "name"));
        switch (kind)
        {
            case "chain" when _listing.IsDormant(key.Family, key.Table):
                break;
            case "chain" when key.Family != "ip" || !_ofIptables.Contains((key.Table, key.Name)):
                _chains[key] = Chain(key, value);
                break;
            case "set" or "map" when value.TryGetProperty("elem", out JsonElement elements):
                _elements[key] = elements;
                break;
            case "ct helper":
                _helpers[key] = Text(value, "type");
                break;
            case "flowtable":
                _flowtables.Add($"{key.Family} {key.Table} {key.Name}");
                break;
            case "rule" when _chains.TryGetValue((key.Family, key.Table, Text(value, "chain")), out FirewallChain? chain):
                string words = _listing.Rule(key.Family, key.Table, value.GetProperty("handle").GetInt32());
                var expressions = new NftExpressions(
                    name => _elements.TryGetValue((key.Family, key.Table, name), out JsonElement found) ? found : null);
                chain.Rules.AddRange(new NftRule(expressions, words, name => _helpers.GetValueOrDefault((key.Family, key.Table, name), "")).Read(value.GetProperty("expr")));
                break;
            default:
                break;
        }
    }

    private FirewallChain Chain((string Family, string Table, string Name) key, JsonElement value) => new()
    {
        Tool = "nft",
        Family = key.Family,
        Table = key.Table,
        Name = key.Name,
        Hook = value.TryGetProperty("hook", out JsonElement hook) ? hook.GetString() : null,
        Devices = _listing.Devices(key.Family, key.Table, key.Name),
        Type = Text(value, "type"),
        Priority = value.TryGetProperty("prio", out JsonElement priority) ? priority.GetInt32() : 0,
        DropsByDefault = Text(value, "policy") == "drop",
    };

    private static string Text(JsonElement value, string name) =>
        value.TryGetProperty(name, out JsonElement found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : "";
}
