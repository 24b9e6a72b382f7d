using BenchmarkDotNet.Attributes;
using ReAim.Alg;
using ReAim.Alg.Wire;
using ReAim.Benchmarks.Workloads;

namespace ReAim.Benchmarks;

/// <summary>What the engine costs per packet, warm, with 100 recognised flows in turn.</summary>
[MemoryDiagnoser]
public class EngineBenchmarks
{
    private const int Flows = 100;
    private const uint HelloLength = 10;

    private readonly uint[] _next = new uint[Flows];
    private PacketTemplate[] _acks = [];
    private PacketTemplate[] _serverAcks = [];
    private PacketTemplate[] _messages = [];
    private PacketTemplate[] _large = [];
    private PacketTemplate[] _offers = [];
    private PacketTemplate[] _cancels = [];
    private Engine _engine = null!;
    private int _flow;
    private long _now;

    /// <summary>Signs 100 clients on.</summary>
    [GlobalSetup]
    public void SignOn()
    {
        _engine = new Engine(new EngineOptions { PublicAddress = new Ipv4Address(0xCB007107) });
        _acks = Templates(Direction.Outbound, []);
        _serverAcks = Templates(Direction.Inbound, []);
        _messages = Templates(Direction.Outbound, OscarMessages.InstantMessage(6, 120));
        _large = Templates(Direction.Outbound, OscarMessages.InstantMessage(6, 1_400));
        _offers = Templates(Direction.Outbound, OscarMessages.Offer);
        _cancels = Templates(Direction.Outbound, OscarMessages.Cancel);
        for (int flow = 0; flow < Flows; flow++)
        {
            Process(Direction.Outbound, new PacketTemplate(Client(flow), Server, TcpFlags.Syn, []).With(0, 0));
            Process(Direction.Inbound, new PacketTemplate(Server, Client(flow), TcpFlags.Syn | TcpFlags.Ack, []).With(0, 1));
            Process(Direction.Outbound, new PacketTemplate(Client(flow), Server, TcpFlags.Ack, OscarMessages.Hello).With(1, 1));
            Process(Direction.Inbound, new PacketTemplate(Server, Client(flow), TcpFlags.Ack, OscarMessages.Hello).With(1, 1 + HelloLength));
            _next[flow] = 1 + HelloLength;
        }
    }

    /// <summary>What the benchmark itself costs: a packet with the next numbers, and no engine.</summary>
    [Benchmark(Baseline = true)]
    public int HarnessOnly()
    {
        int flow = NextFlow();
        return _acks[flow].With(_next[flow], 1 + HelloLength)[0];
    }

    /// <summary>A tracked segment that carries nothing: an acknowledgement.</summary>
    [Benchmark]
    public Verdict TrackedPassThrough()
    {
        int flow = NextFlow();
        return Process(Direction.Outbound, _acks[flow].With(_next[flow], 1 + HelloLength));
    }

    /// <summary>A segment with one IM of 120 letters.</summary>
    [Benchmark]
    public Verdict FlapSegment() => SendNext(_messages);

    /// <summary>A full segment with one IM of 1,400 letters; its checksum is verified like any other.</summary>
    [Benchmark]
    public Verdict FullFlapSegment() => SendNext(_large);

    /// <summary>An offer that is held, mapped, rewritten and released; and the cancel that closes its mapping.</summary>
    [Benchmark]
    public Verdict RewrittenOfferAndCancel()
    {
        SendNext(_offers);
        Verdict verdict = SendNextOnSameFlow(_cancels);

        // The acknowledgement lets old edits go.
        Process(Direction.Inbound, _serverAcks[_flow].With(1 + HelloLength, _next[_flow]));
        return verdict;
    }

    private static Ipv4Endpoint Server => new(new Ipv4Address(0xC6336405), 5190);

    // Every client has the address that the offer names, so that each offer is rewritten.
    private static Ipv4Endpoint Client(int flow) => new(new Ipv4Address(0xC0A8070A), (ushort)(40_000 + flow));

    private static PacketTemplate[] Templates(Direction direction, byte[] payload) =>
    [
        .. Enumerable.Range(0, Flows).Select(flow => direction == Direction.Outbound
            ? new PacketTemplate(Client(flow), Server, TcpFlags.Ack, payload)
            : new PacketTemplate(Server, Client(flow), TcpFlags.Ack, payload)),
    ];

    private int NextFlow() => _flow = _flow + 1 == Flows ? 0 : _flow + 1;

    private Verdict SendNext(PacketTemplate[] templates)
    {
        NextFlow();
        return SendNextOnSameFlow(templates);
    }

    private Verdict SendNextOnSameFlow(PacketTemplate[] templates)
    {
        PacketTemplate template = templates[_flow];
        Verdict verdict = Process(Direction.Outbound, template.With(_next[_flow], 1 + HelloLength));
        _next[_flow] += (uint)template.PayloadLength;
        return verdict;
    }

    private Verdict Process(Direction direction, Span<byte> packet)
    {
        _now += 1_000;
        _engine.Advance(_now);
        Verdict verdict = _engine.Process(packet, direction, _now, _now);
        while (_engine.TryTakeEffect(out Effect effect))
        {
            if (effect.Kind == EffectKind.OpenMapping)
            {
                _engine.AnswerMapping(effect.Mapping, installed: true, _now);
            }
        }

        return verdict;
    }
}
