using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// Brings WinDivert's packets to the engine and sends them on: what both placements have in common. A packet that waits is ours,
/// no longer the driver's: it cannot expire, and it is lost if we die, as it would be in the driver.
/// </summary>
internal abstract class WinDivertDiverter : IDiverter, IReleases
{
    /// <summary>So many rounds at most before timers and others have their turn.</summary>
    private const int MaxRounds = 16;

    /// <summary>The longest datagram, in bytes.</summary>
    protected const int LongestDatagram = 65_535;

    /// <summary>How long not to try again what failed.</summary>
    private const long CoverPause = EngineOptions.Second;

    /// <summary>So many rounds at most give back what had come when it ends: more than the driver can keep.</summary>
    private const int MaxDrainRounds = 1_024;

    private readonly Dictionary<long, (DivertPort Port, DivertAddress Address)> _held = [];
    private readonly DivertPorts _open;
    private readonly Func<DivertPort, bool> _isNeeded;
    private readonly IReadOnlyList<ushort> _ports;
    private readonly IReadOnlyList<Ipv4Network> _servers;
    private readonly List<Ipv4Endpoint> _learnt = [];
    private readonly OwnPackets _own = new();
    private readonly byte[] _scratch = new byte[LongestDatagram];
    private readonly Func<long> _clock;
    private readonly PacketRecorder? _recorder;
    private long _lastId;
    private int _covered;
    private long _nextCover = long.MinValue;

    /// <param name="engine">The engine.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="driver">Opens handles.</param>
    /// <param name="options">How.</param>
    /// <param name="recorder">Records packets; null if nobody wants that.</param>
    protected WinDivertDiverter(Engine engine, EffectRunner effects, IDivertDriver driver, DivertOptions options, PacketRecorder? recorder)
    {
        (Engine, Effects, IsDryRun) = (engine, effects, options.IsDryRun);
        (_clock, _recorder) = (options.Clock, recorder);
        (_ports, _servers) = (options.Ports, options.Servers);
        _open = new DivertPorts(driver, options.Priority, options.IsDryRun, Count);
        _isNeeded = port => _held.Values.Any(held => held.Port == port);
        Now = _clock();
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("packets", Count.Packets),
        new("sent", Count.Sent),
        new("edited", Count.Edited),
        new("held", _held.Count),
        new("unsent", Count.Unsent),
        new("impostors", Count.Impostors),
        new("own", Count.Own),
        new("damaged", Count.Damaged),
        new("uncovered", Count.Uncovered),
    ];

    /// <summary>What was counted.</summary>
    protected DivertCounters Count { get; } = new();

    /// <summary>The engine.</summary>
    protected Engine Engine { get; }

    /// <summary>Carries out what the engine wants done.</summary>
    protected EffectRunner Effects { get; }

    /// <summary>True if only copies come, and nothing is sent.</summary>
    protected bool IsDryRun { get; }

    /// <summary>The time of the packet or timer that is worked on.</summary>
    protected long Now { get; private set; }

    /// <inheritdoc/>
    public bool Turn(bool mayWait)
    {
        bool came = false;
        for (int round = 0; round < MaxRounds && TakeAll(); round++)
        {
            came = true;
        }

        Advance();
        Cover();
        _open.Flush();
        _open.CloseReplaced(Now, _isNeeded);
        return came;
    }

    /// <inheritdoc/>
    public void Drain()
    {
        _open.Stop();
        for (int round = 0; round < MaxDrainRounds && Turn(mayWait: false); round++)
        {
        }

        Engine.ReleaseAll(_clock());
        Effects.CarryOut(this, _clock());
        _open.Flush();
    }

