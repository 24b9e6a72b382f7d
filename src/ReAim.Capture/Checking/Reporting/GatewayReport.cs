using System.Globalization;
using System.Runtime.InteropServices;
using ReAim.Capture.Commands;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Checking.Reporting;

/// <summary>Everything that somebody who is asked for help with a gateway wants to know, as one text.</summary>
internal static class GatewayReport
{
    /// <summary>Writes it into a file.</summary>
    /// <param name="path">The file, which is made anew.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="findings">What the checks found.</param>
    /// <param name="sections">What the system says.</param>
    /// <returns>A sentence that says where it is and what is in it.</returns>
    /// <exception cref="BadInputException">It cannot be written.</exception>
    public static string Write(string path, GatewayOptions options, IReadOnlyList<Finding> findings, IReadOnlyList<ReportSection> sections)
    {
        IReadOnlyList<ReportSection> all = [Program(), Arguments(options), Findings(findings), InterfacesSection.Read(), .. sections];
        string full = NamedFile.Write("--report", path, name =>
        {
            using var output = new StreamWriter(name);
            Write(output, all);
            return Path.GetFullPath(name);
        });
        return $"The report is in {full}; it names this machine's interfaces, MAC addresses, public addresses and firewall rules, "
            + "so read it before you send it to anybody.";
    }

    private static void Write(StreamWriter output, IReadOnlyList<ReportSection> sections)
    {
        foreach (ReportSection section in sections)
        {
            output.WriteLine($"== {section.Title}");
            output.WriteLine(section.Text.TrimEnd());
            output.WriteLine();
        }
    }

    private static ReportSection Program() => new("Program", string.Join('\n',
    [
        $"reaim {StatusTaker.Version}, {DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC",
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        $"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.RuntimeIdentifier}",
        $"privileged: {Environment.IsPrivilegedProcess}, processors: {Environment.ProcessorCount}",
        AppContext.BaseDirectory,
    ]));

    private static ReportSection Arguments(GatewayOptions options) => new("Options", string.Join(' ', GatewayCommandOptions.ToArguments(options)));

    private static ReportSection Findings(IReadOnlyList<Finding> findings)
    {
        var text = new StringWriter();
        FindingsText.Write(findings, text);
        return new ReportSection("Findings", text.ToString());
    }
}
