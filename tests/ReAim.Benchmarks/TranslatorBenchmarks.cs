using BenchmarkDotNet.Attributes;
using ReAim.Alg;
using ReAim.Alg.Translation.Userspace;
using ReAim.Alg.Wire;
using ReAim.Benchmarks.Workloads;

namespace ReAim.Benchmarks;

/// <summary>What the userspace translator costs per packet, warm, with a thousand established connections in turn.</summary>
[MemoryDiagnoser]
public class TranslatorBenchmarks
{
    private const int Connections = 1_000;
    private const TcpFlags SynAck = TcpFlags.Syn | TcpFlags.Ack;
    private const TcpFlags FinAck = TcpFlags.Fin | TcpFlags.Ack;

    private readonly byte[] _scratch = new byte[1_500];
    private PacketTemplate[] _acks = [];
    private PacketTemplate[] _full = [];
    private PacketTemplate[] _answers = [];
    private PacketTemplate[] _syns = [];
    private PacketTemplate[] _synAcks = [];
    private PacketTemplate[] _fins = [];
    private PacketTemplate[] _answerFins = [];
    private UserspaceTranslator _translator = null!;
    private int _connection;
    private long _now;

    private static Ipv4Endpoint Server => new(new Ipv4Address(0xC6336405), 443);

    /// <summary>Opens the connections.</summary>
    [GlobalSetup]
    public void Connect()
    {
        var engine = new Engine(new EngineOptions { PublicAddress = new Ipv4Address(0xCB007107) });
        _translator = new UserspaceTranslator(engine, new TranslatorOptions { Masquerade = true });
        _acks = Outbound(0, TcpFlags.Ack, 0);
        _full = Outbound(0, TcpFlags.Ack, 1_400);
        _answers = Inbound(0, TcpFlags.Ack, 1_400);
        _syns = Outbound(Connections, TcpFlags.Syn, 0);
        _synAcks = Inbound(Connections, SynAck, 0);
        _fins = Outbound(Connections, FinAck, 0);
        _answerFins = Inbound(Connections, FinAck, 0);
        PacketTemplate[] syns = Outbound(0, TcpFlags.Syn, 0);
        PacketTemplate[] synAcks = Inbound(0, SynAck, 0);
        for (int i = 0; i < Connections; i++)
        {
            Out(syns[i]);
            In(synAcks[i]);
            Out(_acks[i]);
        }
    }

    /// <summary>What the benchmark itself costs: a copy of a small packet.</summary>
    [Benchmark(Baseline = true)]
    public int HarnessOnly() => Copy(_acks[Next()]).Length;

    /// <summary>An acknowledgement that leaves.</summary>
    [Benchmark]
    public TranslationVerdict OutboundAcknowledgement() => Out(_acks[Next()]);

    /// <summary>A full segment that leaves: the checksum is updated, not summed.</summary>
    [Benchmark]
    public TranslationVerdict OutboundFullSegment() => Out(_full[Next()]);

    /// <summary>A full segment that comes in.</summary>
    [Benchmark]
    public TranslationVerdict InboundFullSegment() => In(_answers[Next()]);

    /// <summary>A connection's whole life: handshake and both FINs, on ends that were used before.</summary>
    [Benchmark]
    public TranslationVerdict WholeConnection()
    {
        int connection = Next();
        Out(_syns[connection]);
        In(_synAcks[connection]);
        Out(_fins[connection]);
        return In(_answerFins[connection]);
    }

    private static PacketTemplate[] Outbound(int from, TcpFlags flags, int length) =>
        [.. Enumerable.Range(from, Connections).Select(i => new PacketTemplate(Lan(i), Server, flags, new byte[length]))];

    private static PacketTemplate[] Inbound(int from, TcpFlags flags, int length) =>
        [.. Enumerable.Range(from, Connections).Select(i => new PacketTemplate(Server, new Ipv4Endpoint(new Ipv4Address(0xCB007107), Lan(i).Port), flags, new byte[length]))];

    private static Ipv4Endpoint Lan(int connection) => new(new Ipv4Address(0xC0A8070A), (ushort)(10_000 + connection));

    private int Next() => _connection = _connection + 1 == Connections ? 0 : _connection + 1;

    private Span<byte> Copy(PacketTemplate template)
    {
        Span<byte> packet = template.With(1, 1);
        packet.CopyTo(_scratch);
        return _scratch.AsSpan(0, packet.Length);
    }

    private TranslationVerdict Out(PacketTemplate template) => _translator.Outbound(Copy(template), ++_now);

    private TranslationVerdict In(PacketTemplate template) => _translator.Inbound(Copy(template), ++_now);
}
