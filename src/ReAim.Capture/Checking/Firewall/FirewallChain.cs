namespace ReAim.Capture.Checking.Firewall;

/// <summary>A chain of rules.</summary>
internal sealed record FirewallChain
{
    /// <summary>The command that works on it: "nft", "iptables" or "iptables-legacy".</summary>
    public required string Tool { get; init; }

    /// <summary>"ip", "inet" or "netdev".</summary>
    public required string Family { get; init; }

    /// <summary>The table it stands in.</summary>
    public required string Table { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The hook that it is called at, such as "forward"; null if only jumps lead to it.</summary>
    public string? Hook { get; init; }

    /// <summary>The interfaces whose packets meet it, at the hook "ingress"; none elsewhere.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>"filter", "nat" or "route".</summary>
    public string Type { get; init; } = "filter";

    /// <summary>Its place among the chains of its hook: lower ones come first.</summary>
    public int Priority { get; init; }

    /// <summary>True if a packet that no rule decides about is dropped.</summary>
    public bool DropsByDefault { get; init; }

    /// <summary>Its rules, in order.</summary>
    public List<FirewallRule> Rules { get; init; } = [];

    /// <summary>Its name as its tool's users know it.</summary>
    public string Title => Tool == "nft" ? $"{Family} {Table} {Name}" : $"{Tool} {Table}/{Name}";
}
