using ReAim.Alg;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>
/// Listens on the LAN side and touches no packet: where packets cannot be diverted, offers still get mappings of their own
/// port, and servers that tell peers the address they see lead them there.
/// </summary>
internal sealed class ListenDiverter : IDiverter, IReleases
{
    private const int LongestDatagram = 65_535;

    /// <summary>So many copies at most before others have their turn.</summary>
    private const int MaxCopies = 1_024;

    private readonly Engine _engine;
    private readonly EffectRunner _effects;
    private readonly GatewayOptions _options;
    private readonly LanNetworks _lan;
    private readonly ListenedServers _servers;
    private readonly HeardConnections _heard;
    private readonly PacketRecorder? _recorder;
    private readonly CopiedPackets _packets = new();
    private readonly List<LanCapture> _captures = [];
    private readonly Action _wake;
    private readonly byte[] _datagram = new byte[LongestDatagram];
    private (int Servers, int Ends, int Hosts) _changes;
    private string _filter;

    /// <summary>Begins to listen.</summary>
    /// <param name="engine">An engine that only listens.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="library">What captures.</param>
    /// <param name="options">Interfaces and ports.</param>
    /// <param name="lan">Who is on the LAN.</param>
    /// <param name="servers">Servers that clients were told of; may change.</param>
    /// <param name="recorder">Records what was heard; null if nobody wants that.</param>
    /// <param name="wake">Wakes the worker's loop, from any thread.</param>
    /// <exception cref="BadInputException">An interface cannot be captured on.</exception>
    public ListenDiverter(
        Engine engine, EffectRunner effects, CaptureLibrary library, GatewayOptions options, LanNetworks lan, ListenedServers servers, PacketRecorder? recorder, Action wake)
    {
        (_engine, _effects, _options, _lan, _servers, _recorder, _wake) = (engine, effects, options, lan, servers, recorder, wake);
        _heard = new HeardConnections(engine, options.Ports, options.Servers, servers);
        _filter = Filter();
        foreach (string name in options.Lan)
        {
            _captures.Add(LanCapture.Start(library, name, _filter, Take));
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters =>
    [
        new("dropped", _captures.Sum(capture => capture.Dropped)),
        new("lost", _packets.Lost),
        new("unusable", _captures.Sum(capture => capture.Unusable)),
        new("ended", _captures.Count(capture => capture.HasEnded)),
    ];

    /// <inheritdoc/>
    public bool Turn(bool mayWait)
    {
        int taken = 0;
        while (taken < MaxCopies && _packets.TryTake(_datagram, out int length))
        {
            taken++;
            Look(_datagram.AsSpan(0, length));
            FollowEnds();
        }

        if (_captures.Find(capture => capture.HasEnded) is not null)
        {
            throw new IOException("an interface of the LAN is gone: the worker ends, and another one listens anew.");
        }

        long now = GatewayClock.Now;
        _engine.Advance(now);
        _effects.CarryOut(this, now);
        _heard.SigningOn.Expire(now);
        FollowEnds();

        // What is left wakes nobody any more.
        return taken == MaxCopies;
    }

    /// <inheritdoc/>
    public void Drain() => Turn(mayWait: false);

    /// <summary>Nothing is ever held.</summary>
    public void Release(in Effect release)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LanCapture capture in _captures)
        {
            capture.Dispose();
        }
    }

    private string Filter()
    {
        var ends = new List<Mapping>();
        _engine.CopyEndsTo(ends);
        return ListenFilter.Text(_options.Ports, _options.Servers, _servers.All, ends.Select(mapping => mapping.Lan), _heard.SigningOn.All);
    }

    /// <summary>Listens to what has been learnt of or opened meanwhile, wherever that is.</summary>
    private void FollowEnds()
    {
        (int, int, int) changes = (_servers.Changes, _engine.EndChanges, _heard.SigningOn.Changes);
        if (changes == _changes)
        {
            return;
        }

        _changes = changes;
        string filter = Filter();
        if (filter == _filter)
        {
            return;
        }

        _filter = filter;
        foreach (LanCapture capture in _captures)
        {
            capture.Change(filter);
        }
    }

    private void Take(ReadOnlySpan<byte> datagram)
    {
        if (_packets.Add(datagram))
        {
            _wake();
        }
    }

    private void Look(Span<byte> datagram)
    {
        long now = GatewayClock.Now;
        _engine.Advance(now);
        _effects.CarryOut(this, now);
        if (datagram.Length < Ipv4Packet.MinHeaderLength)
        {
            _engine.Reasons.Count(Reason.Truncated);
            return;
        }

        bool fromLan = _lan.Contains(Ipv4Address.Read(datagram[12..]));
        bool toLan = _lan.Contains(Ipv4Address.Read(datagram[16..]));
        if (fromLan == toLan)
        {
            _engine.Reasons.Count(Reason.NotCrossing);
            return;
        }

        _recorder?.RecordArrival(datagram, GatewayClock.WallTime);
        Direction direction = fromLan ? Direction.Outbound : Direction.Inbound;
        _heard.Process(datagram, direction, now);
        _effects.CarryOut(this, now);
    }
}
