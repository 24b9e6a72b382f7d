using System.Buffers.Binary;
using System.Text.Json;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Replay;

/// <summary>Every recording of real clients: what is rewritten, and that nothing else is.</summary>
[TestFixture]
internal sealed class RecordingTests
{
    private const uint Private = 0xC0A8070A;
    private const uint Public = 0xCB007107;
    private const int EthernetHeader = 14;

    /// <summary>The recording in which an offer is cut where it must wait.</summary>
    private const string Cut = "l_many_offers-aol.lan.pcap";

    /// <summary>How many offers leave from behind the NAT, none of them through the proxy.</summary>
    private static readonly Dictionary<string, int> OffersOf = new()
    {
        ["b_directim_nat-aol.lan.pcap"] = 1,
        ["b_directim_nat-sub.lan.pcap"] = 1,
        ["c_file_nat-aol.lan.pcap"] = 1,
        ["c_file_nat_offload-sub.lan.pcap"] = 1,
        ["f_directim_reject-sub.lan.pcap"] = 1,
        ["f_file_cancel-aol.lan.pcap"] = 1,
        ["f_file_reject-aol.lan.pcap"] = 1,
        ["g_dim_and_file_nat-sub.lan.pcap"] = 2,
        ["g_two_files_nat-aol.lan.pcap"] = 2,
        ["h_directim_2nat_ars-aol.lan.pcap"] = 1,
        ["h_file_2nat_ars-aol.lan.pcap"] = 1,
        ["i_icq_directim_nat-aol.lan.pcap"] = 1,
        ["j_directim_portfwd-sub.lan.pcap"] = 1,
        ["k_file_rev_bobfw_portfwd-aol.lan.pcap"] = 1,
        ["l_many_offers-aol.lan.pcap"] = 10,
    };

    private static IEnumerable<string> Others => Recordings.All.Except(OffersOf.Keys);

    private static IEnumerable<TestCaseData> Offering => OffersOf.Select(entry => new TestCaseData(entry.Key, entry.Value));

    [Test]
    public void There_are_41_recordings_of_which_15_have_offers_from_behind_the_nat() =>
        Assert.That((Recordings.All.Count(), Others.Count()), Is.EqualTo((41, 26)));

