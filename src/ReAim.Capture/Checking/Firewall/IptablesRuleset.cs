using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking.Firewall;

/// <summary>Reads what <c>iptables-save</c> prints, less what is ours.</summary>
internal sealed class IptablesRuleset
{
    // linux/netfilter_ipv4.h, enum nf_ip_hook_priorities
    private const int Raw = -300, Mangle = -150, DestinationNat = -100, Filter = 0, Security = 50, SourceNat = 100;

    private readonly string _tool;
    private readonly Dictionary<(string Table, string Name), FirewallChain> _chains = [];
    private string _table = "";

    private IptablesRuleset(string tool) => _tool = tool;

    /// <summary>Reads it.</summary>
    /// <param name="tool">The program's name: "iptables" or "iptables-legacy".</param>
    /// <param name="saved">What its <c>-save</c> printed.</param>
    public static IReadOnlyList<FirewallChain> Read(string tool, string saved)
    {
        var ruleset = new IptablesRuleset(tool);
        foreach (string line in saved.Split('\n'))
        {
            ruleset.Add(line.Trim());
        }

        return [.. ruleset._chains.Values];
    }

    private void Add(string line)
    {
        string[] words;
        if (line.StartsWith('*'))
        {
            _table = line[1..];
        }
        else if (line.StartsWith(':') && (words = line[1..].Split(' ')).Length >= 2 && words[0] != IptablesChain.Name)
        {
            _chains[(_table, words[0])] = Chain(words[0], words[1] == "DROP");
        }
        else if (line.StartsWith("-A ", StringComparison.Ordinal) && (words = line.Split(' ', 3)).Length >= 2
                 && _chains.TryGetValue((_table, words[1]), out FirewallChain? chain))
        {
            FirewallRule rule = IptablesRule.Read(words.Length == 3 ? words[2] : "", line);
            if (rule.Target != IptablesChain.Name)
            {
                chain.Rules.Add(rule);
            }
        }
    }

    private FirewallChain Chain(string name, bool drops)
    {
        string? hook = name is "PREROUTING" or "INPUT" or "FORWARD" or "OUTPUT" or "POSTROUTING" ? name.ToLowerInvariant() : null;
        return new FirewallChain
        {
            Tool = _tool,
            Family = "ip",
            Table = _table,
            Name = name,
            Hook = hook,
            Type = _table == "nat" ? "nat" : "filter",
            Priority = _table switch
            {
                "raw" => Raw,
                "mangle" => Mangle,
                "nat" => hook is "postrouting" or "input" ? SourceNat : DestinationNat,
                "security" => Security,
                _ => Filter,
            },
            DropsByDefault = drops,
        };
    }
}
