using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// A gateway between a LAN and the rest of the world: the real engine and the real translator, driven by the clock of the
/// simulation. Attach the LAN first. What reaches it unasked is dropped without an answer (RFC 5382 REQ-4).
/// </summary>
internal sealed class NatGateway : IGateway
{
    private readonly Simulation _simulation;
    private readonly Ipv4Address _lanAddress;
    private readonly Alarm _alarm;
    private readonly LinkEnd?[] _links = new LinkEnd?[2];
    private ushort _identification;

    /// <param name="simulation">The world it is in.</param>
    /// <param name="publicAddress">Its address beyond the LAN.</param>
    /// <param name="lanAddress">Its address in the LAN.</param>
    /// <param name="helps">False for a gateway that translates but has no helper.</param>
    /// <param name="limits">Changes to the engine's options.</param>
    public NatGateway(Simulation simulation, Ipv4Address publicAddress, Ipv4Address lanAddress, bool helps = true, Func<EngineOptions, EngineOptions>? limits = null)
    {
        _simulation = simulation;
        _lanAddress = lanAddress;
        var options = new EngineOptions { PublicAddress = publicAddress, Hairpins = true, Protocols = helps ? ProtocolTable.All : [] };
        Gateway = new Gateway(limits is null ? options : limits(options), new TranslatorOptions { Masquerade = true }) { Departed = Forward };
        _alarm = new Alarm(simulation, Act);
        _identification = (ushort)simulation.Random.Below(0x1_0000);
    }

    /// <summary>Engine, translator, and what they did.</summary>
    public Gateway Gateway { get; }

    public bool LetsConnectsIn { get; set; } = true;

    public bool Hairpins => true;

    public Engine Engine => Gateway.Engine;

    public int Held => Gateway.Held;

    public long LongestHold => Gateway.LongestHold;

    public IReadOnlyCollection<Mapping> Mappings => Gateway.Mappings;

    public int SessionCount => Gateway.Translator!.SessionCount;

    public int PortCount => Gateway.Translator!.PortCount;

    public IEnumerable<string> Offers => Gateway.Offers.Select(offer => offer.Text);

    public Ipv4Address PublicAddress => Gateway.Engine.Options.PublicAddress;

    public int Attach(LinkEnd link)
    {
        int port = _links[0] is null ? 0 : 1;
        _links[port] = link;
        return port;
    }

    public void Receive(byte[] datagram, int port)
    {
        if (!Ipv4Packet.TryParse(datagram, out Ipv4Packet packet, out _) || !packet.IsHeaderChecksumValid || packet.Destination == _lanAddress
            || !Router.TryDecrementTimeToLive(packet.Header))
        {
            return;
        }

        Gateway.Now = _simulation.Now;
        Gateway.Send(port == 0 ? Direction.Outbound : Direction.Inbound, datagram);
        Arm();
    }

    private void Act()
    {
        Gateway.Now = _simulation.Now;
        Gateway.Wait(0);
        Arm();
    }

    private void Arm()
    {
        if (Gateway.NextDeadline is not long.MaxValue and var deadline)
        {
            _alarm.Set(deadline);
        }
    }

    private void Forward(Departure departure)
    {
        byte[] datagram = departure.Bytes;
        if (!MayPass(departure))
        {
            return;
        }

        LinkEnd link = _links[departure.Direction == Direction.Inbound ? 0 : 1]!;
        PacketJudge.AssertSound(datagram);
        if (datagram.Length <= link.Mtu)
        {
            link.Send(datagram);
            return;
        }

        // The error must name the ends that the sender knows: from the LAN it goes through the translator the other way.
        bool fromLan = departure.Direction == Direction.Outbound;
        byte[]? error = DestinationUnreachable.About(datagram, DestinationUnreachable.FragmentationNeeded, link.Mtu, fromLan ? PublicAddress : _lanAddress, _identification++);
        if (error is not null)
        {
            Gateway.Send(fromLan ? Direction.Inbound : Direction.Outbound, error);
        }
    }

    /// <summary>What was not translated must not leave with the LAN's addresses; and there may be a firewall.</summary>
    private bool MayPass(Departure departure)
    {
        if (!Ipv4Packet.TryParse(departure.Bytes, out Ipv4Packet packet, out _))
        {
            return false;
        }

        if (departure.Direction == Direction.Outbound)
        {
            return packet.Source == PublicAddress;
        }

        return LetsConnectsIn || packet.Protocol != Ipv4Packet.Tcp || !TcpSegment.TryParse(packet.Payload, out TcpSegment segment, out _)
            || (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack)) != TcpFlags.Syn;
    }
}
