using System.Text;
using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>One direction of a TCP connection in order, whatever a capture made of it.</summary>
[TestFixture]
internal sealed class StreamTests
{
    private static readonly byte[] Sent = [.. Enumerable.Range(0, 200).Select(number => (byte)number)];

    [TestCase(0xFFFF_FFF0u, TestName = "Sequence numbers that wrap")]
    [TestCase(0x7FFF_FFF0u, TestName = "Sequence numbers that change sign")]
    public void Segments_in_any_order_cut_and_repeated_give_the_bytes_once(uint start)
    {
        Gen<(int From, int Length)[]> cases = Gen.Select(Gen.Int[0, 199], Gen.Int[1, 60]).Select((from, length) => (from, Math.Min(length, 200 - from))).Array[1, 30];
        Property.Holds(cases, 2_000, segments =>
        {
            var told = new Told();
            var stream = new TcpStream(told, new Limits());
            stream.Start(start);
            foreach ((int from, int length) in segments)
            {
                stream.Take(start + (uint)from, Sent.AsSpan(from, length), 0, fin: false, 0);
            }

            stream.Finish(0);
            bool[] came = new bool[200];
            foreach ((int from, int length) in segments)
            {
                came.AsSpan(from, length).Fill(true);
            }

            int end = Array.LastIndexOf(came, true) + 1;
            Assert.That(told.Text, Is.EqualTo(Expected(came, end)));
            Assert.That(stream.Bytes, Is.EqualTo(came.Count(one => one)));
            Assert.That(stream.Missing, Is.EqualTo(end - stream.Bytes));
            Assert.That(stream.Repeated, Is.EqualTo(segments.Sum(segment => segment.Length) - stream.Bytes));
        }, segments => string.Join(' ', segments));
    }

    [Test]
    public void The_first_copy_of_a_byte_wins()
    {
        var told = new Told();
        var stream = new TcpStream(told, new Limits());
        stream.Start(0);
        stream.Take(4, "EF"u8, 0, fin: false, 0);
        stream.Take(2, "cdef"u8, 0, fin: false, 0);
        stream.Take(0, "ABCDxxGH"u8, 0, fin: false, 0);
        Assert.That(told.Text, Is.EqualTo("41 42 63 64 45 46 47 48 "));
    }

    [Test]
    public void A_hole_is_given_up_when_the_receiver_has_what_is_behind_it()
    {
        var told = new Told();
        var stream = new TcpStream(told, new Limits());
        stream.Start(0);
        stream.Take(5, "F"u8, 0, fin: false, 0);
        stream.Acknowledge(3, 0);
        Assert.That(told.Text, Is.Empty, "only a part of the hole is acknowledged");
        stream.Acknowledge(6, 0);
        Assert.That(told.Text, Is.EqualTo("(5 missing) 46 "));
    }

    [Test]
    public void What_the_snap_length_cut_off_is_missing_unless_another_copy_has_it()
    {
        var told = new Told();
        var stream = new TcpStream(told, new Limits());
        stream.Start(0);
        stream.Take(4, "EF"u8, 0, fin: false, 0);
        stream.Take(0, "AB"u8, 4, fin: true, 0);
        Assert.That(told.Text, Is.EqualTo("41 42 (2 missing) 45 46 end "));
    }

    [Test]
    public void What_waits_is_limited_and_the_limit_is_named()
    {
        var told = new Told();
        var limits = new Limits { MaxOutOfOrder = 2 };
        var stream = new TcpStream(told, limits);
        stream.Start(0);
        foreach (uint at in (uint[])[1, 3, 5])
        {
            stream.Take(at, "X"u8, 0, fin: false, 0);
        }

        Assert.That(told.Text, Is.EqualTo("(1 missing) 58 "));
        Assert.That(limits.Notes.Single(), Does.StartWith("out-of-order-limit"));
    }

    [Test]
    public void A_segment_far_from_the_stream_does_not_belong_to_it()
    {
        var stream = new TcpStream(new Told(), new Limits());
        stream.Start(0);
        Assert.That(stream.Take(0x7000_0000, "X"u8, 0, fin: false, 0), Is.False);
        Assert.That(stream.Bytes, Is.Zero);
    }

    private static string Expected(bool[] came, int end)
    {
        var text = new StringBuilder();
        for (int i = 0; i < end; i++)
        {
            if (came[i])
            {
                text.Append(Sent[i].ToString("x2", null)).Append(' ');
                continue;
            }

            int hole = Array.IndexOf(came, true, i) - i;
            text.Append(null, $"({hole} missing) ");
            i += hole - 1;
        }

        return text.Append("end ").ToString();
    }

    private sealed class Told : IStreamReader
    {
        private readonly StringBuilder _text = new();

        public string Text => _text.ToString();

        public void Take(ReadOnlySpan<byte> bytes, long time)
        {
            foreach (byte one in bytes)
            {
                _text.Append(one.ToString("x2", null)).Append(' ');
            }
        }

        public void Miss(long count, long time) => _text.Append(null, $"({count} missing) ");

        public void End(long time) => _text.Append("end ");
    }
}
