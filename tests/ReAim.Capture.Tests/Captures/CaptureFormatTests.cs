using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Captures;
using ReAim.Capture.Tests.World;
using SharpPcap;
using SharpPcap.LibPcap;

namespace ReAim.Capture.Tests.Captures;

/// <summary>Capture files of every kind: what the engine does not touch comes out byte for byte.</summary>
[TestFixture]
internal sealed class CaptureFormatTests
{
    private static readonly byte[] Frame = SampleFlow.Frames[10].Frame;

    private static IEnumerable<TestCaseData> Files()
    {
        foreach (bool bigEndian in (bool[])[false, true])
        {
            string order = bigEndian ? "big-endian" : "little-endian";
            yield return new TestCaseData(new CaptureBuilder(bigEndian).Pcap().Packet(1, 2, Frame).Packet(3, 4, Frame, 9_000).Bytes, 2).SetArgDisplayNames($"pcap, microseconds, {order}");
            yield return new TestCaseData(new CaptureBuilder(bigEndian).Pcap(0xA1B23C4D).Packet(1, 999_999_999, Frame).Bytes, 1).SetArgDisplayNames($"pcap, nanoseconds, {order}");
            yield return new TestCaseData(new CaptureBuilder(bigEndian).Section().Interface(1).Enhanced(0, 5, Frame).Bytes, 1).SetArgDisplayNames($"pcapng, {order}");
            yield return new TestCaseData(
                new CaptureBuilder(bigEndian)
                    .Section([1, 0, 4, 0, (byte)'n', (byte)'o', (byte)'t', (byte)'e', 0, 0, 0, 0])
                    .Interface(1, 9).Interface(101, 0x8A, -5).Block(0x0BAD, body => body.Raw([1, 2, 3, 4]))
                    .Enhanced(0, 1_700_000_000_000_000_001, Frame).Enhanced(1, 77, SampleFlow.Datagram(Frame)).Simple(Frame).Obsolete(0, 12, Frame)
                    .Block(5, body => body.Raw(new byte[12]))
                    .Section().Interface(113).Enhanced(0, 9, new byte[40])
                    .Bytes,
                5).SetArgDisplayNames($"pcapng with all it can have, {order}");
        }

        yield return new TestCaseData(new CaptureBuilder().Pcap().Bytes, 0).SetArgDisplayNames("pcap without packets");
        yield return new TestCaseData(new CaptureBuilder().Section().Interface(1).Bytes.Concat(new CaptureBuilder(true).Section().Interface(1).Enhanced(0, 1, Frame).Bytes).ToArray(), 1).SetArgDisplayNames("pcapng with sections of both byte orders");
    }

