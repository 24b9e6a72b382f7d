using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>
/// A sign-on and an offer on an engine of its own, before the first real packet: where code is compiled when it first runs,
/// the first packets would else wait for the compiler, longer than a supervisor waits for a sign of life.
/// </summary>
internal sealed class Rehearsal : IReleases, IConnectionTable
{
    private const int HeaderLength = 40;
    private const string Hello = "2A0100000004" + "00000001";

    // 0004/0006, cookie 1, to bob, TLV 0005: offer of Direct IM at 192.0.2.10:5190, request 1; then the same cookie cancelled.
    private const string Offer = "2A020001006A0004000600000000000700000000000000010002" + "03626F62" + "0003" + "0000" + "0005004A" + "00000000000000000001"
        + "094613454C7F11D18222444553540000" + "00020004C000020A" + "00030004C000020A" + "000500021446" + "000A00020001" + "000F0000"
        + "0007000401020304" + "00080000" + "00090000";
    private const string Cancel = "2A02000200440004000600000000000800000000000000010002" + "03626F62" + "0003" + "0000" + "00050024" + "00010000000000000001"
        + "094613454C7F11D18222444553540000" + "000B00020001" + "000F0000";

    private static readonly Ipv4Endpoint Alice = new(new Ipv4Address(0xC000_020A), 40_000);
    private static readonly Ipv4Endpoint Server = new(new Ipv4Address(0xC633_6405), 5190);

    private readonly Engine _engine;
    private readonly EffectRunner _effects;
    private uint _sent = 1;
    private uint _answered = 1;
    private long _now = 1;

    /// <summary>Makes the engine.</summary>
    internal Rehearsal(GatewayOptions options)
    {
        _engine = new Engine(new EngineOptions { ListensOnly = options.ListensOnly, FirstPoolPort = options.Pool.First, LastPoolPort = options.Pool.Last });
        var log = new EventLog(TextWriter.Null, showsTime: true);
        _effects = new EffectRunner(_engine, new DryRunTranslator(), new PublicAddresses(null, this, log), new ServerNames(() => { }), log);
    }

    /// <summary>Runs it, where it is of use.</summary>
    /// <param name="options">What the real engine will be asked for.</param>
    public static void Run(GatewayOptions options)
    {
        if (RuntimeFeature.IsDynamicCodeCompiled)
        {
            new Rehearsal(options).Play();
        }
    }

    /// <summary>Tells a status to nobody: the first who asks for it must not make packets wait either.</summary>
    /// <param name="take">Takes the status.</param>
    public static void Tell(Func<StatusSnapshot> take)
    {
        if (RuntimeFeature.IsDynamicCodeCompiled)
        {
            StatusJson.Write(take(), new ArrayBufferWriter<byte>());
        }
    }

    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        address = new Ipv4Address(0xCB00_7107);
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllowTranslation(FlowKey flow) => true;

    /// <summary>Nothing is really held.</summary>
    public void Release(in Effect release)
    {
    }

    /// <summary>Plays it on an engine and answers how many offers it opened.</summary>
    internal int Play()
    {
        int opened = 0;
        Step(Direction.Outbound, TcpFlags.Syn, []);
        Step(Direction.Inbound, TcpFlags.Syn | TcpFlags.Ack, []);
        Step(Direction.Outbound, TcpFlags.Ack, []);
        Say(Direction.Inbound, Convert.FromHexString(Hello));
        Say(Direction.Outbound, Convert.FromHexString(Hello));
        byte[] offer = Convert.FromHexString(Offer);
        Say(Direction.Outbound, offer.AsSpan(0, 100));
        Say(Direction.Outbound, offer.AsSpan(100));
        opened += _engine.MappingCount;
        Peer(Direction.Inbound, TcpFlags.Syn, 7, 0);
        Peer(Direction.Outbound, TcpFlags.Syn | TcpFlags.Ack, 9, 8);
        Peer(Direction.Inbound, TcpFlags.Ack, 8, 10);
        Say(Direction.Outbound, Convert.FromHexString(Cancel));
        Step(Direction.Outbound, TcpFlags.Fin | TcpFlags.Ack, []);
        Step(Direction.Inbound, TcpFlags.Fin | TcpFlags.Ack, []);
        _engine.Advance(_now + (60 * EngineOptions.Second));
        _effects.CarryOut(this, _now + (60 * EngineOptions.Second));
        return opened;
    }

    private void Say(Direction direction, ReadOnlySpan<byte> payload) => Step(direction, TcpFlags.Ack | TcpFlags.Psh, payload);

    private void Step(Direction direction, TcpFlags flags, ReadOnlySpan<byte> payload)
    {
        bool outbound = direction == Direction.Outbound;
        Process(outbound ? Alice : Server, outbound ? Server : Alice, direction, flags, outbound ? _sent : _answered, outbound ? _answered : _sent, payload, FlowStanding.Watched);
        uint length = (uint)payload.Length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0u);
        (_sent, _answered) = outbound ? (_sent + length, _answered) : (_sent, _answered + length);
    }

    private void Peer(Direction direction, TcpFlags flags, uint sequence, uint acknowledgement)
    {
        var bob = new Ipv4Endpoint(new Ipv4Address(0xC633_644D), 41_000);
        Ipv4Endpoint alice = Alice with { Port = 5190 };
        bool outbound = direction == Direction.Outbound;
        Process(outbound ? alice : bob, outbound ? bob : alice, direction, flags, sequence, acknowledgement, [], FlowStanding.Peer);
    }

    private void Process(
        Ipv4Endpoint from, Ipv4Endpoint to, Direction direction, TcpFlags flags, uint sequence, uint acknowledgement, ReadOnlySpan<byte> payload, FlowStanding standing)
    {
        var packet = new byte[HeaderLength + payload.Length];
        packet[0] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        (packet[8], packet[9]) = (64, Ipv4Packet.Tcp);
        from.Address.Write(packet.AsSpan(12));
        to.Address.Write(packet.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Checksum.Sum(packet.AsSpan(0, Ipv4Packet.MinHeaderLength)));
        Span<byte> tcp = packet.AsSpan(Ipv4Packet.MinHeaderLength);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgement);
        (tcp[12], tcp[13]) = (0x50, (byte)flags);
        payload.CopyTo(tcp[20..]);
        if (TcpSegment.TryParse(tcp, out TcpSegment segment, out _))
        {
            segment.WriteChecksum(from.Address, to.Address);
        }

        _engine.Advance(++_now);
        _effects.CarryOut(this, _now);
        _engine.Process(packet, direction, _now, _now, standing);
        _effects.CarryOut(this, _now);
    }
}
