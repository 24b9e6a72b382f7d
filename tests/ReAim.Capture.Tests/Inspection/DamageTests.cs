using CsCheck;
using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Captures that are cut, incomplete or damaged: nothing is thrown, and what could not be followed is said.</summary>
[TestFixture]
internal sealed class DamageTests
{
    private const string ManyOffers = "l_many_offers-aol.lan.pcap";

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public void A_capture_may_begin_anywhere_and_later_rendezvous_are_shown(string recording)
    {
        IReadOnlyList<(long Microseconds, byte[] Frame)> frames = SampleFlow.Read(recording);
        long[] offers = [.. Offers(Inspecting.Frames(frames)).Select(offer => offer.Time)];
        for (int first = 1; first < frames.Count; first += Math.Max(1, frames.Count / 40))
        {
            InspectionReport report = Inspecting.Frames(frames.Skip(first));
            Assert.That(Inspecting.Text(report), Is.Not.Empty);

            // Framing needs three frames of the direction an offer came in: sign-on has them, so all offers after it are seen.
            if (first < 150)
            {
                Assert.That(Offers(report).Select(offer => offer.Time), Is.EqualTo(offers), $"from packet {first}");
            }
        }
    }

    [Test]
    public void Between_two_offers_in_mid_stream_the_rest_of_them_is_shown()
    {
        (long Microseconds, byte[] Frame)[] frames = [.. SampleFlow.Read(ManyOffers)];
        long[] offers = [.. Offers(Inspecting.Frames(frames)).Select(offer => offer.Time)];
        (long Microseconds, byte[] Frame)[] rest = [.. frames.SkipWhile(frame => frame.Microseconds * 1_000 <= offers[1])];
        InspectionReport report = Inspecting.Frames(rest);
        Assert.That(Offers(report).Select(offer => offer.Time), Is.EqualTo(offers[2..]));
        Assert.That(Inspecting.Text(report), Does.Contain("met in mid-stream: frames are read from here on"));
        foreach (Conversation conversation in report.Conversations)
        {
            Assert.That(conversation.Steps.Select(step => step.Time), Is.Ordered, "frames that were proven late stand where they came");
        }
    }