    /// <inheritdoc/>
    public void Release(in Effect release)
    {
        if (!_held.Remove(release.PacketId, out (DivertPort Port, DivertAddress Address) held))
        {
            // In a dry run nothing was held.
            return;
        }

        Span<byte> datagram = _scratch.AsSpan(0, release.Bytes.Length);
        release.Bytes.Span.CopyTo(datagram);
        Depart(held.Port, datagram, held.Address, release.Edited);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Has the connections to a server diverted that another server has named.</summary>
    /// <returns>False if they cannot be.</returns>
    public bool TryWatch(Ipv4Endpoint server)
    {
        bool isWatched = (_ports.Count == 0 || _ports.Contains(server.Port))
            && (_servers.Count == 0 || _servers.Any(network => network.Contains(server.Address)));
        if (isWatched || _learnt.Contains(server))
        {
            return true;
        }

        if (_learnt.Count == DivertFilters.MaxEnds)
        {
            _learnt.RemoveAt(0);
        }

        _learnt.Add(server);
        return TryWatch(_learnt);
    }

    /// <summary>Opens a handle: its packets come to <see cref="Take"/>.</summary>
    /// <param name="filter">Which packets.</param>
    /// <param name="layer">Where.</param>
    /// <param name="isSniffing">True to get copies.</param>
    /// <exception cref="BadInputException">It cannot be opened.</exception>
    protected DivertPort Open(DivertFilter filter, DivertLayer layer, bool isSniffing)
    {
        int error = _open.TryOpen(filter, layer, isSniffing, isForPeers: false, out DivertPort? port);
        return port ?? throw new BadInputException(DivertErrors.Sentence(error));
    }

    /// <summary>Replaces a handle by one with another filter: <see cref="DivertPorts.TryReplace"/>, now.</summary>
    protected bool TryReplace(ref DivertPort? old, DivertFilter? filter, DivertLayer layer, bool isSniffing, bool isForPeers = true) =>
        _open.TryReplace(ref old, filter, layer, isSniffing, isForPeers, Now);

    /// <summary>Looks at a packet and sees to it that it goes on, if it is not a copy.</summary>
    /// <param name="port">Where it came from.</param>
    /// <param name="datagram">The packet.</param>
    /// <param name="address">What the driver says of it.</param>
    protected abstract void Take(DivertPort port, Span<byte> datagram, DivertAddress address);

    /// <summary>Sends a packet on its way once the engine has decided.</summary>
    /// <param name="port">Where it came from.</param>
    /// <param name="datagram">The packet; it may be edited.</param>
    /// <param name="address">What the driver said of it.</param>
    /// <param name="isEdited">True if it is not as it came.</param>
    protected virtual void Depart(DivertPort port, Span<byte> datagram, DivertAddress address, bool isEdited) =>
        Send(port, datagram, address, isEdited);

    /// <summary>
    /// Sees to it that all ends in use are diverted: after each packet that changed them, before what it caused is sent.
    /// </summary>
    /// <returns>False if they cannot be.</returns>
    protected abstract bool TryCover();

    /// <summary>Has the connections to single servers diverted, besides those that always are.</summary>
    /// <param name="servers">All of them, <see cref="DivertFilters.MaxEnds"/> at most.</param>
    /// <returns>False if they cannot be.</returns>
    protected abstract bool TryWatch(IReadOnlyCollection<Ipv4Endpoint> servers);

    /// <summary>The public ends in use and their LAN ends, each pair once.</summary>
    protected IReadOnlyCollection<Mapping> Ends()
    {
        var ends = new HashSet<Mapping>();
        Engine.CopyEndsTo(ends);
        return ends;
    }

    /// <summary>Shows the engine a packet of a peer's connection as the LAN sees it.</summary>
    /// <returns>False if it must not go on.</returns>
    protected bool MayPass(Span<byte> datagram, Direction direction)
    {
        Verdict verdict = Engine.Process(datagram, direction, ++_lastId, Now, FlowStanding.Peer);
        Effects.CarryOut(this, Now);
        Cover();
        return verdict != Verdict.Drop || IsDryRun;
    }

    /// <summary>Lets the engine decide about a packet, and does what it decides.</summary>
    /// <param name="port">Where it came from.</param>
    /// <param name="datagram">The packet; it may be edited.</param>
    /// <param name="address">What the driver says of it.</param>
    /// <param name="direction">Which way it crosses the gateway.</param>
    /// <param name="isEdited">True if it is not as it came.</param>
    protected void Process(DivertPort port, Span<byte> datagram, DivertAddress address, Direction direction, bool isEdited)
    {
        long id = ++_lastId;
        _recorder?.RecordArrival(datagram, GatewayClock.WallTime);
        Verdict verdict = Engine.Process(datagram, direction, id, Now);
        if (verdict == Verdict.Hold && !IsDryRun)
        {
            // Before the effects: one of them may release it.
            _held.Add(id, (port, address));
        }

        Effects.CarryOut(this, Now);
        Cover();
        if (verdict is Verdict.Forward or Verdict.ForwardEdited)
        {
            Depart(port, datagram, address, isEdited || verdict == Verdict.ForwardEdited);
        }
    }

    /// <summary>Sends a packet; the driver computes the checksums of one that is edited.</summary>
    protected void Send(DivertPort port, ReadOnlySpan<byte> datagram, DivertAddress address, bool isEdited)
    {
        if (IsDryRun)
        {
            return;
        }

        if (isEdited)
        {
            address.Traits &= ~(DivertTraits.IpChecksum | DivertTraits.TcpChecksum);
            Count.Edited++;
        }

        _recorder?.RecordDeparture(datagram, GatewayClock.WallTime);
        _own.Add(datagram, Now);
        port.Send(datagram, address);
    }

    private bool TakeAll()
    {
        bool came = false;

        // A port that is attached meanwhile has its turn in the next round.
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            DivertPort port = _open[i];
            if (!port.Receive())
            {
                continue;
            }

            came = true;
            while (port.TryTake(out Span<byte> datagram, out DivertAddress address))
            {
                Advance();
                if ((address.Traits & (DivertTraits.Impostor | DivertTraits.Sniffed)) == DivertTraits.Impostor && IsOwn(port, datagram, address))
                {
                    continue;
                }

                DivertChecksums.Complete(datagram, address);
                Take(port, datagram, address);
            }

            Cover();
            _open.Flush();
        }

        return came;
    }

