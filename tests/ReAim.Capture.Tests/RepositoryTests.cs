using System.Text.RegularExpressions;
using ReAim.Capture.Gateway;
using ReAim.Capture.Tests.World;

namespace ReAim.Capture.Tests;

/// <summary>What documents say of the code, and what the code may not contain.</summary>
[TestFixture]
internal sealed partial class RepositoryTests
{
    [Test]
    public void Every_test_that_the_security_page_names_exists()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Folder, "docs", "SECURITY.md"));
        ILookup<string, string> sources = Repository.Sources("tests").ToLookup(path => Path.GetFileNameWithoutExtension(path)!, File.ReadAllText);
        MatchCollection names = NameOfTest().Matches(page);
        Assert.That(names, Has.Count.GreaterThan(30));
        foreach (Match name in names)
        {
            string test = name.Groups["test"].Value;
            Assert.That(sources[name.Groups["class"].Value].Any(text => text.Contains($" {test}(", StringComparison.Ordinal)), name.Value);
        }
    }

    [Test]
    public void The_ports_that_no_offer_opens_are_those_of_the_page_for_Linux()
    {
        string row = File.ReadLines(Path.Combine(Repository.Folder, "docs", "LINUX.md")).Single(line => line.StartsWith("| `--deny-port", StringComparison.Ordinal));
        int[][] ranges = [.. row[(row.LastIndexOf(':') + 1)..].Trim(' ', '|').Split(", ").Select(range => range.Split('-').Select(int.Parse).ToArray())];
        Assert.That(ranges.SelectMany(range => Enumerable.Range(range[0], range[^1] - range[0] + 1)), Is.EqualTo(DeniedPorts.Default.Order()));
    }

    [Test]
    public void Nothing_but_interop_reaches_past_what_the_compiler_checks()
    {
        foreach (string path in Repository.Sources("src"))
        {
            string text = File.ReadAllText(path);
            bool isInterop = path.Contains("/Interop/", StringComparison.Ordinal);
            Assert.That(Pointer().IsMatch(text) && !isInterop, Is.False, path);
            Assert.That(NativeCode().IsMatch(text) && !isInterop, Is.False, path);
        }
    }

    [Test]
    public void No_program_is_started_through_a_shell()
    {
        foreach (string path in Repository.Sources("src"))
        {
            Assert.That(Shell().IsMatch(File.ReadAllText(path)), Is.False, path);
        }
    }

    /// <summary>A date that jumps changes what is written beside a line, a recorded packet or a report, and nothing else.</summary>
    [Test]
    public void Nothing_is_timed_by_the_date()
    {
        IEnumerable<string> asking = Repository.Sources("src").Where(path => Date().IsMatch(File.ReadAllText(path)));
        Assert.That(asking.Select(Path.GetFileName), Is.EquivalentTo(new[] { "TextLog.cs", "GatewayClock.cs", "GatewayReport.cs" }));
        IEnumerable<string> recording = Repository.Sources("src").Where(path => File.ReadAllText(path).Contains("GatewayClock.WallTime", StringComparison.Ordinal));
        Assert.That(recording.SelectMany(File.ReadLines).Where(line => line.Contains("WallTime", StringComparison.Ordinal)), Has.All.Contains("Record"));
    }

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+)`")]
    private static partial Regex NameOfTest();

    [GeneratedRegex(@"\bunsafe\b(?=\s*(\{|\w+ ))|\bUnsafe\.|\bfixed \(|MemoryMarshal\.(CreateSpan|CreateReadOnlySpan|GetReference|GetArrayDataReference|AsRef)\b|\bMarshal\.(Copy|Read|Write|Ptr|Alloc)")]
    private static partial Regex Pointer();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b")]
    private static partial Regex Date();

    [GeneratedRegex(@"\[(LibraryImport|DllImport)\b")]
    private static partial Regex NativeCode();

    [GeneratedRegex(@"UseShellExecute = true|""(/bin/)?(sh|bash|cmd|cmd\.exe)""")]
    private static partial Regex Shell();
}
