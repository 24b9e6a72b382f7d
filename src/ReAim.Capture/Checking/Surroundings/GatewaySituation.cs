using System.Globalization;
using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Diverters.Nfqueue;
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
    private RunningInstance? _instance;
    private bool _isInstanceKnown;
    private GatewayRules? _rules;
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

    /// <summary>Who runs here as ReAim already; null if nobody does.</summary>
    public RunningInstance? Instance
    {
        get
        {
            if (!_isInstanceKnown)
            {
                (_instance, _isInstanceKnown) = (ReadInstance(), true);
            }

            return _instance;
        }

        init => (_instance, _isInstanceKnown) = (value, true);
    }

    /// <summary>The netfilter queues that programs have, each with the holder's port of netlink.</summary>
    public IReadOnlyDictionary<ushort, string> Queues
    {
        get => field ??= NetfilterQueues.Read();
        init;
    }

    /// <summary>Takes a netfilter queue for an instant, if the kernel shows none: that alone tells whether it has any.</summary>
    public Func<ushort, QueueOpening> TryQueue { get; init; } = TakeQueue;

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
        get => field ??= LocalListeners.Read() ?? new HashSet<ushort>();
        init;
    }

    /// <summary>A kernel setting such as <c>net/ipv4/ip_forward</c>; null if there is none.</summary>
    public Func<string, string?> Setting { get; init; } = KernelFile.Setting;

    /// <summary>True if the kernel has a module of this name, loaded or built in.</summary>
    public Func<string, bool> HasModule { get; init; } = name => Directory.Exists($"/sys/module/{name}");

    /// <summary>Finds out how rules can be installed; throws <see cref="BadInputException"/> if they cannot be.</summary>
    public Func<GatewayOptions, GatewayRules> Rules { get; init; } = options => GatewayRules.Prepare(options);

    /// <summary>How rules are installed; null if they cannot be, which is for another check to say.</summary>
    public GatewayRules? Prepared
    {
        get
        {
            try
            {
                return _rules ??= Rules(Options);
            }
            catch (BadInputException)
            {
                return null;
            }
        }
    }

    /// <summary>The ports from which this machine's own connections go out.</summary>
    public (ushort First, ushort Last) EphemeralPorts => _ephemeral ??= ReadEphemeral();

    /// <summary>The links that <c>--lan</c> names and that exist.</summary>
    public IEnumerable<NetworkLink> Lan => Links.Where(link => Options.Lan.Contains(link.Name));

    /// <summary>The links that <c>--wan</c> names and that exist.</summary>
    public IEnumerable<NetworkLink> Wan => Links.Where(link => Options.Wan.Contains(link.Name));

    /// <summary>The gateway's IPv4 addresses towards the Internet.</summary>
    public IReadOnlyList<Ipv4Address> WanAddresses => [.. Wan.SelectMany(link => link.Addresses)];

    private static RunningInstance? ReadInstance()
    {
        if (!KernelFile.NetworkTable("unix").Any(line => line.EndsWith($" {InstanceLock.Name}", StringComparison.Ordinal)))
        {
            return null;
        }

        return InstanceLock.TryHolder(InstanceLock.Name, out LibC.PeerCredentials holder)
            ? new RunningInstance(holder.Process, holder.User == 0)
            : new RunningInstance(0, IsRoots: true);
    }

    private static QueueOpening TakeQueue(ushort number)
    {
        if (NetfilterQueues.IsListed)
        {
            return QueueOpening.Bound;
        }

        QueueOpening opening = PacketQueue.TryOpen(new QueueOptions(number), out PacketQueue? queue, out _);
        queue?.Dispose();
        return opening;
    }

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
