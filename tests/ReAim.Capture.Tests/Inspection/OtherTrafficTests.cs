using ReAim.Alg.Tests.World;
using ReAim.Capture.Inspection;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>Captures without OSCAR: it is said what was there instead.</summary>
[TestFixture]
internal sealed class OtherTrafficTests
{
    private static readonly byte[] Udp =
        Convert.FromHexString("4500001C00010000401100000A0000010A0000020035003500080000");

    private static IEnumerable<TestCaseData> Kinds()
    {
        static TestCaseData Case(string says, string first, string answer) => new TestCaseData(first, answer, says).SetArgDisplayNames(says);
        yield return Case("1 connection: HTTP", "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
        yield return Case("1 connection: TLS, which may hold OSCAR but cannot be read", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003", "\u0016\u0003\u0003\0z\u0002\0\0v\u0003");
        yield return Case("1 connection: TOC", "FLAPON\r\n\r\n", "*\u0001\0\u0001\0\u0004\0\0\0\u0001");
        yield return Case("1 connection: other", "SSH-2.0-OpenSSH_9.2\r\n", "SSH-2.0-OpenSSH_9.2\r\n");
        yield return Case("1 connection: other", "*\u0001\0\u0001\0\u0004\0\0\0\u0002", "x");
        yield return Case("1 connection: other", "G", "x");
    }

    [TestCaseSource(nameof(Kinds))]
    public void Other_connections_are_named_by_their_first_bytes(string first, string answer, string says)
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[][] pieces = [.. talk.Handshake(), .. first.Select(letter => talk.Send(true, [(byte)letter])), talk.Send(false, [.. answer.Select(letter => (byte)letter)])];
        string text = Inspecting.Text(Inspecting.Datagrams(pieces));
        Assert.That(text, Does.Contain($"no OSCAR connection in {pieces.Length} packets\n"));
        Assert.That(text, Does.Contain($"  {says}\n"));
    }

    [Test]
    public void A_web_page_that_posts_frames_to_port_5190_is_no_oscar_connection()
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[] frames = Messages.Join(Messages.Flap(1, Messages.U32(1)), Messages.Offer(Addresses.Alice, 8080));
        InspectionReport report = Inspecting.Datagrams([.. talk.Handshake(), talk.Send(true, "POST / HTTP/1.1\r\n\r\n"u8.ToArray()), talk.Send(true, frames)]);
        Assert.That(report.Rendezvous, Is.Empty);
    }

    [Test]
    public void Packets_that_are_not_tcp_are_counted_with_a_reason()
    {
        string text = Inspecting.Text(Inspecting.Datagrams([Udp, Udp, [], [0x60, .. new byte[39]], [0x45]]));
        Assert.That(text, Does.Contain("no OSCAR connection in 5 packets"));
        Assert.That(text, Does.Contain("2 packets not followed: not-tcp").And.Contain("1 packet not followed: not-ipv4").And.Contain("2 packets not followed: truncated"));
    }

    [Test]
    public void A_capture_without_packets_says_so()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("inspect", folder.Write("empty.pcap", new CaptureBuilder().Pcap().Bytes));
        Assert.That(run, Is.EqualTo(new CommandRun(0, "empty.pcap: no packets\n", "")));
        Assert.That(CommandRun.Of("inspect", folder["empty.pcap"], "--json").Json.GetProperty("packets").GetInt32(), Is.Zero);
    }

    [TestCase("does not exist", "nothing.pcap")]
    [TestCase("is a directory", "/")]
    [TestCase("is empty", "/dev/null")]
    [TestCase("not a capture file", "/proc/self/status")]
    public void Bad_input_is_one_sentence(string says, string input)
    {
        CommandRun run = CommandRun.Of("inspect", input);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.StartWith("reaim: ").And.Contains(says));
        Assert.That(run.Error.TrimEnd('\n'), Does.Not.Contain('\n'));
    }

    [Test]
    public void A_link_type_that_cannot_be_looked_into_is_refused()
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of("inspect", folder.Write("in", new CaptureBuilder().Pcap(linkType: 147).Packet(1, 0, new byte[60]).Bytes));
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Contains.Substring("link type 147"));
    }

    [Test]
    public void More_connections_than_may_be_followed_are_named()
    {
        IEnumerable<byte[]> syns = Enumerable.Range(1, 20).Select(port => new TcpTalk($"192.168.7.10:{port}", "198.51.100.5:80").Syn());
        InspectionReport report = Inspecting.Datagrams(new Limits { MaxConnections = 15 }, syns);
        Assert.That(report.Conversations, Has.Count.EqualTo(15));
        Assert.That(Inspecting.Text(report), Does.Contain("connection-limit").And.Contain("5 packets not followed: flow-table-full"));
    }

    [Test]
    public void More_messages_of_a_rendezvous_than_may_be_kept_are_named()
    {
        byte[][] again = [.. Enumerable.Range(0, 30).Select(_ => Rendezvous.Relayed(2))];
        InspectionReport report = Inspecting.Datagrams(new Limits { MaxMessages = 10 }, Rendezvous.Offering(fromServer: again));
        Assert.That(report.Rendezvous.Single().Messages, Has.Count.EqualTo(10));
        Assert.That(Inspecting.Text(report), Does.Contain("message-limit: only the first 10 rendezvous messages are put together."));
    }

    [TestCase("a", 1_024, 1_024)]
    [TestCase("a", 1_025, 1_025)]
    [TestCase("a", 9_000, 1_025)]
    [TestCase("é", 512, 512)]
    [TestCase("é", 513, 513)]
    [TestCase("€", 900, 342)]
    [TestCase("\U0001F600", 300, 513)]
    public void A_name_of_any_length_is_kept_in_one_length_and_no_letter_is_cut(string letter, int count, int kept)
    {
        string name = string.Concat(Enumerable.Repeat(letter, count)), read = NetworkText.Read(System.Text.Encoding.UTF8.GetBytes(name));
        Assert.That(read, Has.Length.EqualTo(kept));
        Assert.That(name, Does.StartWith(read.TrimEnd('…')));
    }

    [Test]
    public void A_ladder_that_grows_too_long_ends_and_says_so()
    {
        var talk = new TcpTalk("192.168.7.10:40000", "198.51.100.5:5190");
        byte[][] packets = [.. talk.Handshake(), talk.Send(true, Messages.Flap(1, Messages.U32(1))), .. Enumerable.Range(0, 30).Select(_ => talk.Send(true, Messages.Flap(5)))];
        string text = Inspecting.Text(Inspecting.Datagrams(new Limits { MaxSteps = 10 }, packets));
        Assert.That(text, Does.Contain("21 more lines left out").And.Contain("step-limit"));
    }
}
