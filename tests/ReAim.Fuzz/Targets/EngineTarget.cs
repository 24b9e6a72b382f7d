using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Fuzz.World;

namespace ReAim.Fuzz.Targets;

/// <summary>The whole engine: segments of several connections in any order, time, answers of the translator, a restart.</summary>
internal sealed class EngineTarget : FuzzTarget
{
    private const byte Open = 0, SignOn = 1, Whole = 2, Piece = 3, Rest = 4, Anywhere = 5, Raw = 6, Time = 7, Answers = 8, Late = 9, Public = 10, Flush = 11, Restart = 12, Standing = 13, Again = 14;
    private const int Operations = 15;
    private const int MaxOperations = 400;

    private static readonly Ipv4Address[] s_hosts = [Addresses.Alice, Addresses.Dave, Addresses.Gateway, Addresses.Parse("192.168.7.30")];
    private static readonly ushort[] s_ports = [40_000, 40_001, 5190, 8_080];
    private static readonly Ipv4Endpoint[] s_remotes = [new(Addresses.Server, 5190), new(Addresses.Server, 5191), new(Addresses.Bob, 30_000), new(Addresses.Gateway, 5190)];

    public override string Name => "engine";

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            yield return [0, SignOn, 0, Whole, 0, 2];
            yield return [0, SignOn, 0, Piece, 0, 2, 40, Time, 5, Rest, 0];
            yield return [0, SignOn, 0, Piece, 0, 2, 130, Time, 11, Rest, 0, Again, 1, Again, 0];
            yield return [0, SignOn, 0, Piece, 0, 2, 130, Rest, 0, Again, 0, Again, 1];
            yield return [0, SignOn, 0, Answers, 2, Whole, 0, 2, Whole, 0, 6, Late, 1];
            yield return [0, SignOn, 0, Answers, 0, Whole, 0, 3, Anywhere, 0, 0x10, 0, 3, 0, 0];
            yield return [0, SignOn, 0, SignOn, 1, Whole, 0, 2, Whole, 1, 4, Whole, 0x41, 13, Whole, 0, 7];
            yield return [0, SignOn, 0, Whole, 0, 2, Standing, 4, Open, 0x28, Time, 200, Whole, 0, 10];
            yield return [1, Open, 0, Whole, 0x40, 1, Whole, 0, 0, Whole, 0, 5, Whole, 0, 8, Whole, 0x40, 15];
            yield return [0, Standing, 6, SignOn, 0, Restart, Whole, 0, 6, Whole, 0, 6, Whole, 0, 6, Whole, 0, 2, Flush];
            yield return [2, SignOn, 0, Public, 1, Whole, 0, 16, Whole, 0x40, 17, Raw, 0, 20, 0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1];
            for (int sample = 20; sample < Samples.All.Count; sample++)
            {
                bool fromClient = Recordings.Vectors[sample - 20].FromClient;
                yield return [0, SignOn, 0, Piece, fromClient ? (byte)0 : (byte)0x40, (byte)sample, 30, Rest, fromClient ? (byte)0 : (byte)0x40, Time, 30];
            }
        }
    }

    public override void Try(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var gateway = new FuzzedGateway(Options(script.Byte()));
        var talks = new Dictionary<int, Talk>();
        byte[] rest = [];
        var sent = new List<(Direction Direction, byte[] Packet)>();
        FlowStanding? standing = null;
        for (int count = 0; !script.IsOver && count < MaxOperations; count++)
        {
            byte operation = (byte)(script.Byte() % Operations);
            byte which = operation is Flush or Restart ? (byte)0 : script.Byte();
            Direction direction = (which & 0x40) == 0 ? Direction.Outbound : Direction.Inbound;
            Talk talk = TalkOf(talks, which);
            switch (operation)
            {
                case Open:
                    gateway.Send(Direction.Outbound, talk.Next(Direction.Outbound, [], TcpFlags.Syn), standing);
                    gateway.Send(Direction.Inbound, talk.Next(Direction.Inbound, [], TcpFlags.Syn | TcpFlags.Ack), standing);
                    break;
                case SignOn:
                    talk.SignOn(gateway);
                    break;
                case Whole:
                    Send(talk.Next(direction, Sample(script.Byte())));
                    break;
                case Piece:
                    byte[] sample = Sample(script.Byte());
                    int cut = script.Byte() * sample.Length / 256;
                    Send(talk.Next(direction, sample.AsSpan(0, cut)));
                    rest = sample[cut..];
                    break;
                case Rest:
                    Send(talk.Next(direction, rest));
                    rest = [];
                    break;
                case Anywhere:
                    Send(Segment(ref script, talk, direction));
                    break;
                case Raw:
                    int length = script.Byte();
                    Send([.. script.Bytes(length)]);
                    break;
                case Time:
                    gateway.Wait((long)which * which * which * 1_000_000);
                    break;
                case Answers:
                    gateway.Installs = (which % 3) switch { 0 => false, 1 => true, _ => null };
                    break;
                case Late:
                    gateway.AnswerLate(installed: (which & 1) != 0);
                    break;
                case Public:
                    gateway.PublicAddress = (which & 3) == 0 ? null : new Ipv4Address(Addresses.Gateway.Value + (uint)(which & 3));
                    break;
                case Flush:
                    gateway.ReleaseAll();
                    break;
                case Restart:
                    gateway.Restart();
                    break;
                case Again when sent.Count > 0:
                    (Direction way, byte[] packet) = sent[^(1 + (which % sent.Count))];
                    gateway.Send(way, [.. packet], standing);
                    break;
                case Standing:
                    // Remembered as marks are, or made up.
                    gateway.Marks = which == 6 ? [] : gateway.Marks;
                    standing = which < 5 ? (FlowStanding)which : null;
                    break;
            }

            void Send(byte[] packet)
            {
                sent.Add((direction, packet));
                gateway.Send(direction, [.. packet], standing);
            }
        }

        gateway.Finish();
    }

    /// <summary>Small tables, so that their caps are met.</summary>
    private static EngineOptions Options(byte choice) => new()
    {
        PublicAddress = (choice & 2) == 0 ? Addresses.Gateway : default,
        ListensOnly = (choice & 1) != 0,
        Hairpins = (choice & 4) != 0,
        ReservedPorts = (choice & 8) == 0 ? new HashSet<ushort>() : new HashSet<ushort> { 5190, 61_001 },
        FirstPoolPort = 61_000,
        LastPoolPort = 61_003,
        MaxFlows = 6,
        MaxHeld = 10,
        MaxHeldPerFlow = 6,
        MaxOffers = 6,
        MaxOffersPerHost = 4,
        MaxPeerConnections = 3,
        MaxAssemblyBytes = 4_096,
        KeepsStandings = (choice & 16) != 0,
    };

    private static byte[] Sample(byte number) => Samples.All[number % Samples.All.Count];

    private static Talk TalkOf(Dictionary<int, Talk> talks, byte which)
    {
        int key = which & 0x3F;
        if (!talks.TryGetValue(key, out Talk? talk))
        {
            talk = new Talk(new(s_hosts[key & 3], s_ports[(key >> 2) & 3]), s_remotes[(key >> 4) & 3], (uint)key * 0x0333_3333);
            talks.Add(key, talk);
        }

        return talk;
    }

    /// <summary>A segment with chosen flags, somewhere near where the stream is, with a sample's bytes or its own.</summary>
    private static byte[] Segment(ref Script script, Talk talk, Direction direction)
    {
        var flags = (TcpFlags)(script.Byte() & 0x3F);
        int back = (sbyte)script.Byte();
        byte content = script.Byte();
        byte from = script.Byte();
        byte acknowledged = script.Byte();
        ReadOnlySpan<byte> payload = content switch
        {
            0xFF => script.Bytes(from),
            0xFE => [],
            _ => Sample(content).AsSpan(from * Sample(content).Length / 256),
        };
        bool outbound = direction == Direction.Outbound;
        uint sequence = (outbound ? talk.Client : talk.Server) - (uint)(back * 4);
        uint acknowledgement = (outbound ? talk.Server : talk.Client) - acknowledged;
        return talk.Segment(direction, sequence, acknowledgement, flags, payload);
    }
}
