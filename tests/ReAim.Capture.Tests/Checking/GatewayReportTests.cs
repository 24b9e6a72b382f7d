using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Reporting;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Tests.Checking;

internal sealed class GatewayReportTests
{
    private static readonly GatewayOptions Options = new() { Lan = ["lan0"], Wan = ["wan0"] };
    private string _path = null!;

    [SetUp]
    public void MakePath() => _path = Path.Combine(Path.GetTempPath(), $"reaim-report-{Guid.NewGuid():N}.txt");

    [TearDown]
    public void RemoveFile() => File.Delete(_path);

    [Test]
    public void It_has_program_options_findings_interfaces_and_what_the_system_says()
    {
        string sentence = GatewayReport.Write(
            _path, Options, [Finding.Problem("something is wrong", "do this")], [new ReportSection("a command", "its output"), ReportSection.Of("x", Fail)]);
        string text = File.ReadAllText(_path);
        Assert.Multiple(() =>
        {
            Assert.That(sentence, Does.StartWith($"The report is in {_path}; it names").And.Contains("MAC addresses, public addresses"));
            Assert.That(text, Does.Contain("== Program\nreaim "));
            Assert.That(text, Does.Contain("== Options\n--lan lan0 --wan wan0 --protocol oscar"));
            Assert.That(text, Does.Contain("PROBLEM  something is wrong\n         -> do this"));
            Assert.That(text, Does.Contain("== Interfaces\n").And.Contains("127.0.0.1"));
            Assert.That(text, Does.Contain("== a command\nits output\n"));
            Assert.That(text, Does.Contain("== x\ncould not be read: no.\n"));
        });
    }

    [Test]
    public void A_file_that_cannot_be_written_is_one_sentence() => Assert.That(
        () => GatewayReport.Write(Path.Combine(_path, "in", "no", "folder"), Options, [], []),
        Throws.TypeOf<BadInputException>().With.Message.StartsWith("--report "));

    [TestCase("", "--report names no file: write --report and the path of one.")]
    [TestCase("a\0b", "--report a\0b cannot be written: ")]
    public void A_name_that_no_file_can_have_is_one_sentence(string path, string sentence) => Assert.That(
        () => GatewayReport.Write(path, Options, [], []),
        Throws.TypeOf<BadInputException>().With.Message.StartsWith(sentence));

    [Test]
    public void The_verb_writes_it_beside_what_it_shows()
    {
        var output = new StringWriter();
        var error = new StringWriter();
        CommandLine.Run(["check", "--lan", "nosuch0", "--wan", "nosuch1", "--report", _path], output, error);
        Assert.Multiple(() =>
        {
            Assert.That(output.ToString(), Does.EndWith("so read it before you send it to anybody.\n"));
            Assert.That(File.ReadAllText(_path), Does.Contain("there is no network interface nosuch0").And.Contain("== nft -a list ruleset"));
        });
    }

    private static string Fail() => throw new IOException("no.");
}
