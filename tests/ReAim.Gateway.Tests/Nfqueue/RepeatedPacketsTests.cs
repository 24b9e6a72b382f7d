using System.Buffers.Binary;
using ReAim.Capture.Diverters.Nfqueue;

namespace ReAim.Gateway.Tests.Nfqueue;

internal sealed class RepeatedPacketsTests
{
    private const uint Bits = 0x0C00_0000;
    private const long Now = 5_000_000_000;

    [Test]
    public void A_packet_that_comes_back_is_known_by_its_bits_and_only_once()
    {
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That((repeated.TryTake(Segment(1), out uint bits), bits), Is.EqualTo((true, Bits)));
        Assert.That((repeated.TryTake(Segment(1), out bits), bits), Is.EqualTo((false, 0u)));
        Assert.That(repeated.Returned, Is.EqualTo(1));
    }

    [Test]
    public void It_may_stand_behind_as_many_others_as_the_socket_holds()
    {
        RepeatedPackets repeated = Repeated(Segment(1));
        for (uint read = 0; read < 32; read++)
        {
            repeated.BeginRead(isEmpty: false, isOverrun: false);
            Assert.That(repeated.TryTake(Segment(2 + read), out _), Is.False);
        }

        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(Segment(1), out _), Is.True);
    }

    [Test]
    public void An_equal_segment_that_comes_after_the_socket_was_found_empty_is_a_retransmission()
    {
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(Segment(1), out _), Is.False);
    }

    [TestCase(999_999_999, false)]
    [TestCase(1_000_000_000, true)]
    public void One_that_comes_back_late_from_another_programs_queue_is_not_repeated_again(long later, bool isRepeated)
    {
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(Segment(1), out _), Is.False);
        Assert.That((repeated.TryAdd(Segment(1), Bits, Now + later), repeated.TryAdd(Segment(2), Bits, Now)), Is.EqualTo((isRepeated, true)));
        Assert.That(repeated.Unremembered, Is.EqualTo(isRepeated ? 0 : 1));
    }

    [Test]
    public void An_equal_segment_of_the_same_read_is_not_what_was_repeated_for_no_verdict_has_left_yet() =>
        Assert.That(Repeated(Segment(1)).TryTake(Segment(1), out _), Is.False);

    [Test]
    public void A_socket_that_lost_packets_was_not_empty()
    {
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        repeated.BeginRead(isEmpty: true, isOverrun: true);
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(Segment(1), out _), Is.True);
    }

    [Test]
    public void What_targets_of_rules_change_each_time_does_not_count()
    {
        byte[] changed = Segment(1);
        changed[1] ^= 0xFF;
        changed[8]++;
        BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(10), 0xBEEF);
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(changed, out _), Is.True);
    }

    [TestCase(4, TestName = "Another IP identification")]
    [TestCase(12, TestName = "Another source address")]
    [TestCase(23, TestName = "Another destination port")]
    [TestCase(27, TestName = "Another sequence number")]
    [TestCase(31, TestName = "Another acknowledgement")]
    [TestCase(33, TestName = "Other flags")]
    [TestCase(36, TestName = "Another TCP checksum, as of the offer that was edited before its end")]
    [TestCase(47, TestName = "Other data")]
    public void A_packet_that_differs_is_another_one(int offset)
    {
        byte[] other = Segment(1);
        other[offset] ^= 1;
        RepeatedPackets repeated = Repeated(Segment(1));
        repeated.BeginRead(isEmpty: true, isOverrun: false);
        Assert.That(repeated.TryTake(other, out _), Is.False);
    }

    [Test]
    public void What_has_no_place_is_not_repeated_and_what_has_one_is_known()
    {
        var repeated = new RepeatedPackets();
        uint[] added = [.. Enumerable.Range(0, 2 * RepeatedPackets.Capacity).Select(i => (uint)i).Where(i => repeated.TryAdd(Segment(i), Bits, Now))];
        Assert.That(added, Has.Length.InRange(RepeatedPackets.Capacity / 2, RepeatedPackets.Capacity));
        Assert.That(repeated.Unremembered, Is.EqualTo((2 * RepeatedPackets.Capacity) - added.Length));
        repeated.BeginRead(isEmpty: false, isOverrun: false);
        Assert.That(added.Count(i => repeated.TryTake(Segment(i), out _)), Is.EqualTo(added.Length));
    }

    [Test]
    public void Any_bytes_are_taken_and_known_again()
    {
        var random = new Random(7);
        for (int length = 0; length < 100; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            RepeatedPackets repeated = Repeated(bytes);
            repeated.BeginRead(isEmpty: true, isOverrun: false);
            Assert.That(repeated.TryTake(bytes, out _), Is.True, $"{length} bytes");
        }
    }

    [Test]
    public void Nothing_is_allocated()
    {
        byte[] segment = Segment(1);
        var repeated = new RepeatedPackets();
        long before = 0;
        for (int i = 0; i < 1_000; i++)
        {
            before = i == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            repeated.BeginRead(isEmpty: true, isOverrun: false);
            repeated.TryTake(segment, out _);
            repeated.TryAdd(segment, Bits, Now);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    private static RepeatedPackets Repeated(byte[] datagram)
    {
        var repeated = new RepeatedPackets();
        Assert.That(repeated.TryAdd(datagram, Bits, Now), Is.True);
        return repeated;
    }

    /// <summary>192.168.7.10:40000 → 198.51.100.5:5190, eight bytes of data.</summary>
    private static byte[] Segment(uint sequence)
    {
        byte[] bytes = Convert.FromHexString("450000304A0040004006000000000000" + "C63364059C401446" + "0000000000000001" + "5018FFFF00000000" + "2A02000100020003");
        new byte[] { 192, 168, 7, 10 }.CopyTo(bytes, 12);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(24), sequence);
        return bytes;
    }
}
