namespace ReAim.Capture.Gateway.Rules;

/// <summary>What of ours stands in the table mangle, read from the text of <c>iptables-save</c>.</summary>
internal sealed class IptablesMangle
{
    private readonly List<string> _rules = [];
    private readonly List<string> _jumps = [];
    private string _lastOfHook = "";

    private IptablesMangle()
    {
    }

    /// <summary>True if the chain is there.</summary>
    public bool HasChain { get; private set; }

    /// <summary>True if the table is there at all.</summary>
    public bool HasTable { get; private set; }

    /// <summary>The chain's rules, without its name.</summary>
    public IReadOnlyList<string> Rules => _rules;

    /// <summary>All rules that lead to the chain, each with the name of the chain it stands in.</summary>
    public IReadOnlyList<string> Jumps => _jumps;

    /// <summary>True if one jump leads to the chain, and nothing stands behind it in mangle/FORWARD.</summary>
    public bool JumpIsLast => _jumps.Count == 1 && _lastOfHook == $"{IptablesChain.Hook} {IptablesChain.Jump}";

    /// <summary>True if anything of ours is there.</summary>
    public bool HasAnything => HasChain || _jumps.Count > 0;

    /// <summary>True if anything of others is there: a rule, a chain of their own, a policy that is not ACCEPT.</summary>
    public bool HasOthers { get; private set; }

    /// <summary>Reads what iptables-save printed of one variant's tables.</summary>
    public static IptablesMangle Parse(string saved)
    {
        var mangle = new IptablesMangle();
        bool here = false;
        foreach (string line in saved.Split('\n'))
        {
            if (line.StartsWith('*'))
            {
                here = line[1..].Trim() == IptablesChain.Table;
                mangle.HasTable |= here;
            }
            else if (here)
            {
                mangle.Add(line.Trim());
            }
        }

        return mangle;
    }

    private void Add(string line)
    {
        const string Append = "-A ", Own = $"-A {IptablesChain.Name} ";
        if (line.StartsWith($":{IptablesChain.Name} ", StringComparison.Ordinal))
        {
            HasChain = true;
        }
        else if (line.StartsWith(Own, StringComparison.Ordinal))
        {
            _rules.Add(line[Own.Length..]);
        }
        else if (line.StartsWith(Append, StringComparison.Ordinal))
        {
            string rule = line[Append.Length..];
            if (rule.StartsWith($"{IptablesChain.Hook} ", StringComparison.Ordinal))
            {
                _lastOfHook = rule;
            }

            if (rule.EndsWith($" -j {IptablesChain.Name}", StringComparison.Ordinal)
                || rule.EndsWith($" -g {IptablesChain.Name}", StringComparison.Ordinal))
            {
                _jumps.Add(rule);
            }
            else
            {
                HasOthers = true;
            }
        }
        else if (line.StartsWith(':'))
        {
            HasOthers |= !line.Contains(" ACCEPT ", StringComparison.Ordinal);
        }
    }
}