    [Test]
    public void Packets_lost_at_random_leave_holes_that_are_named_and_the_rest_is_read()
    {
        (long Microseconds, byte[] Frame)[] frames = [.. SampleFlow.Read(ManyOffers)];
        long shown = 0;
        long holes = 0;
        const int Runs = 200;
        Property.Holds(Gen.Int[0, 49].Array[frames.Length], Runs, fates =>
        {
            InspectionReport report = Inspecting.Frames(frames.Where((_, index) => fates[index] != 0));
            string text = Inspecting.Text(report);
            long missing = report.Conversations.Sum(conversation => conversation.FromClient.Stream.Missing + conversation.FromServer.Stream.Missing);
            Assert.That(text.Contains("missing", StringComparison.Ordinal), Is.EqualTo(missing > 0));
            shown += Offers(report).Count();
            holes += missing > 0 ? 1 : 0;
        }, fates => $"lost: {string.Join(' ', fates.Index().Where(entry => entry.Item == 0).Select(entry => entry.Index))}");
        Assert.That(shown, Is.GreaterThan(8 * Runs), "of ten offers in each capture");
        Assert.That(holes, Is.GreaterThan(Runs / 2));
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Mutated_bytes_never_throw(int which)
    {
        string[] recordings = [ManyOffers, "h_file_2nat_ars-aol.lan.pcap", "j_directim_portfwd-sub.lan.pcap"];
        (long Microseconds, byte[] Frame)[] frames = [.. SampleFlow.Read(recordings[which - 1])];
        Gen<(int Packet, int At, byte Value, int Kind)[]> cases = Gen.Select(Gen.Int[0, frames.Length - 1], Gen.Int[0, 1_500], Gen.Byte, Gen.Int[0, 3]).Array[1, 12];
        Property.Holds(cases, 700, mutations =>
        {
            (long Microseconds, byte[] Frame)[] copy = [.. frames];
            foreach ((int packet, int at, byte value, int kind) in mutations)
            {
                byte[] frame = [.. copy[packet].Frame];
                int place = 14 + (at % Math.Max(1, frame.Length - 14));
                copy[packet].Frame = kind switch
                {
                    0 => frame[..Math.Min(place, frame.Length)],
                    1 when packet > 0 => copy[packet - 1].Frame,
                    _ => Resummed(frame, place, value),
                };
            }

            Assert.That(Inspecting.Text(Inspecting.Frames(copy, showsText: true)), Is.Not.Empty);
        }, mutations => string.Join(' ', mutations));
    }

    [Test]
    public void Random_bytes_in_place_of_messages_never_throw()
    {
        Property.Holds(Gen.Select(Gen.Byte.Array[1, 400].Array[1, 12], Gen.Int[0, 5]), 3_000, (entry) =>
        {
            (byte[][] pieces, int start) = entry;
            byte[] first = start switch
            {
                0 => Messages.Flap(1, Messages.U32(1)),
                1 => "OFT2\u0001\0\u0001\u0001"u8.ToArray(),
                2 => "ODC2\0L\0\u0001"u8.ToArray(),
                3 => Messages.Join(Messages.U16(10), Messages.U16(0x044A), Messages.U16(2), new byte[6]),
                4 => Messages.Snac(4, 7, 1, pieces[0]),
                _ => [],
            };
            var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
            IEnumerable<byte[]> packets = [.. talk.Handshake(), talk.Send(true, first), .. pieces.Select((piece, index) => talk.Send(index % 2 == 0, piece)), talk.Close(true)];
            Assert.That(Inspecting.Text(Inspecting.Datagrams(packets)), Is.Not.Empty);
            Assert.That(Inspecting.Text(Inspecting.Datagrams(packets.Skip(3))), Is.Not.Empty);
        }, entry => $"{entry.Item2}: {string.Join(' ', entry.Item1.Select(Convert.ToHexString))}");
    }

    [Test]
    public void A_file_cut_in_the_middle_of_a_record_is_read_to_there()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = File.ReadAllBytes(Recordings.PathOf(ManyOffers));
        CommandRun run = CommandRun.Of("inspect", folder.Write("cut.pcap", whole[..(whole.Length * 9 / 10)]));
        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Error, Does.Match("^reaim: .*cut.pcap is cut off or damaged after [0-9]+ packets: those were read.\n$"));
        Assert.That(run.Output, Does.Contain("OFFER send file").And.Contain("the capture is cut off or damaged here"));
    }

    [Test]
    public void A_snap_length_that_leaves_the_headers_still_shows_who_connected_to_whom()
    {
        IEnumerable<(long, byte[])> cut = SampleFlow.Read("c_file_nat-aol.lan.pcap").Select(entry => (entry.Microseconds, entry.Frame[..Math.Min(68, entry.Frame.Length)]));
        InspectionReport report = Inspecting.Frames(cut);
        Conversation peer = report.Conversations.Single(conversation => conversation.Server.ToString() == "198.51.100.77:5190");
        Assert.That(peer.FromClient.Stream.Bytes + peer.FromClient.Stream.Missing, Is.EqualTo(307_456));
        Assert.That(peer.IsReached, Is.True);
        Assert.That(report.Skipped.Select(entry => entry.Reason), Has.None.EqualTo(ReAim.Alg.Reason.WrongTcpChecksum));
    }

    [Test]
    public void Connections_whose_first_bytes_the_snap_length_cut_off_are_not_called_something_else()
    {
        IEnumerable<(long, byte[])> cut = SampleFlow.Read(ManyOffers).Select(entry => (entry.Microseconds, entry.Frame[..Math.Min(68, entry.Frame.Length)]));
        Assert.That(Inspecting.Text(Inspecting.Frames(cut)), Does.Contain("5 connections: whose first bytes are missing, so that it is not known what they are"));
    }

    [TestCase(0x2A, true)]
    [TestCase(0x00, false)]
    public void What_is_searched_for_frames_is_limited_and_given_back(byte first, bool isLimited)
    {
        byte[] begun = [first, 2, 0, 1, 0xFF, 0xFF, 0, 4, 0, 6, .. new byte[1_000]];
        var limits = new Limits { MaxBuffered = 5_000 };
        IEnumerable<byte[]> packets = Enumerable.Range(1, 100).Select(port => new TcpTalk($"192.168.7.10:{port}", "198.51.100.5:5190").Send(true, begun));
        Assert.That(Inspecting.Datagrams(limits, packets).Limits.Any(limit => limit.StartsWith("buffer-limit", StringComparison.Ordinal)), Is.EqualTo(isLimited));
    }

    [Test]
    public void A_snap_length_that_leaves_a_part_of_the_messages_names_what_is_missing_and_reads_the_rest()
    {
        IEnumerable<(long, byte[])> cut = SampleFlow.Read(ManyOffers).Select(entry => (entry.Microseconds, entry.Frame[..Math.Min(200, entry.Frame.Length)]));
        InspectionReport report = Inspecting.Frames(cut);
        Assert.That(Inspecting.Text(report), Does.Contain("bytes missing [bytes-missed]").And.Contain("cannot be read"));
        Assert.That(Offers(report).Count(), Is.EqualTo(10), "offers are shorter than that");
    }

    [Test]
    public void Segments_with_a_wrong_checksum_are_not_read_and_counted()
    {
        (long Microseconds, byte[] Frame)[] frames = [.. SampleFlow.Read(ManyOffers)];
        int offer = Array.FindIndex(frames, entry => entry.Frame.Length > 100 && entry.Frame.AsSpan().IndexOf("300k.bin"u8) > 0);
        frames[offer].Frame = [.. frames[offer].Frame[..^1], (byte)(frames[offer].Frame[^1] ^ 1)];
        InspectionReport report = Inspecting.Frames(frames);
        Assert.That(Offers(report).Count(), Is.EqualTo(9));
        Assert.That(Inspecting.Text(report), Does.Contain("1 segment with a wrong checksum not read").And.Contain("wrong-tcp-checksum").And.Contain("117 bytes missing"));
    }

    private static IEnumerable<RendezvousMessage> Offers(InspectionReport report) =>
        report.Rendezvous.SelectMany(story => story.Messages).Where(message => message.IsOffer);

    /// <summary>Changes a byte and makes the TCP checksum fit, so that the change is read.</summary>
    private static byte[] Resummed(byte[] frame, int place, byte value)
    {
        if (place < frame.Length)
        {
            frame[place] = value;
        }

        int tcp = 14 + ((frame.Length > 14 ? frame[14] & 15 : 0) * 4);
        if (frame.Length < tcp + 20 || frame.Length < 34)
        {
            return frame;
        }

        (frame[tcp + 16], frame[tcp + 17]) = (0, 0);
        uint pseudo = (uint)(TcpPacket.Naive(0, frame.AsSpan(26, 8)) + 6 + frame.Length - tcp);
        ushort sum = (ushort)~TcpPacket.Naive(pseudo, frame.AsSpan(tcp));
        (frame[tcp + 16], frame[tcp + 17]) = ((byte)(sum >> 8), (byte)sum);
        return frame;
    }
}
