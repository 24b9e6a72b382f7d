using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>Many bytes both ways over bad links: TCP's promise.</summary>
[TestFixture]
internal sealed class TransferTests
{
    private const int Length = 300_000;
    private const int Seeds = 200;

    [Test]
    public void Bytes_arrive_exactly_both_ways_and_both_ends_close_whatever_the_link_does()
    {
        for (uint seed = 0; seed < Seeds; seed++)
        {
            Transfer transfer = Run(seed);
            Assert.That(transfer.Simulation.Failures, Is.Empty, $"seed {seed}");
            Assert.That(transfer.AreBytesRight, Is.True, $"seed {seed}");
            Assert.That(transfer.AreSegmentsRight, Is.True, $"seed {seed}");
            Assert.That((transfer.A.ConnectionCount, transfer.B.ConnectionCount), Is.EqualTo((0, 0)), $"seed {seed}");
            Assert.That((transfer.A.DroppedCount, transfer.B.DroppedCount), Is.EqualTo((0, 0)), $"seed {seed}");
        }
    }

    [Test]
    public void The_same_seed_gives_the_same_packets([Range(0u, 9u)] uint seed)
    {
        Transfer first = Run(seed);
        Transfer second = Run(seed);

        Assert.That(second.Fingerprint, Is.EqualTo(first.Fingerprint));
        Assert.That(second.A.SentCount, Is.EqualTo(first.A.SentCount));
    }

    private static Transfer Run(uint seed)
    {
        var transfer = new Transfer(seed, Length);
        transfer.Simulation.RunUntil(() => transfer.IsOver, 600 * Simulation.Second);
        return transfer;
    }

    /// <summary>Two programs that send and read at the same time, in pieces of any size.</summary>
    private sealed class Transfer
    {
        private readonly byte[] _up;
        private readonly byte[] _down;
        private byte[]? _gotUp;
        private byte[]? _gotDown;
        private uint _startA;
        private uint _startB;

        public Transfer(uint seed, int length)
        {
            Simulation = new Simulation(seed);
            Dice dice = Simulation.Random;
            var quality = new LinkOptions
            {
                Latency = dice.Between(0, 50) * Simulation.Millisecond,
                Loss = dice.Below(6) / 100.0,
                Duplication = dice.Below(4) / 100.0,
                Reordering = dice.Below(11) / 100.0,
                Mtu = dice.Pick([1_500, 1_400, 576]),
            };
            A = new Host(Simulation, "A", new Ipv4Address(0x0A00_0001), RandomOptions(dice));
            B = new Host(Simulation, "B", new Ipv4Address(0x0A00_0002), RandomOptions(dice));
            Link.Join(Simulation, A, B, quality).Tap = Note;
            _up = dice.Bytes(length);
            _down = dice.Bytes(length);
            TcpListener listener = B.Listen(5190)!;
            Simulation.Start(async () => _gotUp = await Talk((await listener.AcceptAsync())!, _down));
            Simulation.Start(async () =>
                _gotDown = await Talk((await A.ConnectAsync(new Ipv4Endpoint(B.Address, 5190), 100 * Simulation.Second))!, _up));
        }

        public Simulation Simulation { get; }

        public Host A { get; }

        public Host B { get; }

        public bool AreSegmentsRight { get; private set; } = true;

        public ulong Fingerprint { get; private set; }

        public bool IsOver => _gotUp is not null && _gotDown is not null && A.ConnectionCount + B.ConnectionCount == 0;

        public bool AreBytesRight => _up.AsSpan().SequenceEqual(_gotUp) && _down.AsSpan().SequenceEqual(_gotDown);

        private static HostOptions RandomOptions(Dice dice) => new()
        {
            Nagle = dice.Chance(0.7),
            DelayedAck = dice.Chance(0.7),
            TailLossProbe = dice.Chance(0.7),
            Mtu = dice.Pick([1_500, 1_500, 1_006]),
        };

        private async Task<byte[]> Talk(TcpConnection connection, byte[] bytes)
        {
            Task<byte[]> reading = Read(connection);
            int largest = Simulation.Random.Pick([100, 3_000, 30_000]);
            for (int sent = 0; sent < bytes.Length;)
            {
                int length = Math.Min((int)Simulation.Random.Between(1, largest), bytes.Length - sent);
                connection.Send(bytes.AsSpan(sent, length));
                sent += length;
                if (Simulation.Random.Chance(0.1))
                {
                    await connection.FlushAsync();
                }
            }

            connection.Close();
            return await reading;
        }

        private async Task<byte[]> Read(TcpConnection connection)
        {
            var all = new MemoryStream();
            while (true)
            {
                byte[] some = await connection.ReadSomeAsync((int)Simulation.Random.Between(1, 20_000));
                if (some.Length == 0)
                {
                    return all.ToArray();
                }

                all.Write(some);
                if (Simulation.Random.Chance(0.02))
                {
                    await Simulation.Delay(100 * Simulation.Millisecond);
                }
            }
        }

        private void Note(Crossing crossing)
        {
            if (crossing.IsLeaving)
            {
                Judge(crossing.Datagram);
            }

            ulong hash = Fingerprint ^ (ulong)crossing.Time;
            foreach (byte value in crossing.Datagram.AsSpan(0, Math.Min(40, crossing.Datagram.Length)))
            {
                hash = (hash ^ value) * 0x0000_0100_0000_01B3;
            }

            Fingerprint = hash;
        }

        // However a retransmission is cut or merged, a place in the stream has the same bytes.
        private void Judge(byte[] datagram)
        {
            AreSegmentsRight &= IncomingSegment.TryParse(datagram, out IncomingSegment segment);
            bool isFromA = segment.Source.Address == A.Address;
            ref uint start = ref isFromA ? ref _startA : ref _startB;
            if (segment.Has(TcpFlags.Syn))
            {
                start = segment.Sequence + 1;
            }
            else if (segment.Payload.Length > 0)
            {
                ReadOnlySpan<byte> stream = isFromA ? _up : _down;
                int offset = SequenceOrder.Distance(start, segment.Sequence);
                AreSegmentsRight &= segment.Payload.Span.SequenceEqual(stream.Slice(offset, segment.Payload.Length));
            }
        }
    }
}
