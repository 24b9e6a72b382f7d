using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// Diverts beside Windows' own NAT, on the WAN's side of it, where packets have the public address already: what WinDivert sends
/// where Windows forwards would be lost there, or doubled. Whose a connection is, is told by its first packet, of which a copy is
/// seen on the LAN's side too.
/// </summary>
internal sealed class BesideNatDiverter : WinDivertDiverter
{
    private readonly TranslatedConnects _connects;
    private readonly Ipv4Address? _local;
    private readonly Ipv4Address? _advertised;
    private readonly bool _watchesPeers;
    private readonly byte[] _copy = new byte[LongestDatagram];
    private readonly SortedSet<ushort> _mapped = [];
    private readonly SortedSet<ushort> _waiting = [];
    private readonly IReadOnlyList<uint> _wan;
    private DivertPort? _insideLearnt;
    private DivertPort? _learnt;
    private DivertPort? _peerConnects;
    private DivertPort? _handshakes;

    /// <summary>Opens the handles.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="effects">Carries out what it wants done.</param>
    /// <param name="driver">Opens handles.</param>
    /// <param name="options">How.</param>
    /// <param name="connects">Is told which connects were seen.</param>
    /// <param name="recorder">Records packets; null if nobody wants that.</param>
    /// <exception cref="BadInputException">A handle cannot be opened.</exception>
    public BesideNatDiverter(Engine engine, EffectRunner effects, IDivertDriver driver, DivertOptions options, TranslatedConnects connects, PacketRecorder? recorder)
        : base(engine, effects, driver, options, recorder)
    {
        (_connects, _local, _advertised, _watchesPeers, _wan) = (connects, options.Local, options.Advertised, options.WatchesPeers, options.Wan);
        Open(DivertFilters.Connects(options.Ports, options.Servers), DivertLayer.Forward, isSniffing: true);
        try
        {
            Open(DivertFilters.ServersBesideNat(options.Ports, options.Servers, options.Wan), DivertLayer.Network, isSniffing: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Take(DivertPort port, Span<byte> datagram, DivertAddress address)
    {
        if (address.Layer == (byte)DivertLayer.Forward)
        {
            NoteConnect(datagram, isInside: true);
            return;
        }

        Direction direction = address.Has(DivertTraits.Outbound) ? Direction.Outbound : Direction.Inbound;
        // A peer may come from a server's port, to which a server's handle is open too.
        if (port.IsForPeers || (Engine.MappingCount > 0 && IsForMapping(datagram, direction)))
        {
            TakePeer(port, datagram, address, direction);
            return;
        }

        if (direction == Direction.Outbound)
        {
            NoteConnect(datagram, isInside: false);
        }

        Process(port, datagram, address, direction, isEdited: false);
    }

    /// <inheritdoc/>
    protected override bool TryCover()
    {
        if (!_watchesPeers)
        {
            return true;
        }

        // Once a peer has come, nothing more is to be learnt from what he sends.
        var waiting = new SortedSet<ushort>();
        foreach (Offer offer in Engine.PendingOffers)
        {
            if (!offer.IsListener && offer.ConnectedFrom.IsZero)
            {
                waiting.Add(offer.Mapping.Public.Port);
            }
        }

        return TryCover(_mapped, [.. Ends().Select(mapping => mapping.Public.Port)], DivertFilters.PeerConnects, ref _peerConnects, isSniffing: false)
            && TryCover(_waiting, waiting, DivertFilters.PeerHandshakes, ref _handshakes, isSniffing: true);
    }

    private bool TryCover(SortedSet<ushort> covered, SortedSet<ushort> ports, Func<IReadOnlyCollection<ushort>, DivertFilter> filter, ref DivertPort? handle, bool isSniffing)
    {
        if (ports.Count > 0 ? ports.IsSubsetOf(covered) : covered.Count == 0)
        {
            // One that is too wide does no harm: a handle is opened for what is added, not for what goes.
            return true;
        }

        if (ports.Count > DivertFilters.MaxEnds || !TryReplace(ref handle, ports.Count > 0 ? filter(ports) : null, DivertLayer.Network, isSniffing))
        {
            return false;
        }

        covered.Clear();
        covered.UnionWith(ports);
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryWatch(IReadOnlyCollection<Ipv4Endpoint> servers) =>
        TryReplace(ref _insideLearnt, DivertFilters.Connects(servers), DivertLayer.Forward, isSniffing: true, isForPeers: false)
        && TryReplace(ref _learnt, DivertFilters.ServersBesideNat(servers, _wan), DivertLayer.Network, isSniffing: false, isForPeers: false);

    private void NoteConnect(Span<byte> datagram, bool isInside)
    {
        if (!TryRead(datagram, out Ipv4Packet packet, out TcpSegment segment) || (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) != TcpFlags.Syn)
        {
            return;
        }

        var from = new Ipv4Endpoint(packet.Source, segment.SourcePort);
        var to = new Ipv4Endpoint(packet.Destination, segment.DestinationPort);
        if (isInside)
        {
            _connects.SeeInside(from, to, segment.Sequence);
        }
        else
        {
            _connects.SeeOutside(new FlowKey(from, to), segment.Sequence);
        }
    }

    /// <summary>The engine knows mappings by their LAN ends: it is shown what the packet becomes behind Windows' NAT.</summary>
    private void TakePeer(DivertPort port, Span<byte> datagram, DivertAddress address, Direction direction)
    {
        Span<byte> inside = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(inside);
        bool mayPass = !TryRead(inside, out Ipv4Packet packet, out TcpSegment segment)
            || !TryMoveInside(packet, segment, direction)
            || MayPass(inside, direction);
        if (mayPass && !address.Has(DivertTraits.Sniffed))
        {
            Send(port, datagram, address, isEdited: false);
        }
    }

    private bool IsForMapping(Span<byte> datagram, Direction direction) =>
        TryRead(datagram, out Ipv4Packet packet, out TcpSegment segment) && TryFindMapping(packet, segment, direction, out _);

    private bool TryFindMapping(Ipv4Packet packet, TcpSegment segment, Direction direction, out Mapping mapping)
    {
        Ipv4Endpoint end = direction == Direction.Inbound
            ? new Ipv4Endpoint(packet.Destination, segment.DestinationPort)
            : new Ipv4Endpoint(packet.Source, segment.SourcePort);
        if (end.Address == _local && _advertised is { } advertised)
        {
            end = end with { Address = advertised };
        }

        return Engine.TryFindMapping(end, out mapping);
    }

    private bool TryMoveInside(Ipv4Packet packet, TcpSegment segment, Direction direction)
    {
        if (!TryFindMapping(packet, segment, direction, out Mapping mapping))
        {
            return false;
        }

        if (direction == Direction.Inbound)
        {
            packet.WriteTcpDestinationAndChecksums(mapping.Lan);
        }
        else
        {
            packet.WriteTcpSourceAndChecksums(mapping.Lan);
        }

        return true;
    }
}
