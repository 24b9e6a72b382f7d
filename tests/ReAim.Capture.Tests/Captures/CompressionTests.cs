using System.IO.Compression;
using System.Text;
using ReAim.Capture.Captures;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Captures;

/// <summary>Captures that somebody compressed: gzip is read, by its content and as it comes; of others the program is named.</summary>
[TestFixture]
internal sealed class CompressionTests
{
    private const string Recording = "l_many_offers-aol.lan.pcap";
    private static readonly byte[] Plain = File.ReadAllBytes(Recordings.PathOf(Recording));

    private static IEnumerable<TestCaseData> Packed()
    {
        static TestCaseData Case(string says, params byte[] bytes) => new TestCaseData(bytes, says).SetArgDisplayNames(says);
        yield return Case("is packed with zstd: unpack it with zstd -d,", 0x28, 0xB5, 0x2F, 0xFD, 0x24);
        yield return Case("is packed with zstd: unpack it with zstd -d, ", 0x50, 0x2A, 0x4D, 0x18, 0);
        yield return Case("is packed with xz: unpack it with xz -d,", 0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0);
        yield return Case("is packed with bzip2: unpack it with bzip2 -d,", [.. "BZh91AY&SY"u8]);
        yield return Case("is packed with lz4: unpack it with lz4 -d,", 0x04, 0x22, 0x4D, 0x18, 0x64);
        yield return Case("is packed with zip: unpack it with unzip,", [.. "PK\u0003\u0004"u8]);
        yield return Case("is packed with 7z: unpack it with 7z x,", (byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C);
        yield return Case("is packed with compress: unpack it with gzip -d,", 0x1F, 0x9D, 0x90);
        yield return Case("is packed with tar: unpack it with tar -xf,", [.. new byte[257], .. "ustar"u8]);
    }

    [TestCase("capture.pcap.gz")]
    [TestCase("capture.pcap")]
    public void A_gzip_file_is_read_like_the_capture_in_it_and_the_output_is_plain(string name)
    {
        using var folder = new TemporaryFolder();
        string packed = folder.Write(name, Gzip(Plain));
        CommandRun.Replay(packed, folder["out"]);
        CommandRun.Replay(Recordings.PathOf(Recording), folder["expected"]);
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(File.ReadAllBytes(folder["expected"])));
        Assert.That(Ladder(packed), Is.EqualTo(Ladder(Recordings.PathOf(Recording))));
    }

    [Test]
    public void A_gzip_file_of_several_members_is_one_capture()
    {
        using var folder = new TemporaryFolder();
        string packed = folder.Write("in", [.. Gzip(Plain[..1_000]), .. Gzip(Plain[1_000..])]);
        Assert.That(Ladder(packed), Is.EqualTo(Ladder(Recordings.PathOf(Recording))));
    }

    [Test]
    public void A_gzip_file_cut_off_anywhere_or_damaged_gives_what_could_be_unpacked_and_says_so()
    {
        using var folder = new TemporaryFolder();
        byte[] packed = Gzip(Plain);
        for (int length = packed.Length - 1; length > 3_000; length -= 611)
        {
            CommandRun run = CommandRun.Of("inspect", folder.Write("in", packed[..length]), "--json");
            Assert.That((run.ExitCode, run.Json.GetProperty("truncated").GetBoolean()), Is.EqualTo((0, true)), $"cut at {length}");
            Assert.That(run.Error, Does.Contain("is cut off or damaged after"));
        }

        packed[packed.Length / 2] ^= 0x55;
        CommandRun damaged = CommandRun.Of("inspect", folder.Write("in", packed), "--json");
        Assert.That((damaged.ExitCode, damaged.Json.GetProperty("truncated").GetBoolean()), Is.EqualTo((0, true)));
    }

