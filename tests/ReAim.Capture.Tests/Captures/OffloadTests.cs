using ReAim.Capture.Captures;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Captures;

/// <summary>Captures made on the sender itself, of packets that its network card was still to finish, or of which not all was kept.</summary>
[TestFixture]
internal sealed class OffloadTests
{
    private const int EthernetHeader = 14;
    private const string Recording = "l_many_offers-aol.lan.pcap";

    private static readonly string Folder = Path.Combine(Repository.Folder, "tests", "ReAim.Capture.Tests", "Captures", "Cases");

    [TestCase("pc_ppp9n.pcap")]
    [TestCase("pc_ppp9f.pcap")]
    [TestCase("pc_ppp9p.pcap")]
    [TestCase("pc_x.pcap.gz")]
    [TestCase("pc_ipcsum0.pcap")]
    public void A_case_from_outside_is_read_by_inspect_and_its_offer_rewritten_by_replay(string name)
    {
        string path = Path.Combine(Folder, name);
        Assert.That(CommandRun.Replay(path).Json.GetProperty("rewritten").GetInt32(), Is.EqualTo(1));
        Assert.That(CommandRun.Of("inspect", path).Output, Does.Contain("OFFER send file (1343), request 1 at 192.168.7.10:5190"));
    }

    private static IEnumerable<TestCaseData> Unfinished()
    {
        static TestCaseData Case(string name, Action<byte[]> change) => new TestCaseData(change).SetArgDisplayNames(name);
        yield return Case("header checksum 0", frame => frame.AsSpan(EthernetHeader + 10, 2).Clear());
        yield return Case("total length 0", frame => frame.AsSpan(EthernetHeader + 2, 2).Clear());
        yield return Case("both 0", frame =>
        {
            frame.AsSpan(EthernetHeader + 10, 2).Clear();
            frame.AsSpan(EthernetHeader + 2, 2).Clear();
        });
    }

    [TestCaseSource(nameof(Unfinished))]
    public void What_the_card_was_to_write_is_left_to_it(Action<byte[]> change)
    {
        using var folder = new TemporaryFolder();
        CommandRun.Replay(Recordings.PathOf(Recording), folder["expected"]);
        CommandRun run = CommandRun.Replay(folder.Write("in", Changed(File.ReadAllBytes(Recordings.PathOf(Recording)), change)), folder["out"]);
        Assert.That(run.Json.GetProperty("rewritten").GetInt32(), Is.EqualTo(10));
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(Changed(File.ReadAllBytes(folder["expected"]), change)));
        Assert.That(CommandRun.Of("inspect", folder["in"]).Output.Split('\n')[1..], Is.EqualTo(CommandRun.Of("inspect", Recordings.PathOf(Recording)).Output.Split('\n')[1..]));
    }

    [Test]
    public void A_tcp_checksum_of_a_length_that_is_not_known_yet_stays_one()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Changed(File.ReadAllBytes(Recordings.PathOf(Recording)), frame => Segmented(frame, EthernetHeader));
        CommandRun run = CommandRun.Replay(folder.Write("in", file), folder["out"]);
        Assert.That(run.Json.GetProperty("rewritten").GetInt32(), Is.EqualTo(10));
        Assert.That(Headers(File.ReadAllBytes(folder["out"])), Is.EquivalentTo(Headers(file)), "headers leave as they came");

        static IEnumerable<string> Headers(byte[] capture) =>
            SampleFlow.ReadBytes(capture).Select(sample => Convert.ToHexString(sample.Frame.AsSpan(0, Math.Min(EthernetHeader + 40, sample.Frame.Length))));
    }

    [Test]
    public void A_header_checksum_that_is_wrong_but_not_zero_is_not_believed()
    {
        using var folder = new TemporaryFolder();
        byte[] file = Changed(File.ReadAllBytes(Recordings.PathOf(Recording)), frame => frame[EthernetHeader + 10] ^= 0x10);
        Assert.That(CommandRun.Replay(folder.Write("in", file)).Json.GetProperty("rewritten").GetInt32(), Is.Zero);
    }

    [Test]
    public void A_snap_length_that_is_too_short_is_named_with_what_helps()
    {
        using var folder = new TemporaryFolder();
        var builder = new CaptureBuilder().Pcap(snapLength: 96);
        foreach ((long microseconds, byte[] frame) in SampleFlow.Frames)
        {
            builder.Packet((uint)(microseconds / 1_000_000), (uint)(microseconds % 1_000_000), frame[..Math.Min(96, frame.Length)], frame.Length);
        }

        int cut = SampleFlow.Frames.Count(sample => sample.Frame.Length > 96);
        string sentence = $"{cut} packets were cut off at 96 bytes by the capture's snap length: record again with whole packets (tcpdump -s 0).";
        string input = folder.Write("in", builder.Bytes);
        Assert.That(CommandRun.Of("inspect", input).Output, Does.Contain($"! {sentence}\n"));
        Assert.That(CommandRun.Of("inspect", input, "--json").Json.GetProperty("cut").GetInt32(), Is.EqualTo(cut));
        CommandRun replay = CommandRun.Replay(input);
        Assert.That((replay.Error, replay.Json.GetProperty("cut").GetInt32()), Is.EqualTo(($"reaim: {sentence}\n", cut)));
    }

    [Test]
    public void Headers_that_are_completed_and_restored_are_the_same_whatever_they_were()
    {
        byte[] datagram = SampleFlow.Datagram(SampleFlow.Frames.First(sample => SampleFlow.IsIpv4(sample.Frame)).Frame);
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = datagram[..random.Next(datagram.Length + 1)];
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(Math.Min(40, bytes.Length))] = (byte)random.Next(256);
            }

            if (bytes.Length > 12 && random.Next(2) == 0)
            {
                bytes.AsSpan(random.Next(2) == 0 ? 2 : 10, 2).Clear();
            }

            byte[] copy = [.. bytes];
            OffloadedHeader.Complete(copy, random.Next(-5, 70_000)).Restore(copy);
            Assert.That(copy, Is.EqualTo(bytes));
        }
    }

    private static byte[] Changed(byte[] file, Action<byte[]> change)
    {
        byte[] changed = [.. file];
        for (int at = 24; at < file.Length;)
        {
            int length = BitConverter.ToInt32(file, at + 8);
            byte[] frame = file[(at + 16)..(at + 16 + length)];
            // A padded frame says its own length; a card pads what it has finished.
            if (SampleFlow.IsIpv4(frame) && frame.Length == EthernetHeader + ((frame[EthernetHeader + 2] << 8) | frame[EthernetHeader + 3]))
            {
                change(frame);
                frame.CopyTo(changed, at + 16);
            }

            at += 16 + length;
        }

        return changed;
    }

    /// <summary>As a card is given what it is to cut up: no length, and a TCP checksum without one.</summary>
    private static void Segmented(byte[] frame, int ip)
    {
        frame.AsSpan(ip + 2, 2).Clear();
        uint sum = 6;
        for (int i = 12; i < 20; i += 2)
        {
            sum += (uint)((frame[ip + i] << 8) | frame[ip + i + 1]);
        }

        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        (frame[ip + 36], frame[ip + 37]) = ((byte)(sum >> 8), (byte)sum);
    }
}
