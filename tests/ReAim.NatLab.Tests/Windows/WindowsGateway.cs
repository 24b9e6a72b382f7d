using System.Buffers.Binary;
using System.Text;
using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Diverters.Replay;
using ReAim.Capture.Diverters.WinDivert;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>
/// A Windows gateway with ReAim: the real diverter, effects and engine over a simulated driver, in a machine whose packets pass
/// WinDivert's layers as its documentation has it. Beside its own NAT, what the LAN sends is forwarded, translated and then leaves;
/// as a router it has an address of its own, and the box in front translates and exposes it.
/// </summary>
internal sealed class WindowsGateway : IGateway
{
    private const uint LanInterface = 7;
    private const uint WanInterface = 12;

    private static readonly Ipv4Address RouterAddress = Addresses.Parse("10.9.0.2");

    private readonly Simulation _simulation;
    private readonly Ipv4Address _lanAddress;
    private readonly bool _isRouter;
    private readonly Func<EngineOptions, EngineOptions>? _limits;
    private readonly Ipv4Network _lan;
    private readonly LinkEnd?[] _links = new LinkEnd?[2];
    private readonly Dictionary<(ushort Id, uint Sequence), long> _taken = [];
    private readonly StringBuilder _log = new();
    private readonly Alarm _alarm;
    private WinDivertDiverter? _diverter;
    private SimulatedWinNat? _winNat;
    private ushort _identification;
    private bool _isAwake;
    private int _handles;

    /// <param name="simulation">The world it is in.</param>
    /// <param name="publicAddress">The address beyond the LAN.</param>
    /// <param name="lanAddress">Its address in the LAN.</param>
    /// <param name="isRouter">True for a router without NAT behind a box with that address; false for Windows' own NAT.</param>
    /// <param name="limits">Changes to the engine's options.</param>
    public WindowsGateway(Simulation simulation, Ipv4Address publicAddress, Ipv4Address lanAddress, bool isRouter, Func<EngineOptions, EngineOptions>? limits = null)
    {
        (_simulation, _lanAddress, _isRouter, _limits) = (simulation, lanAddress, isRouter, limits);
        _lan = Ipv4Network.Of(lanAddress, 24);
        Nat = new PortNat(publicAddress) { Exposed = isRouter ? RouterAddress : null };
        Driver = new SimulatedDriver(simulation) { Passes = GoOn, Wakes = Wake, Received = packet => _taken[Key(packet)] = simulation.Now };
        _alarm = new Alarm(simulation, Turn);
        _identification = (ushort)simulation.Random.Below(0x1_0000);
        Engine = null!;
        Start();
    }

    public SimulatedDriver Driver { get; }

    public PortNat Nat { get; }

    public Engine Engine { get; private set; }

    public Ipv4Address PublicAddress => Nat.Address;

    public bool LetsConnectsIn { get; set; } = true;

    /// <summary>Whether Windows' NAT does is not known.</summary>
    public bool Hairpins => false;

    /// <summary>True while the worker does nothing: its process is stopped.</summary>
    public bool IsStopped { get; set; }

    public int Held => (int)(_diverter?.Counters.Single(counter => counter.Key == "held").Value ?? 0);

    public long LongestHold { get; private set; }

    public IReadOnlyCollection<Mapping> Mappings => _winNat is null ? [] : _winNat.Mappings;

    public int SessionCount => (_diverter as RouterDiverter)?.SessionCount ?? 0;

    public int PortCount => SessionCount;

    public IEnumerable<string> Offers => _log.ToString().Split('\n');

    /// <summary>What the diverter counted.</summary>
    public long Counted(string word) => _diverter!.Counters.Single(counter => counter.Key == word).Value;

