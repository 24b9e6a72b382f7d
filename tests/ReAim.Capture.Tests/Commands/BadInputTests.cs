using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Commands;

/// <summary>Bad input gets one clear sentence and exit code 2, and nothing is written.</summary>
[TestFixture]
internal sealed class BadInputTests
{
    private static readonly string Recording = Recordings.PathOf("a_im-sub.lan.pcap");

    private static IEnumerable<TestCaseData> CommandLines()
    {
        static TestCaseData Case(string says, params string[] args) => new TestCaseData(args, says).SetArgDisplayNames(string.Join(' ', args.Select(Path.GetFileName)) + " ");
        yield return Case("Required command");
        yield return Case("'nonsense'", "nonsense");
        yield return Case("INPUT", "replay");
        yield return Case("'--lan' is required", "replay", Recording);
        yield return Case("--lan needs a network", "replay", Recording, "--lan", "--public", "203.0.113.7");
        yield return Case("'--public' is required", "replay", Recording, "--lan", "192.168.7.0/24");
        string[] gateway = ["--lan", "192.168.7.0/24", "--public", "203.0.113.7"];
        yield return Case("--lan needs a network", "replay", Recording, "--lan", "-w", "out", "--public", "203.0.113.7");
        yield return Case("-w needs a file name", ["replay", Recording, "-w", .. gateway]);
        yield return Case("-w needs a file name", ["replay", Recording, .. gateway, "-w"]);
        yield return Case("-w needs a file name", ["replay", Recording, .. gateway, "-w", ""]);
        yield return Case("--write needs a file name", ["replay", Recording, "--write", .. gateway]);
        yield return Case("--public needs an address", "replay", Recording, "--public", "--lan", "192.168.7.0/24");
        yield return Case("INPUT is missing, for --lan takes every word", "replay", "--lan", "192.168.7.0/24", Recording, "--public", "203.0.113.7");
        yield return Case("'--bogus'", "replay", Recording, "--lan", "192.168.7.0/24", "--bogus", "--public", "203.0.113.7");
        yield return Case("no capture is named", "inspect", "");
        yield return Case("no capture is named", ["replay", "", .. gateway]);
        yield return Case("'INPUT' missing", "inspect", "--json");
        yield return Case("there is no standard input", "inspect", "-");
        yield return Case("there is no standard output", ["replay", Recording, "-w", "-", .. gateway]);
        foreach (string verb in (string[])["run", "check"])
        {
            yield return Case("--record needs a file name", verb, "--record", "--lan", "br0", "--wan", "ppp0");
            yield return Case("--record-limit needs a value: SIZE", verb, "--record-limit", "--lan", "br0", "--wan", "ppp0");
            yield return Case("--wan needs the name of a network interface", verb, "--lan", "br0", "--wan", "--pinhole");
            yield return Case("--server needs a value: CIDR|HOST", verb, "--server", "--lan", "br0", "--wan", "ppp0");
            yield return Case("--pool needs a value: FIRST-LAST", verb, "--lan", "br0", "--wan", "ppp0", "--pool");
            yield return Case("'--bogus' is not understood", verb, "--lan", "br0", "--wan", "ppp0", "--bogus");
        }

        yield return Case("--report needs a file name", "check", "--report", "--json", "--lan", "br0", "--wan", "ppp0");
        yield return Case("'--bogus'", "replay", Recording, "--bogus", "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("does not exist", "replay", "nothing.pcap", "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("is a directory", "replay", Recordings.Folder, "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("is empty", "replay", "/dev/null", "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("not a capture file", "replay", Recordings.PathOf("../LICENSE"), "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        foreach (string lan in (string[])["banana", "192.168.7.0/33", "192.168.7.0/", "192.168.7/24", "300.1.1.1/24", "192.168.7.0/-1", "fd00::/8", "192.168.7.0/24/8", ""])
        {
            yield return Case("is not an IPv4 network", "replay", Recording, "--lan", lan, "--public", "203.0.113.7");
        }

        yield return Case("write 192.168.7.10/32", "replay", Recording, "--lan", "192.168.7.10", "--public", "203.0.113.7");
        foreach (string address in (string[])["banana", "1", "203.0.113", "203.0.113.007", "0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1", "::1", "203.0.113.7/32"])
        {
            yield return Case("is not a host's IPv4 address", "replay", Recording, "--lan", "192.168.7.0/24", "--public", address);
        }

        yield return Case("lies inside", "replay", Recording, "--lan", "10.0.0.0/8", "192.168.7.1/24", "--public", "192.168.7.1");
        yield return Case("is the input itself", "replay", Recording, "-w", Recording, "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("is a directory", "replay", Recording, "-w", Recordings.Folder, "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
        yield return Case("its directory does not exist", "replay", Recording, "-w", "/nowhere/out.pcap", "--lan", "192.168.7.0/24", "--public", "203.0.113.7");
    }

    [Test]
    [Platform("Linux")]
    public void What_the_system_says_of_a_file_names_it_once()
    {
        using var folder = new TemporaryFolder();
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(folder["socket"]));
        Assert.That(CommandRun.Of("inspect", folder["socket"]).Error, Is.EqualTo($"reaim: {folder["socket"]} cannot be opened: No such device or address.\n"));
    }

    [TestCaseSource(nameof(CommandLines))]
    public void A_command_line_that_cannot_be_followed(string[] args, string says)
    {
        CommandRun run = CommandRun.Of(args);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Does.StartWith("reaim: ").And.Contains(says));
        Assert.That(run.Error.TrimEnd('\n'), Does.Not.Contain('\n'));
    }

    [TestCase(new byte[] { 0xD4, 0xC3, 0xB2, 0xA1, 2, 0 }, "not a capture file", TestName = "A file header that is cut off")]
    [TestCase(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25 }, "not a capture file", TestName = "Bytes that are no capture")]
    [TestCase(new byte[0], "is empty", TestName = "An empty file")]
    public void A_file_that_is_no_capture(byte[] file, string says)
    {
        using var folder = new TemporaryFolder();
        CommandRun run = CommandRun.Of(["replay", folder.Write("in", file), "-w", folder["out"], .. CommandRun.Gateway]);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Contains.Substring(says));
        Assert.That(folder.Files, Is.EqualTo(new[] { "in" }));
    }