    [TestCaseSource(nameof(Packed))]
    public void What_is_packed_otherwise_is_refused_with_the_program_that_unpacks_it(byte[] file, string says)
    {
        using var folder = new TemporaryFolder();
        string input = folder.Write("in.pcap", [.. file, .. new byte[300]]);
        CommandRun[] runs = [
            CommandRun.Of("inspect", input),
            CommandRun.Of(["replay", input, "-w", folder["out"], .. CommandRun.Gateway]),
            CommandRun.OfInput(File.ReadAllBytes(input), "inspect", "-")];
        foreach (CommandRun run in runs)
        {
            Assert.That((run.ExitCode, run.Output, run.Error.Count(letter => letter == '\n')), Is.EqualTo((2, "", 1)));
            Assert.That(run.Error, Does.StartWith("reaim: ").And.Contain(says));
        }

        Assert.That(folder.Files, Is.EqualTo(new[] { "in.pcap" }));
    }

    [Test]
    public void What_holds_no_capture_is_one_sentence()
    {
        using var folder = new TemporaryFolder();
        Assert.That(Refused(Gzip(Gzip(Plain))), Does.Contain("is compressed with gzip twice"));
        Assert.That(Refused(Gzip(Encoding.ASCII.GetBytes("no capture at all, however long it goes on"))), Does.Contain("holds no capture"));
        Assert.That(Refused(Convert.FromHexString("1f8b080000000000000303000000000000000000")), Does.Contain("is compressed with gzip, but empty"));
        Assert.That(Refused([0x1F, 0x8B, 0x08, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), Does.Contain("damaged from its beginning"));
        Assert.That(Refused(Gzip([.. new byte[257], .. "ustar"u8, .. new byte[100]])), Does.Contain("is packed with tar"));

        string Refused(byte[] file)
        {
            CommandRun run = CommandRun.Of("inspect", folder.Write("in", file));
            Assert.That((run.ExitCode, run.Output, run.Error.Count(letter => letter == '\n')), Is.EqualTo((2, "", 1)));
            return run.Error;
        }
    }

    [Test]
    public void A_gzip_bomb_is_read_in_passing_and_fills_no_memory()
    {
        const int Frames = 600;
        using var folder = new TemporaryFolder();
        byte[] frame = new byte[262_144];
        byte[] record = new CaptureBuilder().Packet(1, 0, frame).Bytes;
        using (var packed = new GZipStream(File.Create(folder["bomb"]), CompressionLevel.Fastest))
        {
            packed.Write(new CaptureBuilder().Pcap().Bytes);
            for (int i = 0; i < Frames; i++)
            {
                packed.Write(record);
            }
        }

        using CaptureReader reader = CaptureReader.Open(folder["bomb"]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int packets = 0;
        while (reader.TryRead(out CaptureRecord found))
        {
            packets += found.IsPacket ? 1 : 0;
        }

        Assert.That((packets, reader.IsTruncated), Is.EqualTo((Frames, false)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(CaptureFormat.MaxRecordLength), "of 150 MiB that come out");
    }

    [Test]
    public void Standard_input_is_read_from_a_pipe_compressed_or_not()
    {
        string expected = CommandRun.Of("inspect", Recordings.PathOf(Recording)).Output.Replace($"{Recording}: ", "standard input: ", StringComparison.Ordinal);
        foreach (byte[] bytes in (byte[][])[Plain, Gzip(Plain)])
        {
            CommandRun run = CommandRun.OfInput(bytes, "inspect", "-");
            Assert.That((run.ExitCode, run.Error, run.Output), Is.EqualTo((0, "", expected)));
        }
    }

    [Test]
    public void Packets_go_to_standard_output_and_the_report_to_standard_error()
    {
        using var folder = new TemporaryFolder();
        CommandRun usual = CommandRun.Of(["replay", Recordings.PathOf(Recording), "-w", folder["out"], .. CommandRun.Gateway]);
        foreach (string output in (string[])["-", "/dev/stdout"])
        {
            CommandRun piped = CommandRun.OfStreams(Plain, out byte[] written, ["replay", "-", "-w", output, .. CommandRun.Gateway]);
            Assert.That((piped.ExitCode, piped.Output, piped.Error), Is.EqualTo((0, "", usual.Output)));
            Assert.That(written, Is.EqualTo(File.ReadAllBytes(folder["out"])));
        }
    }

    private static string[] Ladder(string path) => CommandRun.Of("inspect", path).Output.Split('\n')[1..];

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Optimal))
        {
            packing.Write(bytes);
        }

        return packed.ToArray();
    }
}
