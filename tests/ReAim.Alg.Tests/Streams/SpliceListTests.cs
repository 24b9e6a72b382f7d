using CsCheck;
using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Streams;

/// <summary>Two numberings of one stream: whatever is put in the place of what, each position has its place in the other.</summary>
[TestFixture]
internal sealed class SpliceListTests
{
    private const int Length = 200;

    /// <summary>Splices that do not overlap, some side by side, and how the stream is cut.</summary>
    private static readonly Gen<((int Gap, int Removed, int Inserted)[] Splices, int Cut)> Cases =
        Gen.Select(Gen.Select(Gen.Int[0, 20], Gen.Int[1, 12], Gen.Int[1, 12]).Array[0, 6], Gen.Int[0, Length]);

    [Test]
    public void Pieces_of_any_cut_put_behind_each_other_are_the_stream_of_the_receiver() => Property.Holds(Cases, 5_000, @case =>
    {
        (SpliceList list, byte[] sent, byte[] received) = Build(@case.Splices);
        byte[] result = new byte[received.Length];
        foreach ((int from, int to) in (ReadOnlySpan<(int, int)>)[(0, @case.Cut), (@case.Cut, Length)])
        {
            byte[] piece = new byte[Length * 2];
            int length = list.Write(sent.AsSpan(from, to - from), from, piece);
            Assert.That(list.ToReceiver(to) - list.ToReceiver(from), Is.EqualTo(length), "as long as the numbering says");
            piece.AsSpan(0, length).CopyTo(result.AsSpan((int)list.ToReceiver(from)));
        }

        Assert.That(result, Is.EqualTo(received));
    }, Show);

    [Test]
    public void An_acknowledgement_never_says_more_than_the_receiver_has_nor_less_than_he_must() => Property.Holds(Cases, 5_000, @case =>
    {
        (SpliceList list, _, byte[] received) = Build(@case.Splices);
        for (int got = 0; got <= received.Length; got++)
        {
            long sender = list.ToSender(got);
            Assert.That(list.ToReceiver(sender), Is.LessThanOrEqualTo(got));
            Assert.That(list.ToReceiver(sender + 1), Is.GreaterThan(got), "the next byte is not there yet");
        }
    }, Show);

    [Test]
    public void A_stretch_that_the_receiver_has_is_never_said_to_be_longer() => Property.Holds(Cases, 2_000, @case =>
    {
        (SpliceList list, _, byte[] received) = Build(@case.Splices);
        for (int begin = 0; begin < received.Length; begin += 3)
        {
            for (int end = begin + 1; end <= received.Length; end += 2)
            {
                (long first, long behind) = (list.ToSenderBegin(begin), list.ToSenderEnd(end));
                Assert.That(first >= behind || (list.ToReceiver(first) >= begin && list.ToReceiver(behind) <= end));
            }
        }
    }, Show);

    [Test]
    public void What_is_written_in_too_small_a_place_is_the_beginning() => Property.Holds(Cases, 1_000, @case =>
    {
        (SpliceList list, byte[] sent, byte[] received) = Build(@case.Splices);
        byte[] place = new byte[@case.Cut];
        Assert.That(list.Write(sent, 0, place), Is.EqualTo(received.Length));
        int fits = Math.Min(place.Length, received.Length);
        Assert.That(place[..fits], Is.EqualTo(received[..fits]));
    }, Show);

    [Test]
    public void A_full_list_gives_up_what_is_acknowledged_and_only_that()
    {
        var list = new SpliceList();
        for (int i = 0; i < SpliceList.Capacity; i++)
        {
            Assert.That(list.HasRoomFor(1, acknowledged: 0));
            list.Add(i * 10, 2, "abc"u8);
        }

        Assert.That(list.HasRoomFor(1, acknowledged: 0), Is.False);
        long before = list.ToReceiver(5_000);
        Assert.That(list.HasRoomFor(1, acknowledged: 101));
        Assert.That((list.Floor, list.ToReceiver(5_000), list.ToReceiver(102), list.ToReceiver(112)), Is.EqualTo((92L, before, 113L, 124L)), "ten are gone, and counted");
        Assert.That(list.IsEmpty, Is.False);
    }

    [Test]
    public void What_is_taken_back_leaves_the_others_where_they_belong()
    {
        var list = new SpliceList();
        list.Add(10, 2, "abcd"u8);
        list.Add(20, 2, "a"u8);
        list.Add(30, 2, "abcde"u8);
        list.Remove(15, 25);
        Assert.That((list.ToReceiver(9), list.ToReceiver(12), list.ToReceiver(25), list.ToReceiver(32)), Is.EqualTo((9L, 14L, 27L, 37L)));
        list.Remove(0, 100);
        Assert.That(list.IsEmpty);
    }

    private static string Show(((int Gap, int Removed, int Inserted)[] Splices, int Cut) @case) => $"{@case.Cut}: {string.Join(' ', @case.Splices)}";

    private static (SpliceList List, byte[] Sent, byte[] Received) Build((int Gap, int Removed, int Inserted)[] splices)
    {
        var list = new SpliceList();
        byte[] sent = [.. Enumerable.Range(0, Length).Select(i => (byte)i)];
        var received = new List<byte>();
        int at = 0;
        byte fresh = 200;
        foreach ((int gap, int removed, int inserted) in splices)
        {
            if (at + gap + removed > Length)
            {
                break;
            }

            byte[] text = [.. Enumerable.Range(0, inserted).Select(_ => fresh++)];
            received.AddRange(sent[at..(at + gap)]);
            received.AddRange(text);
            list.Add(at + gap, removed, text);
            at += gap + removed;
        }

        received.AddRange(sent[at..]);
        return (list, sent, [.. received]);
    }
}
