using System.Globalization;
using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;
using ReAim.Capture.Gateway.Supervision;
using ReAim.Capture.Linux;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Checking.Surroundings;

/// <summary>
/// What is to be done, and what this machine is like: everything that a check looks at. Each part is read when it is first
/// looked at, in the network namespace of the thread that looks.
/// </summary>
internal sealed class GatewaySituation(GatewayOptions options)
{
    private bool? _isRoot;
    private bool? _mayChangeNetwork;
    private bool? _isRunning;
    private (ushort First, ushort Last)? _ephemeral;

    /// <summary>What was asked for.</summary>
    public GatewayOptions Options { get; } = options;

    /// <summary>True if the process is root's.</summary>
    public bool IsRoot
    {
        get => _isRoot ??= Environment.IsPrivilegedProcess;
        init => _isRoot = value;
    }

    /// <summary>True if it may change the network.</summary>
    public bool MayChangeNetwork
    {
        get => _mayChangeNetwork ??= (LibC.PermittedCapabilities() & ThreadRights.NetAdmin) != 0;
        init => _mayChangeNetwork = value;
    }

    /// <summary>True if another ReAim runs here.</summary>
    public bool IsRunning
    {
        get => _isRunning ??= KernelFile.NetworkTable("unix").Any(line => line.EndsWith($" {InstanceLock.Name}", StringComparison.Ordinal));
        init => _isRunning = value;
    }

    /// <summary>All interfaces.</summary>
    public IReadOnlyList<NetworkLink> Links
    {
        get => field ??= NetworkLink.ReadAll();
        init;
    }

    /// <summary>All rules of others.</summary>
    public FirewallRuleset Firewall
    {
        get => field ??= FirewallReader.Read();
        init;
    }

    /// <summary>The default routes.</summary>
    public DefaultRoutes Routes
    {
        get => field ??= DefaultRoutes.Read();
        init;
    }

    /// <summary>Ports on which this machine listens.</summary>
    public IReadOnlySet<ushort> Listeners
    {
        get => field ??= LocalListeners.Read();
        init;
    }

    /// <summary>A kernel setting such as <c>net/ipv4/ip_forward</c>; null if there is none.</summary>
    public Func<string, string?> Setting { get; init; } = KernelFile.Setting;

    /// <summary>True if the kernel has a module of this name, loaded or built in.</summary>
    public Func<string, bool> HasModule { get; init; } = name => Directory.Exists($"/sys/module/{name}");

    /// <summary>Finds out how rules can be installed; throws <see cref="BadInputException"/> if they cannot be.</summary>
    public Func<GatewayOptions, GatewayRules> Rules { get; init; } = options => GatewayRules.Prepare(options);

    /// <summary>The ports from which this machine's own connections go out.</summary>
    public (ushort First, ushort Last) EphemeralPorts => _ephemeral ??= ReadEphemeral();

    /// <summary>The links that <c>--lan</c> names and that exist.</summary>
    public IEnumerable<NetworkLink> Lan => Links.Where(link => Options.Lan.Contains(link.Name));

    /// <summary>The links that <c>--wan</c> names and that exist.</summary>
    public IEnumerable<NetworkLink> Wan => Links.Where(link => Options.Wan.Contains(link.Name));

    /// <summary>The gateway's IPv4 addresses towards the Internet.</summary>
    public IReadOnlyList<Ipv4Address> WanAddresses => [.. Wan.SelectMany(link => link.Addresses)];

    private (ushort First, ushort Last) ReadEphemeral()
    {
        string[] ends = (Setting("net/ipv4/ip_local_port_range") ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return ends.Length == 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            ? (first, last)
            : ((ushort)32_768, (ushort)60_999);
    }
}
