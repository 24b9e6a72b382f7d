using ReAim.Capture.Captures;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Monitoring;

internal sealed class PacketRecorderTests
{
    private static readonly byte[] Packet = SampleFlow.Datagram(SampleFlow.Frames.First(frame => SampleFlow.IsIpv4(frame.Frame)).Frame);

    [Test]
    public void A_recording_has_what_came_and_what_went_as_two_interfaces()
    {
        using var folder = new TemporaryFolder();
        string path = folder["recorded.pcapng"];
        using (var recorder = new PacketRecorder(File.Create(path), 1 << 20, _ => { }))
        {
            recorder.RecordArrival(Packet, 1_500_000_000_123_456_789);
            recorder.RecordDeparture(Packet, 1_500_000_000_123_457_000);
        }

        string[] rows = Tshark.Run(path, "-T", "fields", "-e", "frame.interface_name", "-e", "frame.time_epoch", "-e", "ip.src", "-e", "frame.len");
        Assert.That(rows, Is.EqualTo(new[]
        {
            $"before\t1500000000.123456789\t192.168.7.10\t{Packet.Length}",
            $"after\t1500000000.123457000\t192.168.7.10\t{Packet.Length}",
        }));
    }

    [TestCase("", "--record names no file: write --record and the path of one.")]
    [TestCase("-", "--record - names no file, and standard output is not for this: write --record and the path of one.")]
    [TestCase("no/such/folder/recorded.pcapng", "--record no/such/folder/recorded.pcapng cannot be written: ")]
    public void A_file_that_cannot_be_written_is_one_sentence(string path, string sentence) => Assert.That(
        () => PacketRecorder.OfPath(path, isNew: true, 1 << 20, _ => { }),
        Throws.TypeOf<BadInputException>().With.Message.StartsWith(sentence));

    [Test]
    public void Another_worker_goes_on_with_the_recording_of_the_one_before()
    {
        using var folder = new TemporaryFolder();
        string path = folder["recorded.pcapng"];
        for (int worker = 0; worker < 2; worker++)
        {
            using var recorder = new PacketRecorder(new FileStream(path, FileMode.Append), 1 << 20, _ => { });
            recorder.RecordArrival(Packet, 0);
        }

        using CaptureReader reader = CaptureReader.Open(path);
        int packets = 0;
        while (reader.TryRead(out CaptureRecord record))
        {
            packets += record.IsPacket ? 1 : 0;
        }

        Assert.That((packets, reader.IsTruncated), Is.EqualTo((2, false)));
    }

    [Test]
    public void A_recording_ends_at_its_limit_and_says_so_once()
    {
        using var stream = new MemoryStream();
        var said = new List<string>();
        var recorder = new PacketRecorder(stream, 4_096, said.Add);
        for (int i = 0; i < 1_000; i++)
        {
            recorder.RecordArrival(Packet, i);
        }

        Assert.That((recorder.IsOpen, said.Count), Is.EqualTo((false, 1)));
        recorder.Dispose();
        Assert.That(stream.ToArray(), Has.Length.InRange(3_000, 4_096));
    }

    [Test]
    public void A_full_disk_ends_the_recording_and_nothing_else()
    {
        var said = new List<string>();
        using (var recorder = new PacketRecorder(new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0), 64 << 20, said.Add))
        {
            recorder.RecordArrival(Packet, 0);
            recorder.Flush();
            Assert.That(() => recorder.IsOpen, Is.False.After(10_000, 1));
            recorder.RecordArrival(Packet, 1);
        }

        Assert.That(said, Has.Count.EqualTo(1));
    }

    [Test]
    public void Packets_do_not_wait_for_a_disk_that_stands_still_and_those_left_out_are_counted()
    {
        var said = new List<string>();
        using var stalled = new StalledStream();
        using (var recorder = new PacketRecorder(stalled, 64 << 20, said.Add))
        {
            recorder.Flush();
            int most = (256 << 10) / Packet.Length;
            for (int i = 0; i < most + 100; i++)
            {
                recorder.RecordArrival(Packet, i);
            }

            stalled.GoOn();
        }

        Assert.That(said, Has.Count.EqualTo(1));
        Assert.That(said[0], Does.Match("lacks [0-9]+ packets"));
        Assert.That(stalled.ToArray(), Has.Length.InRange(100_000, 300_000));
    }

    /// <summary>Takes nothing until it is told to.</summary>
    private sealed class StalledStream : MemoryStream
    {
        private readonly ManualResetEventSlim _goesOn = new();

        public void GoOn() => _goesOn.Set();

        public override void Write(byte[] buffer, int offset, int count)
        {
            _goesOn.Wait();
            base.Write(buffer, offset, count);
        }
    }
}