    /// <summary>Calls <see cref="TryCover"/> if ends came or went.</summary>
    protected void Cover()
    {
        if (Engine.EndChanges == _covered || Now < _nextCover)
        {
            return;
        }

        int changes = Engine.EndChanges;
        if (CoverNow())
        {
            _covered = changes;
        }
        else
        {
            // Handles are not opened again for each packet.
            _nextCover = Now + CoverPause;
        }
    }

    /// <summary>Calls <see cref="TryCover"/>, and counts if it fails.</summary>
    /// <returns>False if it fails.</returns>
    public bool CoverNow()
    {
        bool isCovered = TryCover();
        Count.Uncovered += isCovered ? 0 : 1;
        return isCovered;
    }

    /// <summary>Reads a TCP segment that is no fragment.</summary>
    protected static bool TryRead(Span<byte> datagram, out Ipv4Packet packet, out TcpSegment segment)
    {
        segment = default;
        return Ipv4Packet.TryParse(datagram, out packet, out _) && !packet.IsFragment && packet.Protocol == Ipv4Packet.Tcp
            && TcpSegment.TryParse(packet.Payload, out segment, out _);
    }

    private bool IsOwn(DivertPort port, Span<byte> datagram, DivertAddress address)
    {
        if (!_own.Contains(datagram, Now))
        {
            Count.Impostors++;
            return false;
        }

        Count.Own++;
        port.Send(datagram, address);
        return true;
    }

    /// <summary>Fires the timers that are due.</summary>
    protected virtual void Advance()
    {
        Now = _clock();
        Engine.Advance(Now);
        Effects.CarryOut(this, Now);
    }
}