    [TestCaseSource(nameof(Files))]
    public void What_is_not_touched_comes_out_byte_for_byte(byte[] file, int packets)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(folder.Write("in", file), folder["out"]);
        Assert.That(run.Json.GetProperty("packets").GetInt32(), Is.EqualTo(packets));
        Assert.That(run.Json.GetProperty("truncated").GetBoolean(), Is.False);
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(file));
    }

    [TestCaseSource(nameof(Files))]
    public void A_file_cut_anywhere_gives_its_whole_records(byte[] file, int packets)
    {
        using var folder = new TemporaryFolder();
        for (int length = 28; length < file.Length; length += 3)
        {
            CommandRun run = CommandRun.Of(["replay", folder.Write("in", file[..length]), "-w", folder["out"], .. CommandRun.Gateway, "--json"]);
            Assert.That(run.ExitCode, Is.Zero);
            byte[] left = File.ReadAllBytes(folder["out"]);
            Assert.That(left, Is.EqualTo(file[..left.Length]));
            bool truncated = run.Json.GetProperty("truncated").GetBoolean();
            Assert.That(truncated, Is.EqualTo(left.Length < length), $"cut at {length}");
            Assert.That(run.Error.Contains("cut off", StringComparison.Ordinal), Is.EqualTo(truncated));
            Assert.That(run.Json.GetProperty("packets").GetInt32(), Is.LessThanOrEqualTo(packets));
        }
    }

    [Test]
    public void A_damaged_file_never_throws_and_never_loses_a_packet()
    {
        byte[][] files = [.. Files().Select(file => (byte[])file.Arguments[0]!).Where(file => file.Length > 200)];
        using var folder = new TemporaryFolder();
        int accepted = 0;
        int tried = 0;
        Property.Holds(
            Gen.Select(Gen.Int[0, files.Length - 1], Gen.Int[0, 10_000], Gen.Byte),
            1_500,
            mutation =>
            {
                (int which, int at, byte value) = mutation;
                byte[] mutant = [.. files[which]];
                mutant[at % mutant.Length] = value;
                // To replace a file makes file systems write it out at once, which takes longer than all the rest.
                File.Delete(folder["out"]);
                CommandRun run = CommandRun.Of(["replay", folder.Write("in", mutant), "-w", folder["out"], .. CommandRun.Gateway, "--json"]);
                tried++;
                if (run.ExitCode == 0)
                {
                    accepted++;
                    Assert.That(run.Json.GetProperty("dropped").GetInt32(), Is.Zero);
                    byte[] left = File.ReadAllBytes(folder["out"]);
                    Assert.That(left, Is.EqualTo(mutant[..left.Length]));
                }
                else
                {
                    Assert.That((run.ExitCode, run.Error.Count(letter => letter == '\n')), Is.EqualTo((2, 1)));
                }
            },
            mutation => mutation.ToString());
        TestContext.Out.WriteLine($"{accepted} of {tried} mutants were replayed");
        Assert.That(accepted, Is.GreaterThan(tried / 2));
    }

    [TestCase(1_000_000UL, 0L, 1_700_000_000_123_456UL, 1_700_000_000_123_456_000L)]
    [TestCase(1_000_000_000UL, 0L, 1_700_000_000_123_456_789UL, 1_700_000_000_123_456_789L)]
    [TestCase(1_024UL, 10L, 1_536UL, 11_500_000_000L)]
    [TestCase(1UL, -100L, 100UL, 0L)]
    public void Ticks_become_nanoseconds_and_back(ulong ticksPerSecond, long offset, ulong ticks, long nanoseconds)
    {
        var clock = new CaptureClock(ticksPerSecond, offset);
        Assert.That((clock.ToNanoseconds(ticks), clock.ToTicks(nanoseconds)), Is.EqualTo((nanoseconds, ticks)));
    }

    [Test]
    public void Times_out_of_range_are_clamped()
    {
        Assert.That(CaptureClock.Microseconds.ToNanoseconds(ulong.MaxValue), Is.EqualTo(long.MaxValue));
        Assert.That(new CaptureClock(1_000, long.MinValue).ToNanoseconds(5), Is.EqualTo(long.MinValue));
        Assert.That(CaptureClock.Microseconds.ToTicks(-1), Is.Zero);
    }

    [Test]
    public void The_modified_pcap_of_old_linux_is_read_through_libpcap_and_written_as_plain_pcap()
    {
        // Its records have eight bytes more: interface, protocol, packet type.
        byte[] file = new CaptureBuilder().Pcap(0xA1B2CD34)
            .U32(7).U32(8).U32((uint)Frame.Length).U32((uint)Frame.Length).Raw(new byte[8]).Raw(Frame).Bytes;
        using var folder = new TemporaryFolder();
        CommandRun.Replay(folder.Write("in", file), folder["out"]);
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(new CaptureBuilder().Pcap(0xA1B23C4D).Packet(7, 8_000, Frame).Bytes));
    }

    [TestCase(1)]
    [TestCase(30)]
    public void A_modified_pcap_that_is_cut_off_is_said_to_be(int cut)
    {
        CaptureBuilder record = new CaptureBuilder().U32(7).U32(8).U32((uint)Frame.Length).U32((uint)Frame.Length).Raw(new byte[8]).Raw(Frame);
        byte[] file = new CaptureBuilder().Pcap(0xA1B2CD34).Raw(record.Bytes).Raw(record.Bytes[..^cut]).Bytes;
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("inspect", folder.Write("in", file));
        Assert.That(run.Output, Does.Contain("the capture is cut off or damaged here").And.Contain("1 packet"));
    }

    [Test]
    public void Libpcap_reads_what_we_write()
    {
        using var folder = new TemporaryFolder();
        var builder = new CaptureBuilder().Section().Interface(1, 9);
        foreach ((long microseconds, byte[] frame) in SampleFlow.Frames)
        {
            builder.Enhanced(0, (ulong)microseconds * 1_000, frame);
        }

        CommandRun.Replay(folder.Write("in.pcapng", builder.Bytes), folder["out.pcapng"]);
        CommandRun.Replay(Recordings.PathOf("l_many_offers-aol.lan.pcap"), folder["out.pcap"]);
        Assert.That(ReadWithLibpcap(folder["out.pcapng"]), Is.EqualTo(ReadWithLibpcap(folder["out.pcap"])));
        Assert.That(ReadWithLibpcap(folder["out.pcap"]), Has.Count.EqualTo(SampleFlow.Frames.Count));
    }

    private static List<string> ReadWithLibpcap(string path)
    {
        using var device = new CaptureFileReaderDevice(path);
        device.Open();
        var packets = new List<string>();
        while (device.GetNextPacket(out PacketCapture packet) == GetPacketStatus.PacketRead)
        {
            packets.Add($"{packet.Header.Timeval.Seconds}.{packet.Header.Timeval.MicroSeconds} {Convert.ToHexStringLower(packet.Data)}");
        }

        return packets;
    }
}
