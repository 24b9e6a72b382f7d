using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// Diverts on a router without NAT of its own, where Windows forwards, and translates peers' connections to mappings itself,
/// packet by packet: what they send comes in for this machine, what they get is forwarded.
/// </summary>
internal sealed class RouterDiverter : WinDivertDiverter
{
    private readonly UserspaceTranslator _translator;
    private readonly LanNetworks _lan;
    private readonly Ipv4Address _local;
    private readonly HashSet<Mapping> _covered = [];
    private DivertPort? _learnt;
    private DivertPort? _fromPeers;
    private DivertPort? _toPeers;

    /// <summary>Opens the handles.</summary>
    /// <param name="engine">The engine; its public address is the one at which mappings are.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="mappings">Is told how to install one.</param>
    /// <param name="driver">Opens handles.</param>
    /// <param name="options">How.</param>
    /// <param name="recorder">Records packets; null if nobody wants that.</param>
    /// <exception cref="BadInputException">A handle cannot be opened.</exception>
    public RouterDiverter(Engine engine, EffectRunner effects, UserspaceMappings mappings, IDivertDriver driver, DivertOptions options, PacketRecorder? recorder)
        : base(engine, effects, driver, options, recorder)
    {
        _local = options.Local ?? engine.Options.PublicAddress;
        _translator = new UserspaceTranslator(engine, new TranslatorOptions { LocalAddress = _local });
        _lan = options.Lan;
        mappings.TryCover = CoverNow;
        Open(DivertFilters.ServersForwarded(options.Ports, options.Servers), DivertLayer.Forward, isSniffing: false);
    }

    /// <summary>How many connections of peers are translated.</summary>
    public int SessionCount => _translator.SessionCount;

    /// <inheritdoc/>
    protected override void Take(DivertPort port, Span<byte> datagram, DivertAddress address)
    {
        if (datagram.Length >= Ipv4Packet.MinHeaderLength && _lan.Contains(Ipv4Address.Read(datagram[12..])))
        {
            Process(port, datagram, address, Direction.Outbound, isEdited: false);
        }
        else
        {
            TakeFromOutside(port, datagram, address, isEdited: false);
        }
    }

    /// <inheritdoc/>
    protected override void Depart(DivertPort port, Span<byte> datagram, DivertAddress address, bool isEdited)
    {
        if (!_lan.Contains(Ipv4Address.Read(datagram[12..])) || IsDryRun)
        {
            Send(port, datagram, address, isEdited);
            return;
        }

        switch (_translator.Outbound(datagram, Now))
        {
            case TranslationVerdict.TurnedBack:
                Cover();
                TakeFromOutside(port, datagram, address, isEdited: true);
                break;
            case TranslationVerdict.Translated:
                Send(port, datagram, address, isEdited: true);
                break;
            default:
                Send(port, datagram, address, isEdited);
                break;
        }
    }

    /// <inheritdoc/>
    protected override bool TryCover()
    {
        IReadOnlyCollection<Mapping> ends = Ends();
        if (ends.Count > 0 ? _covered.IsSupersetOf(ends) : _covered.Count == 0)
        {
            // One that is too wide does no harm: a handle is opened for what is added, not for what goes.
            return true;
        }

        bool hasAny = ends.Count > 0;
        if (ends.Count > DivertFilters.MaxEnds
            || !TryReplace(ref _fromPeers, hasAny ? DivertFilters.FromPeers([.. ends.Select(end => end.Public with { Address = _local })]) : null, DivertLayer.Network, isSniffing: false)
            || !TryReplace(ref _toPeers, hasAny ? DivertFilters.ToPeers([.. ends.Select(end => end.Lan)]) : null, DivertLayer.Forward, isSniffing: false))
        {
            return false;
        }

        _covered.Clear();
        _covered.UnionWith(ends);
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryWatch(IReadOnlyCollection<Ipv4Endpoint> servers) =>
        TryReplace(ref _learnt, DivertFilters.ServersForwarded(servers), DivertLayer.Forward, isSniffing: false, isForPeers: false);

    /// <inheritdoc/>
    protected override void Advance()
    {
        base.Advance();
        _translator.Advance(Now);
    }

    /// <summary>A packet from beyond the gateway, or one from a neighbour that was turned back.</summary>
    private void TakeFromOutside(DivertPort port, Span<byte> datagram, DivertAddress address, bool isEdited)
    {
        if (IsDryRun)
        {
            Process(port, datagram, address, Direction.Inbound, isEdited);
            return;
        }

        if (_translator.Inbound(datagram, Now) == TranslationVerdict.Unchanged)
        {
            // Of no mapping: a server's, or for the machine itself.
            Process(port, datagram, address, Direction.Inbound, isEdited);
        }
        else
        {
            Process(port, datagram, address, Direction.Inbound, isEdited: true);
        }
    }
}
