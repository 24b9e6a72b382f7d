using System.Buffers.Binary;
using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>
/// One connection whose lengths may change: what each side says, what each has of the other, by its own numbers, and what it knows
/// to have arrived. Whatever leaves must fit together: a byte that a receiver has never becomes another.
/// </summary>
internal sealed class TranslatedTalk
{
    private const uint FirstSequence = 0xFFFF_FF00;

    private readonly Engine _engine;
    private readonly Ipv4Endpoint _server;
    private readonly Dictionary<long, (byte[] Bytes, Direction Direction, long Since)> _held = [];
    private readonly List<Mapping> _unanswered = [];
    private readonly Side _client = new();
    private readonly Side _remote = new();
    private FlowStanding _standing = FlowStanding.Watched;
    private long _now = 1_000 * EngineOptions.Second;
    private long _lastId;
    private long _sent;
    private long _left;
    private bool _hasOpened;

    public TranslatedTalk(EngineOptions options, ushort port)
    {
        _engine = new Engine(options);
        _server = new Ipv4Endpoint(Addresses.Server, port);
        foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Outbound, Direction.Inbound])
        {
            bool opens = direction == Direction.Outbound;
            Send(direction, Packet(direction, -1, [], opens ? TcpFlags.Syn : TcpFlags.Syn | TcpFlags.Ack));
        }
    }

    private static Ipv4Endpoint Alice => new(Addresses.Alice, 40_000);

    /// <summary>What the translator answers to the next mapping; null for later.</summary>
    public bool? Installs { get; set; } = true;

    /// <summary>Says new bytes.</summary>
    public void Say(Direction direction, ReadOnlySpan<byte> bytes)
    {
        Side side = Of(direction);
        int at = side.Said.Count;
        side.Said.AddRange(bytes);
        SayAgain(direction, at, side.Said.Count);
    }

    /// <summary>Counts bytes as said that are sent later.</summary>
    public void Lose(Direction direction, ReadOnlySpan<byte> bytes) => Of(direction).Said.AddRange(bytes);

    /// <summary>Sends a stretch of what was said.</summary>
    public void SayAgain(Direction direction, int from, int to)
    {
        Side side = Of(direction);
        to = Math.Min(to, side.Said.Count);
        if (from < to)
        {
            Send(direction, Packet(direction, from, side.Said[from..to].ToArray(), TcpFlags.Ack));
        }
    }

    /// <summary>The receiver of a direction says what it has.</summary>
    public void Acknowledge(Direction direction)
    {
        Direction back = Opposite(direction);
        Send(back, Packet(back, Of(back).Said.Count, [], TcpFlags.Ack));
    }

    public void Wait(long nanoseconds)
    {
        _now += nanoseconds;
        _engine.Advance(_now);
        CarryOut();
        Finding.Unless(_held.Values.All(held => _now - held.Since <= EngineOptions.Second), "Nothing waits for more than a second.");
    }

    public void AnswerLate(bool installed)
    {
        foreach (Mapping mapping in _unanswered.ToArray())
        {
            _unanswered.Remove(mapping);
            _engine.AnswerMapping(mapping, installed, _now);
            CarryOut();
        }
    }

    /// <summary>All that was said arrives, if its sender goes on as long as anything is missing.</summary>
    public void Finish()
    {
        AnswerLate(installed: true);
        Wait(2 * EngineOptions.Second);
        Finding.Unless(_held.Count == 0, "Nothing waits for ever.");
        foreach (Direction direction in (ReadOnlySpan<Direction>)[Direction.Outbound, Direction.Inbound])
        {
            Side side = Of(direction);
            for (int round = 0; _standing != FlowStanding.Lost && side.Acknowledged < side.Said.Count; round++)
            {
                Finding.Unless(round < 2_000, "All that is sent again and again arrives some time.");
                SayAgain(direction, side.Acknowledged, side.Acknowledged + 500);
                Acknowledge(direction);
                Wait(2 * EngineOptions.Second);
            }

            Finding.Unless(_hasOpened || side.Heard(side.Got).SequenceEqual(side.Said), "Where nothing was mapped, what was said is heard.");
            Finding.Unless(_engine.Reasons[Reason.OfferTranslatedBack] > 0 || side != _remote || side.Got == side.Said.Count, "What a server says keeps its length unless a port is told back.");
        }

        Finding.Unless(_sent == _left, "As many packets leave as come.");
    }

    private Side Of(Direction direction) => direction == Direction.Outbound ? _client : _remote;

    private static Direction Opposite(Direction direction) => direction == Direction.Outbound ? Direction.Inbound : Direction.Outbound;

    private byte[] Packet(Direction direction, int offset, byte[] bytes, TcpFlags flags)
    {
        (Ipv4Endpoint source, Ipv4Endpoint destination) = direction == Direction.Outbound ? (Alice, _server) : (_server, Alice);
        uint acknowledged = (flags & TcpFlags.Ack) == 0 ? 0 : FirstSequence + (uint)Of(Opposite(direction)).Got;
        return new TcpPacket(source, destination, FirstSequence + (uint)offset, acknowledged, flags, bytes).Build();
    }

    private void Send(Direction direction, byte[] packet)
    {
        _sent++;
        long id = ++_lastId;
        byte[] before = [.. packet];
        _engine.Advance(_now);
        CarryOut();
        Verdict verdict = _standing == FlowStanding.Done ? Verdict.Forward : _engine.Process(packet, direction, id, _now, _standing);
        FlowStanding after = _standing == FlowStanding.Done ? _standing : _engine.Standing;
        byte[] leaving = verdict == Verdict.ForwardResized ? _engine.Output.ToArray() : packet;
        if (verdict == Verdict.Hold)
        {
            _held.Add(id, (before, direction, _now));
            CarryOut();
            return;
        }

        CarryOut();
        _standing = after;
        Finding.Unless(verdict != Verdict.Forward || before.AsSpan().SequenceEqual(leaving), "What is said to be unchanged is.");
        Finding.Unless(verdict is not (Verdict.Drop or Verdict.Reset), "What its engine knows is never dropped.");
        Arrive(direction, before, leaving);
    }

    /// <summary>A packet has left: its receiver takes the bytes by their numbers, and its sender's peer what it acknowledges.</summary>
    private void Arrive(Direction direction, byte[] before, byte[] packet)
    {
        _left++;
        Finding.Unless(Ipv4Packet.TryParse(packet, out Ipv4Packet ip, out _) && PacketInvariants.IsSound(packet), "Every packet that leaves is sound.");
        _ = TcpSegment.TryParse(ip.Payload, out TcpSegment tcp, out _);
        if ((tcp.Flags & TcpFlags.Syn) != 0)
        {
            return;
        }

        Side side = Of(direction);
        side.Take((int)(tcp.Sequence - FirstSequence), tcp.Payload);
        Side other = Of(Opposite(direction));
        int acknowledged = Acknowledgement(packet);
        Finding.Unless(acknowledged <= other.Said.Count, "Nothing is acknowledged that was not said.");
        other.Acknowledged = Math.Max(other.Acknowledged, acknowledged);
        other.Confirmed = Math.Max(other.Confirmed, Acknowledgement(before));
    }

    private static int Acknowledgement(ReadOnlySpan<byte> packet) =>
        (int)(BinaryPrimitives.ReadUInt32BigEndian(packet[(Ipv4Packet.MinHeaderLength + 8)..]) - FirstSequence);

    private void CarryOut()
    {
        while (_engine.TryTakeEffect(out Effect effect))
        {
            _hasOpened |= effect.Kind == EffectKind.OpenMapping;
            switch (effect.Kind)
            {
                case EffectKind.Release:
                    Finding.Unless(_held.Remove(effect.PacketId, out (byte[] Bytes, Direction Direction, long Since) held), "Only what is held is released, once.");
                    _standing = effect.Standing;
                    Arrive(held.Direction, held.Bytes, effect.Bytes.ToArray());
                    break;
                case EffectKind.OpenMapping when Installs is { } installed:
                    _engine.AnswerMapping(effect.Mapping, installed, _now);
                    break;
                case EffectKind.OpenMapping:
                    _unanswered.Add(effect.Mapping);
                    break;
                case EffectKind.CloseMapping:
                    _unanswered.Remove(effect.Mapping);
                    break;
                case EffectKind.FlowDone:
                    _standing = FlowStanding.Done;
                    break;
            }
        }
    }

    /// <summary>One direction: what is said, and what its receiver has of it.</summary>
    private sealed class Side
    {
        private readonly Dictionary<int, byte> _got = [];

        public List<byte> Said { get; } = [];

        /// <summary>How much its sender knows to have arrived.</summary>
        public int Acknowledged { get; set; }

        /// <summary>How much its receiver has said to have, by its own numbers, in what has arrived.</summary>
        public int Confirmed { get; set; }

        /// <summary>How much its receiver has without a hole.</summary>
        public int Got { get; private set; }

        public void Take(int start, ReadOnlySpan<byte> bytes)
        {
            // What its receiver has acknowledged it reads no more, whatever comes again (RFC 9293 3.10.7.4).
            for (int i = Math.Max(0, Confirmed - start); i < bytes.Length; i++)
            {
                Finding.Unless(_got.TryAdd(start + i, bytes[i]) || _got[start + i] == bytes[i], "A byte that its receiver has never becomes another.");
            }

            while (_got.ContainsKey(Got))
            {
                Got++;
            }
        }

        public IEnumerable<byte> Heard(int count) => Enumerable.Range(0, count).Select(at => _got[at]);
    }
}
