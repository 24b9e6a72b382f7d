namespace ReAim.Capture.Checking.Firewall;

/// <summary>A rule, as far as it matters to us.</summary>
internal sealed record FirewallRule
{
    /// <summary>The rule in its own tool's words.</summary>
    public required string Text { get; init; }

    /// <summary>All must hold.</summary>
    public required IReadOnlyList<Condition> Conditions { get; init; }

    /// <summary>What it does then.</summary>
    public RuleAction Action { get; init; }

    /// <summary>The chain it jumps or goes to; else where it translates to, if that is constant, such as 192.168.7.9:80.</summary>
    public string Target { get; init; } = "";

    /// <summary>What the rules that are read from one rule have in common: once one of them was surely met, the others are not.</summary>
    public object? Origin { get; init; }

    /// <summary>The numbers of the queues that it puts packets into.</summary>
    public PortRange Queues { get; init; }

    /// <summary>True if what it queues passes while nobody reads the queue.</summary>
    public bool Bypasses { get; init; }

    /// <summary>How it uses marks.</summary>
    public IReadOnlyList<MarkUse> Marks { get; init; } = [];

    /// <summary>Helpers of the kernel's connection tracking that it gives to connections, such as irc.</summary>
    public IReadOnlyList<string> Helpers { get; init; } = [];

    /// <summary>True if connection tracking leaves out what it meets.</summary>
    public bool LeavesUntracked { get; init; }

    /// <summary>True if it puts connections into a zone of connection tracking.</summary>
    public bool SetsZone { get; init; }

    /// <summary>True if it moves connections into a flowtable.</summary>
    public bool Offloads { get; init; }
}