    /// <summary>Begins to help, or only to say how it would.</summary>
    /// <param name="isDryRun">True only to say how.</param>
    /// <param name="port">The servers' port that is watched from the beginning.</param>
    public void Start(bool isDryRun = false, ushort port = 5190)
    {
        var options = new EngineOptions
        {
            PublicAddress = _isRouter ? PublicAddress : default,
            Protocols = ProtocolTable.Default,
            AnswersServers = true,
            WatchedPorts = new HashSet<ushort> { port },
        };
        Engine = new Engine(_limits is null ? options : _limits(options));
        var log = new EventLog(new StringWriter(_log), showsTime: false);
        var connects = new TranslatedConnects();
        var mappings = new UserspaceMappings();
        _winNat = _isRouter ? null : new SimulatedWinNat(_simulation, Nat, Wake);
        IConnectionTable connections = _isRouter ? new ForwardedConnections(RouterAddress) : new SeenConnections(connects);
        ITranslator translator = isDryRun ? new DryRunTranslator() : _winNat is null ? mappings : _winNat;
        var effects = new EffectRunner(Engine, translator, new PublicAddresses(_isRouter ? PublicAddress : null, connections, log), new ServerNames(() => { }), log);
        var how = new DivertOptions
        {
            Ports = [port],
            Servers = [],
            Wan = [WanInterface],
            Lan = new LanNetworks([_lan]),
            Local = _isRouter ? RouterAddress : null,
            Clock = () => _simulation.Now,
            WatchesPeers = true,
            IsDryRun = isDryRun,
        };
        _diverter = _isRouter
            ? new RouterDiverter(Engine, effects, mappings, Driver, how, null)
            : new BesideNatDiverter(Engine, effects, Driver, how, connects, null);
        mappings.TryWatch = _diverter.TryWatch;
        if (_winNat is not null)
        {
            _winNat.TryWatch = _diverter.TryWatch;
            _winNat.TryCover = _diverter.CoverNow;
        }

        _handles = Driver.OpenHandles;
    }

    /// <summary>A server is named to a client.</summary>
    public bool TryWatch(Ipv4Endpoint server) => _diverter!.TryWatch(server);

    /// <summary>Mappings take so long to be added, in milliseconds, where Windows translates.</summary>
    public void SlowDown(long addTime)
    {
        if (_winNat is not null)
        {
            _winNat.AddTime = addTime;
        }
    }

    /// <summary>It is told to end, and does.</summary>
    public void End()
    {
        _diverter!.Drain();
        Kill();
    }

    /// <summary>It is gone from one instant to the next: its handles are closed, its mappings stay for as long as they would.</summary>
    public void Kill()
    {
        // Nothing that waits to be sent is sent any more: the last turn has sent it.
        _diverter!.Dispose();
        _diverter = null;
        foreach (Mapping mapping in Mappings)
        {
            Nat.Remove(mapping);
        }

        _winNat = null;
    }

    public int Attach(LinkEnd link)
    {
        int port = _links[0] is null ? 0 : 1;
        _links[port] = link;
        return port;
    }

