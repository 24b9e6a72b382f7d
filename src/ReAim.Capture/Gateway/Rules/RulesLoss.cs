namespace ReAim.Capture.Gateway.Rules;

/// <summary>What somebody took from our rules.</summary>
[Flags]
internal enum RulesLoss
{
    /// <summary>All is there.</summary>
    None = 0,

    /// <summary>The nftables table, or something in it. Restoring it empties its sets: all elements must be installed anew.</summary>
    Table = 1,

    /// <summary>The iptables chain or its jump, or the jump is no longer the last rule.</summary>
    Chain = 2,
}
