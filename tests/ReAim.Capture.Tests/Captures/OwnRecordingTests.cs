using System.Text.Json;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Monitoring;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Captures;

/// <summary>Captures that <c>reaim run --record</c> made: each packet as it came and as it went.</summary>
[TestFixture]
internal sealed class OwnRecordingTests
{
    private const string Recording = "l_many_offers-aol.lan.pcap";

    [Test]
    public void An_offer_is_shown_with_what_it_left_as()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("inspect", Recorded(folder));
        int packets = SampleFlow.Frames.Count(sample => SampleFlow.IsIpv4(sample.Frame));
        Assert.That(run.Output, Does.Contain($"recorded by reaim: {packets} packets as they came, {packets} packets as they went, 10 rendezvous messages rewritten\n"));
        Assert.That(run.Output, Does.Contain(
            "                    0002 192.168.7.10 · 0003 192.168.7.10 · 0005 port 5190\n"
            + "                    left as 0002 203.0.113.7 · 0003 203.0.113.7 · 0005 port 5190"));
        Assert.That(run.Output, Does.Contain("OFFER send file (1343), request 1 at 192.168.7.10:5190, left as 203.0.113.7:5190\n"));
        Assert.That(run.Output.Split("left as 0002 203.0.113.7"), Has.Length.EqualTo(11));
    }

    [Test]
    public void The_rest_of_the_ladder_is_that_of_what_came()
    {
        using var folder = new TemporaryFolder();
        string[] usual = [.. Ladder(Recordings.PathOf(Recording)).Select(Untimed)];
        string[] recorded = [.. Ladder(Recorded(folder)).Select(Untimed)];
        Assert.That(recorded.Except(usual).Where(line => !line.Contains("left as", StringComparison.Ordinal) && !line.StartsWith("recorded by reaim", StringComparison.Ordinal)), Is.Empty);
        Assert.That(usual.Except(recorded).Where(line => !line.Contains("OFFER", StringComparison.Ordinal) && !line.Contains("not-ipv4", StringComparison.Ordinal) && line != "Also seen"), Is.Empty);
    }

    [Test]
    public void The_object_has_both()
    {
        using var folder = new TemporaryFolder();
        JsonElement report = CommandRun.Of("inspect", Recorded(folder), "--json").Json;
        JsonElement[] changed = [.. report.GetProperty("connections").EnumerateArray()
            .SelectMany(connection => connection.GetProperty("steps").EnumerateArray())
            .Where(step => step.TryGetProperty("rendezvous", out JsonElement message) && message.TryGetProperty("leftAs", out _))
            .Select(step => step.GetProperty("rendezvous"))];
        Assert.That(changed, Has.Length.EqualTo(10));
        Assert.That(changed[0].GetProperty("rendezvousAddress").GetString(), Is.EqualTo("192.168.7.10"));
        Assert.That(changed[0].GetProperty("leftAs").GetProperty("rendezvousAddress").GetString(), Is.EqualTo("203.0.113.7"));
    }

    [Test]
    public void A_peer_that_follows_the_rewritten_offer_belongs_to_it()
    {
        using var folder = new TemporaryFolder();
        var alice = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[] hello = Messages.Flap(1, Messages.U32(1));
        byte[][] begun = [.. alice.Handshake(), alice.Send(true, hello)];
        var same = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[][] alike = [.. same.Handshake(), same.Send(true, hello)];
        byte[] before = alice.Send(true, Messages.Offer(Addresses.Alice, 5190)), after = same.Send(true, Messages.Offer(Addresses.Gateway, 61_000));
        byte[] syn = new TcpTalk("198.51.100.77:40312", "203.0.113.7:61000").Syn();
        Assert.That(begun, Is.EqualTo(alike));
        string path = Record(folder, [.. begun.Select(packet => (1L, packet, packet)), (2, before, after), (3, syn, syn)]);
        Assert.That(CommandRun.Of("inspect", path).Output, Does.Contain("[2] 198.51.100.77:40312 → 203.0.113.7:61000"));
    }

    [Test]
    public void A_replay_takes_what_came_and_leaves_what_went_then()
    {
        using var folder = new TemporaryFolder();
        string recorded = Recorded(folder);
        CommandRun run = CommandRun.Replay(recorded, folder["out"]);
        Assert.That((run.Json.GetProperty("rewritten").GetInt32(), run.Json.GetProperty("mappings").GetArrayLength()), Is.EqualTo((10, 10)));

        // What came is rewritten as it was then, so that each packet is there twice.
        string[][] rows = [.. Tshark.Run(folder["out"], "-T", "fields", "-e", "frame.interface_name", "-e", "tcp.seq_raw", "-e", "tcp.payload").Select(row => row.Split('\t'))];
        Assert.That(Packets("before"), Is.EqualTo(Packets("after")).And.Not.Empty);
        Assert.That(new FileInfo(folder["out"]).Length, Is.EqualTo(new FileInfo(recorded).Length));

        string[] Packets(string name) => [.. rows.Where(row => row[0] == name).Select(row => $"{row[1]} {row[2]}").Order(StringComparer.Ordinal)];
    }

    /// <summary>The recording in pcaps/ begins with other packets, from which its times count.</summary>
    private static string Untimed(string line) => line.Length > 13 && char.IsAsciiDigit(line[12]) ? line[13..] : line;

    private static string[] Ladder(string path) => CommandRun.Of("inspect", path).Output.Split('\n')[1..];

    /// <summary>A recording with both sides of each packet: as it is in pcaps/, and as replay lets it go.</summary>
    private static string Recorded(TemporaryFolder folder)
    {
        CommandRun.Replay(Recordings.PathOf(Recording), folder["left"]);
        var left = SampleFlow.ReadBytes(File.ReadAllBytes(folder["left"]));
        Dictionary<string, byte[]> byHeader = left.Where(sample => SampleFlow.IsIpv4(sample.Frame)).ToDictionary(sample => Headers(sample.Frame), sample => sample.Frame);
        return Record(folder, [
            .. from sample in SampleFlow.Frames
               where SampleFlow.IsIpv4(sample.Frame)
               select (sample.Microseconds * 1_000, Datagram(sample.Frame), Datagram(byHeader[Headers(sample.Frame)]))]);
    }

    private static string Record(TemporaryFolder folder, IEnumerable<(long Time, byte[] Before, byte[] After)> packets)
    {
        using var recorder = new PacketRecorder(File.Create(folder["recorded.pcapng"]), 64 << 20, _ => { });
        foreach ((long time, byte[] before, byte[] after) in packets)
        {
            recorder.RecordArrival(before, time);
            recorder.RecordDeparture(after, time);
        }

        return folder["recorded.pcapng"];
    }

    /// <summary>Without the padding of short Ethernet frames, which a queue does not have.</summary>
    private static byte[] Datagram(byte[] frame) => frame[14..(14 + ((frame[16] << 8) | frame[17]))];

    /// <summary>What tells a packet and stays: addresses, IP id, and the TCP header up to its checksum.</summary>
    private static string Headers(byte[] frame) => Convert.ToHexString(frame[18..24]) + Convert.ToHexString(frame[26..50]);
}
