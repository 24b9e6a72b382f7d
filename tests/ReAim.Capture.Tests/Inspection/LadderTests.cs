using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests.Inspection;

/// <summary>
/// The ladder of each recording, as it was reviewed against pcaps/README.md. REAIM_UPDATE_LADDERS=1 writes them anew: then
/// review the difference.
/// </summary>
[TestFixture]
internal sealed class LadderTests
{
    private static readonly bool IsUpdating = Environment.GetEnvironmentVariable("REAIM_UPDATE_LADDERS") == "1";

    [TestCaseSource(typeof(Recordings), nameof(Recordings.All))]
    public void The_ladder_of_a_recording_is_the_reviewed_one(string recording)
    {
        string path = Path.Combine(Recordings.Folder, "..", "tests", "ReAim.Capture.Tests", "Inspection", "Ladders", Path.ChangeExtension(recording, ".txt"));
        CommandRun run = CommandRun.Of("inspect", Recordings.PathOf(recording));
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        if (IsUpdating)
        {
            File.WriteAllText(path, run.Output);
        }

        Assert.That(run.Output, Is.EqualTo(File.ReadAllText(path)));
    }

    [Test]
    public void A_ladder_fits_a_terminal_of_120_columns()
    {
        foreach (string recording in Recordings.All)
        {
            string[] lines = CommandRun.Of("inspect", Recordings.PathOf(recording)).Output.Split('\n');
            Assert.That(lines.Select(line => line.Length).Max(), Is.LessThanOrEqualTo(120), recording);
        }
    }

    [Test]
    public void The_example_in_the_readme_is_what_is_written()
    {
        string readme = File.ReadAllText(Path.Combine(Recordings.Folder, "..", "README.md"));
        int from = readme.IndexOf("\n[2] OSCAR", StringComparison.Ordinal);
        string[] example = readme[from..readme.IndexOf("```", from, StringComparison.Ordinal)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] ladder = CommandRun.Of("inspect", Recordings.PathOf("b_directim_nat-aol.wan.pcap")).Output.Split('\n');
        Assert.That(example, Has.Length.EqualTo(19));
        Assert.That(example.Except(ladder), Is.Empty);
    }

    [Test]
    public void A_pcapng_copy_of_a_recording_has_the_same_ladder()
    {
        using var folder = new TemporaryFolder();
        var builder = new CaptureBuilder().Section().Interface(1, 9);
        foreach ((long microseconds, byte[] frame) in SampleFlow.Frames)
        {
            builder.Enhanced(0, (ulong)microseconds * 1_000, frame);
        }

        string[] copy = CommandRun.Of("inspect", folder.Write("l_many_offers-aol.lan.pcap", builder.Bytes)).Output.Split('\n');
        Assert.That(copy, Is.EqualTo(CommandRun.Of("inspect", Recordings.PathOf("l_many_offers-aol.lan.pcap")).Output.Split('\n')));
    }
}
