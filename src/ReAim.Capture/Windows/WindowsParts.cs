using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Listen;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.Capture.Diverters.WinDivert.Interop;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Translators.Relay;
using ReAim.Capture.Translators.WinNat;

namespace ReAim.Capture.Windows;

/// <summary>
/// The parts of a worker on Windows that depend on placement and translator, both of which are decided: the only place where
/// they are made.
/// </summary>
internal sealed class WindowsParts : IDisposable
{
    /// <summary>Beside the program, where only administrators may write.</summary>
    private const string RecordName = "mappings.txt";

    private readonly UserspaceMappings _mappings = new();
    private readonly TranslatedConnects _connects = new();
    private readonly ListenedServers _servers = new();
    private readonly GatewayOptions _options;
    private readonly IReadOnlyList<WindowsInterface> _interfaces;
    private readonly Action _wake;
    private readonly EventLog _log;
    private readonly PowerShell? _shell;
    private readonly WinNatTranslator? _winNat;

    /// <summary>Makes the translator, which diverts nothing yet.</summary>
    /// <param name="options">What the person asked for, with what was found.</param>
    /// <param name="nat">The name of WinNAT's NAT that translates for the LAN; null if there is none.</param>
    /// <param name="interfaces">All interfaces.</param>
    /// <param name="wake">Wakes the worker's loop, from any thread.</param>
    /// <param name="log">Where sentences go.</param>
    public WindowsParts(GatewayOptions options, string? nat, IReadOnlyList<WindowsInterface> interfaces, Action wake, EventLog log)
    {
        (_options, _interfaces, _wake, _log) = (options, interfaces, wake, log);
        switch (options)
        {
            case { DryRun: true }:
                Translator = new DryRunTranslator();
                break;
            case { Translator: TranslatorKind.WinNat }:
                _shell = PowerShell.OfSystem(wake);
                _winNat = new WinNatTranslator(_shell, nat ?? "", new MappingRecord(Path.Combine(AppContext.BaseDirectory, RecordName)), log, () => Environment.TickCount64);
                _winNat.RemoveLeftovers();
                Translator = _winNat;
                break;
            case { Translator: TranslatorKind.Userspace }:
                Translator = _mappings;
                break;
            default:
                // Which servers are watched is the diverter's to decide, not the relay's.
                Translator = new RelayTranslator(_mappings, wake);
                break;
        }

        if (options.ListensOnly)
        {
            Translator = new ListeningTranslator(Translator, _servers);
        }
    }

    /// <summary>Who applies mappings.</summary>
    public ITranslator Translator { get; }

    private bool IsRouter => _options.Placement == Placement.Router;

    /// <summary>How the engine is to work, with what the placement needs.</summary>
    /// <param name="usual">As it would work on Linux.</param>
    public EngineOptions Adjust(EngineOptions usual)
    {
        // Whether Windows' NAT turns connects of neighbours back is not known; a relay does. And Windows follows no sequence numbers.
        EngineOptions here = usual with { Hairpins = usual.Hairpins && _options.Translator == TranslatorKind.Relay, IsTracked = false };
        return IsRouter ? here with { PublicAddress = _options.Public ?? OwnAddress() } : here;
    }

    /// <summary>Who knows whose connections are whose.</summary>
    public IConnectionTable Connections() =>
        _options.ListensOnly || IsRouter ? new ForwardedConnections(OwnAddress())
        : new SeenConnections(_connects, _shell is null ? null : new WinNatSessions(_shell, _connects.Learn, _log).Ask);

    /// <summary>Where packets come from.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="recorder">Records packets; null if nobody wants that.</param>
    /// <exception cref="BadInputException">The driver cannot be used, or an interface cannot be captured on.</exception>
    public IDiverter Diverter(Engine engine, EffectRunner effects, PacketRecorder? recorder)
    {
        LanNetworks lan = LanNetworks.OfInterfaces(_options.Lan);
        if (_options.ListensOnly)
        {
            return new ListenDiverter(engine, effects, Npcap.Library(_interfaces), _options, lan, _servers, recorder, _wake);
        }

        var driver = new WinDivertDriver(new WinDivertCalls(), _wake);
        bool isBehindAnother = IsRouter || _options.Public is not null;
        var how = new DivertOptions
        {
            Ports = _options.Ports,
            Servers = _options.Servers,
            Wan = [.. InterfaceNames.Of(_options.Wan, _interfaces).Select(one => (uint)one.Index)],
            Lan = lan,
            Local = isBehindAnother ? OwnAddress() : null,
            Advertised = _options.Public,
            Clock = () => GatewayClock.Now,
            IsDryRun = _options.DryRun,
            WatchesPeers = _options.Translator == TranslatorKind.WinNat,
        };
        WinDivertDiverter diverter = IsRouter
            ? new RouterDiverter(engine, effects, _mappings, driver, how, recorder)
            : new BesideNatDiverter(engine, effects, driver, how, _connects, recorder);
        _mappings.TryWatch = diverter.TryWatch;
        if (_winNat is not null)
        {
            _winNat.TryWatch = diverter.TryWatch;
            _winNat.TryCover = diverter.CoverNow;
        }

        return diverter;
    }

    /// <summary>The WAN has another address, and perhaps another number: where packets are diverted by these, everything begins anew.</summary>
    /// <exception cref="IOException">The worker must end.</exception>
    public void Move()
    {
        if (!_options.ListensOnly)
        {
            throw new IOException("the gateway's own address is another one now: the worker ends, and another one begins.");
        }
    }

    /// <summary>Takes mappings out.</summary>
    public void Dispose() => Translator.Dispose();

    /// <summary>The gateway's first address towards the Internet.</summary>
    private Ipv4Address OwnAddress() =>
        InterfaceNames.Of(_options.Wan, _interfaces).SelectMany(wan => wan.Addresses).Select(entry => entry.Address).FirstOrDefault() is { IsZero: false } address
            ? address
            : throw new BadInputException($"{string.Join(", ", _options.Wan)} (--wan) has no IPv4 address: connect it first.");
}