    [TestCaseSource(nameof(Others))]
    public void A_recording_without_such_an_offer_comes_out_byte_identical(string recording)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Replay(Recordings.PathOf(recording), folder["out"]);
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(File.ReadAllBytes(Recordings.PathOf(recording))));
        Assert.That(run.Json.GetProperty("mappings").GetArrayLength(), Is.Zero);
    }

    [TestCaseSource(nameof(Offering))]
    public void Each_offer_carries_the_public_address_and_nothing_else_differs(string recording, int offers)
    {
        using var folder = new TemporaryFolder();
        JsonElement report = CommandRun.Replay(Recordings.PathOf(recording), folder["out"]).Json;
        Assert.That(report.GetProperty("rewritten").GetInt32(), Is.EqualTo(offers));
        Assert.That(report.GetProperty("mappings").GetArrayLength(), Is.EqualTo(offers));
        Assert.That(report.GetProperty("dropped").GetInt32(), Is.Zero);
        Assert.That(report.GetProperty("held").GetInt32(), Is.EqualTo(recording == Cut ? 1 : 0));

        IReadOnlyList<(long Microseconds, byte[] Frame)> before = SampleFlow.Read(recording);
        IReadOnlyList<(long Microseconds, byte[] Frame)> after = SampleFlow.ReadBytes(File.ReadAllBytes(folder["out"]));
        Assert.That(after, Has.Count.EqualTo(before.Count));
        HashSet<string> old = [.. before.Select(packet => Convert.ToHexString(packet.Frame))];
        HashSet<string> now = [.. after.Select(packet => Convert.ToHexString(packet.Frame))];
        byte[][] replaced = [.. before.Select(packet => packet.Frame).Where(frame => !now.Contains(Convert.ToHexString(frame)))];
        byte[][] changed = [.. after.Select(packet => packet.Frame).Where(frame => !old.Contains(Convert.ToHexString(frame)))];
        Assert.That((replaced.Length, changed.Length), Is.EqualTo((offers, offers)));
        foreach ((byte[] from, byte[] to) in replaced.Zip(changed))
        {
            AssertOnlyAddressesDiffer(from, to);
        }
    }

    [TestCaseSource(nameof(Offering))]
    public void Tshark_finds_the_public_address_and_no_fault_that_the_recording_did_not_have(string recording, int offers)
    {
        using var folder = new TemporaryFolder();
        string input = Recordings.PathOf(recording);
        CommandRun.Replay(input, folder["out.pcap"]);
        Dictionary<string, int> expected = Tshark.Faults(input);
        if (recording == Cut)
        {
            // The recorded server acknowledges the first half, which a gateway that holds it would have kept from it: tshark
            // sees the acknowledgement before the segment, and takes the segment for a repeated one.
            expected["tcp.analysis.ack_lost_segment"]++;
            expected["tcp.analysis.retransmission"]++;
        }

        Assert.That(Tshark.Faults(folder["out.pcap"]), Is.EqualTo(expected));
        // Only what the client sends: without the recorded acknowledgements tshark decodes a segment that was held, too.
        string[] Decoded(string capture) => [.. Tshark.Run(folder.Write("client.pcap", ClientOnly(capture)), "-Y", "aim_messaging.channelid == 2", "-O", "aim,aim_messaging")
            .Where(line => line.StartsWith("    ", StringComparison.Ordinal))];
        string[] before = Decoded(input);
        string[] after = Decoded(folder["out.pcap"]);
        Assert.That(after, Has.Length.EqualTo(before.Length));
        (string From, string To)[] differences = [.. before.Zip(after).Where(pair => pair.First != pair.Second).Select(pair => (pair.First.Trim(), pair.Second.Trim()))];
        Assert.That(differences, Is.All.EqualTo(("Value: 192.168.7.10", "Value: 203.0.113.7")));
        Assert.That(differences, Has.Length.EqualTo(2 * offers), "0002 and 0003 of each offer");
    }

    [Test]
    public void A_pcapng_copy_of_a_recording_is_rewritten_alike_and_keeps_its_format()
    {
        using var folder = new TemporaryFolder();
        var builder = new CaptureBuilder().Section().Interface(1, 9);
        foreach ((long microseconds, byte[] frame) in SampleFlow.Frames)
        {
            builder.Enhanced(0, (ulong)microseconds * 1_000, frame);
        }

        CommandRun.Replay(folder.Write("in.pcapng", builder.Bytes), folder["out.pcapng"]);
        CommandRun.Replay(Recordings.PathOf("l_many_offers-aol.lan.pcap"), folder["out.pcap"]);
        var expected = new CaptureBuilder().Section().Interface(1, 9);
        foreach ((long microseconds, byte[] frame) in SampleFlow.ReadBytes(File.ReadAllBytes(folder["out.pcap"])))
        {
            expected.Enhanced(0, (ulong)microseconds * 1_000, frame);
        }

        Assert.That(File.ReadAllBytes(folder["out.pcapng"]), Is.EqualTo(expected.Bytes));
    }

    [Test]
    public void The_report_says_who_offered_what_to_whom_and_why_it_ended()
    {
        JsonElement report = CommandRun.Replay(Recordings.PathOf("f_file_cancel-aol.lan.pcap")).Json;
        JsonElement mapping = report.GetProperty("mappings")[0];
        Assert.That(
            ((string[])["public", "lan", "capability", "cookie", "peer", "reason"]).Select(name => mapping.GetProperty(name).GetString()),
            Is.EqualTo(new[] { "203.0.113.7:5190", "192.168.7.10:5190", "send-file", "3032313638353100", "bob", "cancelled" }));
        Assert.That(mapping.GetProperty("closed").GetString(), Does.StartWith("2026-11-").And.EndsWith("Z"));
        Assert.That(report.GetProperty("reasons").GetProperty("offer-rewritten").GetInt32(), Is.EqualTo(1));
        Assert.That(report.GetProperty("servers")[0].GetProperty("host").GetString(), Is.EqualTo("198.51.100.5"));
    }

    [Test]
    public void A_peer_that_connects_is_named()
    {
        JsonElement mapping = CommandRun.Replay(Recordings.PathOf("j_directim_portfwd-sub.lan.pcap")).Json.GetProperty("mappings")[0];
        Assert.That(mapping.GetProperty("connectedFrom").GetString(), Is.EqualTo("198.51.100.77"));
    }

    private static byte[] ClientOnly(string capture)
    {
        var builder = new CaptureBuilder().Pcap();
        foreach ((long microseconds, byte[] frame) in SampleFlow.ReadBytes(File.ReadAllBytes(capture)))
        {
            if (frame.Length > 34 && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(EthernetHeader + 12)) == Private)
            {
                builder.Packet((uint)(microseconds / 1_000_000), (uint)(microseconds % 1_000_000), frame);
            }
        }

        return builder.Bytes;
    }

    private static void AssertOnlyAddressesDiffer(byte[] from, byte[] to)
    {
        int tcp = EthernetHeader + ((from[EthernetHeader] & 15) * 4);
        byte[] expected = [.. from];
        int payload = tcp + ((from[tcp + 12] >> 4) * 4);
        for (int at = payload; at + 8 <= expected.Length; at++)
        {
            // TLVs 0002 and 0003 of four bytes.
            uint header = BinaryPrimitives.ReadUInt32BigEndian(expected.AsSpan(at));
            if (header is 0x0002_0004 or 0x0003_0004 && BinaryPrimitives.ReadUInt32BigEndian(expected.AsSpan(at + 4)) == Private)
            {
                BinaryPrimitives.WriteUInt32BigEndian(expected.AsSpan(at + 4), Public);
            }
        }

        to.AsSpan(tcp + 16, 2).CopyTo(expected.AsSpan(tcp + 16));
        Assert.That(to, Is.EqualTo(expected));
    }
}
