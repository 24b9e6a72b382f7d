using System.Diagnostics;
using ReAim.Capture.Commands;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Commands;

/// <summary>The program itself, started by a shell that closed its standard streams, or gave it ones that do not fit.</summary>
[TestFixture]
[Platform("Linux")]
internal sealed class ClosedStreamsTests
{
    private static readonly string Program = typeof(CommandLine).Assembly.Location;
    private static readonly string Recording = Recordings.PathOf("l_many_offers-aol.lan.pcap");

    [TestCase("inspect IN >&-", 0, "")]
    [TestCase("inspect IN 2>&- >/dev/null", 0, "")]
    [TestCase("inspect IN >&- 2>&- <&-", 0, "")]
    [TestCase("inspect nothing.pcap 2>&-", 2, "")]
    [TestCase("inspect IN 1</dev/null", 0, "")]
    [TestCase("status >&- 2>&-", 2, "")]
    [TestCase("--help >&-", 0, "")]
    [TestCase("inspect - <&-", 2, "reaim: there is no standard input: give the path of a pcap or pcapng file.\n")]
    [TestCase("replay IN -w - --lan 192.168.7.0/24 --public 203.0.113.7 >&-", 2, "reaim: there is no standard output: give the path of a file.\n")]
    public void A_stream_that_was_closed_is_no_crash(string command, int exitCode, string says)
    {
        (int code, string error) = Run(command);
        Assert.That((code, error), Is.EqualTo((exitCode, says)));
    }

    [Test]
    public void A_report_that_nobody_reads_does_not_get_into_the_output()
    {
        using var folder = new TemporaryFolder();
        CommandRun.Replay(Recording, folder["expected"]);
        Assert.That(Run($"replay IN -w {folder["out"]} --lan 192.168.7.0/24 --public 203.0.113.7 >&- 2>&- <&-").ExitCode, Is.Zero);
        Assert.That(File.ReadAllBytes(folder["out"]), Is.EqualTo(File.ReadAllBytes(folder["expected"])));
    }

    [Test]
    public void A_pipeline_of_verbs_works_like_files()
    {
        (int code, string error) = Run("replay - -w - --lan 192.168.7.0/24 --public 203.0.113.7 <IN 2>/dev/null | REAIM inspect - | grep -c 'at 203.0.113.7:' >&2");
        Assert.That((code, error), Is.EqualTo((0, "10\n")));
    }

    [TestCase("15")]
    [TestCase("2 2")]
    public void A_signal_that_ends_it_while_a_pipe_is_silent_leaves_no_half_of_an_output(string signals)
    {
        using var folder = new TemporaryFolder();
        string command = $"mkfifo {folder["pipe"]}; exec 3<>{folder["pipe"]}; head -c 3000 IN >&3; "
            + $"env --default-signal=2 REAIM replay - -w {folder["out"]} --lan 192.168.7.0/24 --public 203.0.113.7 <{folder["pipe"]} & "
            + $"for i in $(seq 300); do ls {folder["out"]}.*.tmp >/dev/null 2>&1 && break; sleep 0.1; done; sleep 0.5; for signal in {signals}; do kill -$signal $!; sleep 0.5; done; "
            + $"wait; rm {folder["pipe"]}";
        Run($"--version >/dev/null; {command}");
        Assert.That(Directory.GetFiles(folder.Path).Select(Path.GetFileName), Is.Empty);
    }

    private static (int ExitCode, string Error) Run(string command)
    {
        string reaim = $"dotnet '{Program}'";
        string line = $"{reaim} {command}".Replace("REAIM", reaim, StringComparison.Ordinal).Replace("IN", $"'{Recording}'", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(line);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.That(output.Result, Has.Length.LessThan(100_000));
        return (process.ExitCode, error);
    }
}
