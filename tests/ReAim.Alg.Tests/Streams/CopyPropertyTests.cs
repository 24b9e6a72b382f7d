using CsCheck;
using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Behind gaps copies are kept, share places and overlap: what is read is still, byte for byte, what came first.</summary>
[TestFixture]
internal sealed class CopyPropertyTests
{
    private static readonly Gen<(int Kind, int Start, byte[] Bytes, int Wait)[]> Segments =
        Gen.Select(Gen.Int[0, 24], Gen.Int[1, 300], Gen.Byte.Array[1, 30], Gen.Int[0, 20]).Array[120, 120];

    [Test]
    public void The_first_copy_of_a_byte_is_read_whatever_comes_later()
    {
        long read = 0;
        Property.Holds(
            Gen.Select(Segments, Gen.Int[2, 20], Gen.Bool),
            400,
            one => read += Check(one.Item1, one.Item2, one.Item3 ? Direction.Outbound : Direction.Inbound),
            one => $"{one.Item2} places, outbound {one.Item3}: {string.Join(' ', one.Item1.Select(segment => $"{segment.Kind}/{segment.Start}+{segment.Bytes.Length}"))}");
        Assert.That(read, Is.GreaterThan(400 * 20), "bytes read");
    }

    private static int Check((int Kind, int Start, byte[] Bytes, int Wait)[] segments, int places, Direction direction)
    {
        Reader? reader = null;
        var gateway = new Gateway(Gateway.Options() with { Protocols = [new Protocol(() => reader = new Reader())], MaxHeldPerFlow = places, MaxHeld = 64 });
        Conversation flow = Conversation.Open(gateway);
        flow.Client([0x2A]);
        flow.Server([0x2A]);
        var first = new Dictionary<long, byte>();
        long at = 1;
        foreach ((int kind, int place, byte[] bytes, int wait) in segments)
        {
            // Runs that follow each other, repeat a little, stand behind holes, or fill one.
            long start = kind switch { 0 => Math.Max(1, reader!.Needed(direction)), < 9 => place, < 17 => at, _ => Math.Max(1, at - (place % 6)) };
            for (int i = 0; i < bytes.Length; i++)
            {
                first.TryAdd(start + i, bytes[i]);
            }

            at = start + bytes.Length;
            _ = direction == Direction.Outbound ? flow.ClientAt(start, bytes) : flow.ServerAt(start, bytes);
            gateway.WaitSeconds(wait == 0 ? 0.7 : 0);
        }

        gateway.WaitSeconds(3);
        Assert.That((gateway.Held, gateway.Departures.Count), Is.EqualTo((0, gateway.Sent)), "all that came has left");
        List<byte> bytesRead = reader!.Bytes[(int)direction];
        for (int i = 1; i < bytesRead.Count; i++)
        {
            Assert.That(bytesRead[i], Is.EqualTo(first[i]), $"byte {i} of {bytesRead.Count}");
        }

        gateway.WaitSeconds(9_000);
        Assert.That((gateway.Engine.KeptCount, gateway.Engine.FlowCount), Is.EqualTo((0, 0)));
        return bytesRead.Count;
    }

    private sealed class Protocol(Func<Session> create) : ProtocolDescriptor
    {
        public override string Name => "all";

        public override ushort DefaultPort => 5190;

        internal override bool MayBeginWith(ReadOnlySpan<byte> first) => true;

        internal override Session CreateSession() => create();
    }

    /// <summary>Reads everything and wants nothing changed.</summary>
    private sealed class Reader : Session
    {
        public List<byte>[] Bytes { get; } = [[], []];

        public override long Needed(Direction direction) => Bytes[(int)direction].Count;

        public override long Undecided(Direction direction) => long.MaxValue;

        public override void Read(SessionContext context, ReadOnlySpan<byte> bytes, long offset)
        {
            Assert.That(offset, Is.EqualTo(Needed(context.Side.Direction)));
            Bytes[(int)context.Side.Direction].AddRange(bytes);
            if (context.Flow.State == FlowState.Candidate)
            {
                context.Recognise(Reason.Recognised);
            }
        }

        public override void Close(SessionContext context)
        {
        }
    }
}