    [Test]
    public void A_link_type_that_cannot_be_looked_into_is_refused_and_leaves_no_output()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out", [1, 2, 3]);
        string input = folder.Write("in", new CaptureBuilder().Pcap(linkType: 147).Packet(1, 0, new byte[60]).Bytes);
        CommandRun run = CommandRun.Of(["replay", input, "-w", folder["out"], .. CommandRun.Gateway]);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((2, "")));
        Assert.That(run.Error, Contains.Substring("link type 147"));
        Assert.That(folder.Files, Is.EqualTo(new[] { "in", "out" }));
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(new byte[] { 1, 2, 3 }), "what was there stays");
    }

    [Test]
    public void An_output_that_is_the_input_behind_links_is_refused()
    {
        using var folder = new TemporaryFolder();
        byte[] bytes = File.ReadAllBytes(Recording);
        string input = folder.Write("in", bytes);
        Directory.CreateDirectory(folder["real"]);
        Directory.CreateSymbolicLink(folder["linked"], folder.Path);
        File.CreateSymbolicLink(folder["link"], input);
        foreach (string output in (string[])[folder["link"], folder["linked/in"], folder["real/../in"]])
        {
            CommandRun run = CommandRun.Of(["replay", input, "-w", output, .. CommandRun.Gateway]);
            Assert.That((run.ExitCode, run.Error.Contains("is the input itself", StringComparison.Ordinal)), Is.EqualTo((2, true)), output);
        }

        Assert.That(File.ReadAllBytes(input), Is.EqualTo(bytes));
    }

    [Test]
    public void A_device_as_output_is_written_to_and_not_replaced()
    {
        CommandRun.Replay(Recording, "/dev/null");
        Assert.That(new FileInfo("/dev/null").Attributes.HasFlag(FileAttributes.ReparsePoint), Is.False);
        using FileStream device = File.OpenRead("/dev/null");
        Assert.That(device.Length, Is.Zero);
    }

    [Test]
    public void A_full_disk_is_one_sentence_exit_code_1_and_no_output()
    {
        CommandRun run = CommandRun.Of(["replay", Recording, "-w", "/dev/full", .. CommandRun.Gateway]);
        Assert.That((run.ExitCode, run.Output), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith("reaim: ").And.Contains("space"));
    }

    [TestCase("--help")]
    [TestCase("--version")]
    [TestCase("replay", "--help")]
    public void Help_and_version_are_no_errors(params string[] args)
    {
        CommandRun run = CommandRun.Of(args);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Output, Is.Not.Empty);
    }
}
