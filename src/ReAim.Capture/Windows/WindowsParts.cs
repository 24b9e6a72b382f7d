using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Alg.Streams;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Windows;

/// <summary>
/// The parts of a worker on Windows that depend on placement and translator, both of which are decided: the only place where
/// they are made.
/// </summary>
/// <param name="options">What the person asked for, with what was found.</param>
/// <param name="interfaces">All interfaces.</param>
/// <param name="wake">Wakes the worker's loop, from any thread.</param>
internal sealed class WindowsParts(GatewayOptions options, IReadOnlyList<WindowsInterface> interfaces, Action wake)
{
    /// <summary>How the engine is to work, with what the placement needs.</summary>
    /// <param name="usual">As it would work anywhere.</param>
    public EngineOptions Adjust(EngineOptions usual) =>
        options.Placement == Placement.Router ? usual with { PublicAddress = options.Public ?? OwnAddress() } : usual;

    /// <summary>Who knows whose connections are whose.</summary>
    public IConnectionTable Connections() => options switch
    {
        { ListensOnly: true } => new OwnAddressTable(OwnAddress()),
        { Placement: Placement.Router } => throw Missing("diverting on a router"),
        _ => throw Missing("diverting beside Windows' NAT"),
    };

    /// <summary>Who applies mappings.</summary>
    public ITranslator Translator() => options switch
    {
        { DryRun: true } => new DryRunTranslator(),
        { Translator: TranslatorKind.WinNat } => throw Missing("--translator winnat"),
        { Translator: TranslatorKind.Userspace } => throw Missing("--translator userspace"),
        _ => throw Missing("--translator relay"),
    };

    /// <summary>Where packets come from.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="recorder">Records packets; null if nobody wants that.</param>
    public IDiverter Diverter(Engine engine, EffectRunner effects, PacketRecorder? recorder) => options switch
    {
        { ListensOnly: true } => new ListenDiverter(
            engine, effects, Npcap.Library(interfaces), options, LanNetworks.OfInterfaces(options.Lan), recorder, wake),
        { Placement: Placement.Router } => throw Missing("diverting on a router"),
        _ => throw Missing("diverting beside Windows' NAT"),
    };

    private static BadInputException Missing(string what) => new($"{what} is not built in yet: use another release.");

    /// <summary>The gateway's first address towards the Internet.</summary>
    private Ipv4Address OwnAddress() =>
        InterfaceNames.Of(options.Wan, interfaces).SelectMany(wan => wan.Addresses).Select(entry => entry.Address).FirstOrDefault() is { IsZero: false } address
            ? address
            : throw new BadInputException($"{string.Join(", ", options.Wan)} (--wan) has no IPv4 address: connect it first.");

    /// <summary>Where packets are only heard nobody tells what became of them: they leave by the gateway's address.</summary>
    private sealed class OwnAddressTable(Ipv4Address own) : IConnectionTable
    {
        public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
        {
            address = own;
            return true;
        }

        public bool TryAllowTranslation(FlowKey flow) => true;
    }
}
