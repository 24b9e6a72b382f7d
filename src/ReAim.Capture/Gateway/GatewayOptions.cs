using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;

namespace ReAim.Capture.Gateway;

/// <summary>What <c>run</c> and <c>check</c> were told, after reading and before looking at the machine.</summary>
internal sealed record GatewayOptions
{
    /// <summary>The interfaces behind which the helped hosts are.</summary>
    public required IReadOnlyList<string> Lan { get; init; }

    /// <summary>Networks of the LAN that are neither private nor the LAN interfaces' own.</summary>
    public IReadOnlyList<Ipv4Network> LanNets { get; init; } = [];

    /// <summary>The interfaces to the Internet.</summary>
    public required IReadOnlyList<string> Wan { get; init; }

    /// <summary>The address that offers get instead of the one the flow has beyond the gateway; null to use that.</summary>
    public Ipv4Address? Public { get; init; }

    /// <summary>The servers that are trusted; empty for all. Names are resolved already.</summary>
    public IReadOnlyList<Ipv4Network> Servers { get; init; } = [];

    /// <summary>The protocols that are helped.</summary>
    public IReadOnlyList<ProtocolDescriptor> Protocols { get; init; } = ProtocolTable.Default;

    /// <summary>True if one of them changes the lengths of what is said.</summary>
    public bool ChangesLengths => Protocols.Any(protocol => protocol.ChangesLengths);

    /// <summary>True if connections may become such that no packet of theirs may pass unchanged.</summary>
    public bool NeedsGuard => ChangesLengths && !ListensOnly && !DryRun;

    /// <summary>The server ports whose connections are watched; empty for any port.</summary>
    public IReadOnlyList<ushort> Ports { get; init; } = [5190];

    /// <summary>LAN hosts' own ports that no offer opens.</summary>
    public IReadOnlyList<ushort> DeniedPorts { get; init; } = Gateway.DeniedPorts.Default;

    /// <summary>The only LAN hosts, and ports of theirs, that offers open; empty for all.</summary>
    public IReadOnlyList<AllowedHost> AllowedHosts { get; init; } = [];

    /// <summary>True if peers' connects skip the rest of the forward rules, explicit drops included.</summary>
    public bool Pinhole { get; init; }

    /// <summary>True to listen on the LAN only: no packet is touched.</summary>
    public bool ListensOnly { get; init; }

    /// <summary>Who applies mappings.</summary>
    public TranslatorKind Translator { get; init; }

    /// <summary>True if mappings are listeners of ours, of which no rule knows.</summary>
    public bool Relays => Translator == TranslatorKind.Relay;

    /// <summary>True if it works without any rule in the kernel.</summary>
    public bool NeedsNoRules => Relays && ListensOnly;

    /// <summary>Where on a Windows gateway packets are diverted.</summary>
    public Placement Placement { get; init; }

    /// <summary>True to change nothing and say what would be done.</summary>
    public bool DryRun { get; init; }

    /// <summary>Our bits in marks.</summary>
    public MarkLayout Marks { get; init; } = MarkLayout.Default;

    /// <summary>The netfilter queue's number.</summary>
    public ushort Queue { get; init; } = 5190;

    /// <summary>How packets get into the queue.</summary>
    public QueueFlavour Flavour { get; init; }

    /// <summary>First and last public port to use when the client's own is taken.</summary>
    public (ushort First, ushort Last) Pool { get; init; } = (61_000, 61_999);

    /// <summary>True to give an ICQ listener whose port is taken another one.</summary>
    public bool IcqAnyPort { get; init; }

    /// <summary>Where diverted packets are recorded; null if nowhere.</summary>
    public string? Record { get; init; }

    /// <summary>How large the recording may become, in bytes.</summary>
    public long RecordLimit { get; init; } = 64L << 20;
}