    public void Receive(byte[] datagram, int port)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || !packet.IsHeaderChecksumValid || packet.Destination == _lanAddress)
        {
            return;
        }

        bool fromLan = port == 0;
        LinkEnd next = _links[fromLan ? 1 : 0]!;
        if (datagram.Length > next.Mtu)
        {
            // Before it is translated: the error must name the ends that its sender knows.
            if (DestinationUnreachable.About(datagram, DestinationUnreachable.FragmentationNeeded, next.Mtu, fromLan ? _lanAddress : PublicAddress, _identification++) is { } error)
            {
                _links[port]!.Send(error);
            }
        }
        else if (Router.TryDecrementTimeToLive(packet.Header))
        {
            ComeIn(datagram, fromLan);
        }
    }

    private static DivertAddress Address(DivertLayer layer, uint device, DivertTraits traits) => new()
    {
        Layer = (byte)layer,
        InterfaceIndex = device,
        Traits = DivertTraits.IpChecksum | DivertTraits.TcpChecksum | traits,
    };

    private bool IsLan(byte[] datagram, int offset) => _lan.Contains(Ipv4Address.Read(datagram.AsSpan(offset)));

    private void ComeIn(byte[] datagram, bool fromLan)
    {
        if (fromLan)
        {
            // A neighbour's packet to the gateway's own address is for the machine itself: nothing listens there.
            if (Ipv4Address.Read(datagram.AsSpan(16)) != PublicAddress || _isRouter)
            {
                Reach(datagram, Address(DivertLayer.Forward, LanInterface, DivertTraits.None));
            }
        }
        else if (!_isRouter)
        {
            Reach(datagram, Address(DivertLayer.Network, WanInterface, DivertTraits.None));
        }
        else if (Nat.TryTranslateIn(datagram))
        {
            bool isOwn = Ipv4Address.Read(datagram.AsSpan(16)) == RouterAddress;
            Reach(datagram, Address(isOwn ? DivertLayer.Network : DivertLayer.Forward, WanInterface, DivertTraits.None));
        }
    }

    private void Reach(byte[] datagram, DivertAddress address)
    {
        address.Traits &= ~Offload(datagram);
        if (!Driver.Divert(datagram, address))
        {
            GoOn(datagram, address, short.MaxValue);
        }
    }

    /// <summary>What becomes of a packet at a layer once nobody there keeps it.</summary>
    private void GoOn(byte[] datagram, DivertAddress address, short priority)
    {
        Complete(datagram);
        if (address.Has(DivertTraits.Impostor))
        {
            if (_taken.Remove(Key(datagram), out long since))
            {
                LongestHold = Math.Max(LongestHold, _simulation.Now - since);
            }

            if (Driver.Divert(datagram, address, priority))
            {
                return;
            }
        }

        DivertTraits impostor = address.Traits & DivertTraits.Impostor;
        if (address.Layer == (byte)DivertLayer.Forward)
        {
            if (IsLan(datagram, 16))
            {
                Leave(datagram, toLan: true);
            }
            else if (_isRouter)
            {
                LeaveByTheBox(datagram);
            }
            else if (Nat.TryTranslateOut(datagram))
            {
                Reach(datagram, Address(DivertLayer.Network, WanInterface, DivertTraits.Outbound | impostor));
            }
        }
        else if (address.Has(DivertTraits.Outbound))
        {
            Leave(datagram, toLan: false);
        }
        else if (_isRouter ? IsLan(datagram, 16) : Nat.TryTranslateIn(datagram))
        {
            Reach(datagram, Address(DivertLayer.Forward, WanInterface, impostor));
        }
    }

    /// <summary>What the machine sends may lack its checksum, for the network card to compute, and what comes in the one it had, of several.</summary>
    private DivertTraits Offload(byte[] datagram)
    {
        if (!_simulation.Random.Chance(0.3) || !Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || packet.Protocol != Ipv4Packet.Tcp)
        {
            return DivertTraits.None;
        }

        packet.Payload.Slice(16, 2).Fill(0xAB);
        return DivertTraits.TcpChecksum;
    }

    private static void Complete(byte[] datagram)
    {
        if (Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) && packet.Protocol == Ipv4Packet.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _) && segment.ChecksumField == 0xABAB)
        {
            segment.WriteChecksum(packet.Source, packet.Destination);
        }
    }

    private void LeaveByTheBox(byte[] datagram)
    {
        if (Nat.TryTranslateOut(datagram))
        {
            Leave(datagram, toLan: false);
        }
    }

    private void Leave(byte[] datagram, bool toLan)
    {
        bool isWalled = toLan && !LetsConnectsIn && Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) && packet.Protocol == Ipv4Packet.Tcp
            && TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _) && (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn;
        if (!isWalled)
        {
            PacketJudge.AssertSound(datagram);
            _links[toLan ? 0 : 1]!.Send(datagram);
        }
    }

    private static (ushort Id, uint Sequence) Key(byte[] datagram)
    {
        int header = (datagram[0] & 0x0F) * 4;
        return (BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(4)), datagram.Length < header + 8 ? 0 : BinaryPrimitives.ReadUInt32BigEndian(datagram.AsSpan(header + 4)));
    }

    /// <summary>The worker hears of a packet, and looks a little later.</summary>
    private void Wake()
    {
        if (!_isAwake)
        {
            _isAwake = true;
            _simulation.After(_simulation.Random.Below(200_000), () =>
            {
                _isAwake = false;
                Turn();
            });
        }
    }

    private void Turn()
    {
        if (IsStopped || _diverter is null)
        {
            return;
        }

        while (_diverter.Turn(mayWait: false))
        {
        }

        // Handles that were replaced are closed a moment later.
        long deadline = Driver.OpenHandles == _handles ? Engine.NextDeadline : Math.Min(Engine.NextDeadline, _simulation.Now + (100 * Simulation.Millisecond));
        if (deadline != long.MaxValue)
        {
            _alarm.Set(deadline);
        }
    }
}
