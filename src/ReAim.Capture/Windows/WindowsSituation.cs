using ReAim.Capture.Gateway;
using ReAim.Capture.Programs;

namespace ReAim.Capture.Windows;

/// <summary>
/// What is to be done, and what this Windows machine is like: everything that a check looks at. What is not given is read when it
/// is first looked at, by <see cref="WindowsReader"/>.
/// </summary>
internal sealed class WindowsSituation(GatewayOptions options)
{
    private NetworkReport? _network;

    /// <summary>What was asked for, with the interfaces' own names.</summary>
    public GatewayOptions Options { get; } = options;

    /// <summary>True if the process has an administrator's rights.</summary>
    public bool IsElevated { get; init; } = Environment.IsPrivilegedProcess;

    /// <summary>True if another ReAim runs here.</summary>
    public bool IsRunning { get; init; }

    /// <summary>The version of Windows.</summary>
    public Version System { get; init; } = Environment.OSVersion.Version;

    /// <summary>True on a processor that the driver is made for.</summary>
    public bool HasDriverProcessor { get; init; } = true;

    /// <summary>Who could change this program, as a part of a sentence; null if nobody but administrators.</summary>
    public required Func<string?> FolderFlaw { get; init; }

    /// <summary>True if a file is beside this program.</summary>
    public Func<string, bool> HasFile { get; init; } = name => File.Exists(Path.Combine(AppContext.BaseDirectory, name));

    /// <summary>Whether a service runs; null if there is none of that name.</summary>
    public required Func<string, bool?> Service { get; init; }

    /// <summary>Asks PowerShell.</summary>
    public Func<IReadOnlyList<string>, ProgramResult> PowerShell { get; init; } = NetworkReport.Ask;

    /// <summary>True if the system forwards by all interfaces (IPEnableRouter).</summary>
    public bool ForwardsAll { get; init; }

    /// <summary>All interfaces.</summary>
    public required IReadOnlyList<WindowsInterface> Interfaces { get; init; }

    /// <summary>Ports on which this machine listens.</summary>
    public IReadOnlySet<ushort> Listeners
    {
        get => field ??= LocalListeners.Read() ?? new HashSet<ushort>();
        init;
    }

    /// <summary>True if there is something to listen with.</summary>
    public bool HasNpcap { get; init; }

    /// <summary>What PowerShell tells; nothing if it does not answer.</summary>
    public NetworkReport Network => _network ??= NetworkReport.Read(PowerShell(NetworkReport.Question)) ?? new NetworkReport([], new HashSet<int>());

    /// <summary>The name of WinNAT's NAT that translates for the LAN; null if none does.</summary>
    public string? NatName => Network.NatFor(Lan.SelectMany(one => one.Addresses).Select(entry => entry.Address));

    /// <summary>The NAT of the LAN.</summary>
    public NatKind Nat => NatName is not null ? NatKind.WinNat
        : Service("RemoteAccess") == true ? NatKind.RoutingService
        : Service("SharedAccess") == true ? NatKind.ConnectionSharing
        : NatKind.None;

    /// <summary>The interfaces that <c>--lan</c> names.</summary>
    public IEnumerable<WindowsInterface> Lan => InterfaceNames.Of(Options.Lan, Interfaces);

    /// <summary>The interfaces that <c>--wan</c> names.</summary>
    public IEnumerable<WindowsInterface> Wan => InterfaceNames.Of(Options.Wan, Interfaces);
}
