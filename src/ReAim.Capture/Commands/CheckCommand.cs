using System.CommandLine;
using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Reporting;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim check</c>: whether <c>reaim run</c> with the same options would work here, and help.</summary>
internal static class CheckCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter output, TextWriter error)
    {
        var options = new GatewayCommandOptions();
        var json = new Option<bool>("--json") { Description = "Report as one JSON object." };
        var report = new Option<string?>("--report") { Description = "Write everything that who helps you wants to know into a file.", HelpName = "FILE" };
        var command = new Command("check", "Say whether run would work on this gateway, and what stands in its way. Nothing is installed.");
        options.AddTo(command);
        command.Options.Add(json);
        command.Options.Add(report);
        command.SetAction(result => Run(options.Read(result), result.GetValue(json), result.GetValue(report), output, error));
        return command;
    }

    private static int Run(GatewayOptions options, bool json, string? report, TextWriter output, TextWriter error)
    {
        IReadOnlyList<Finding> findings = report is null ? GatewaySystem.Here.Check(options) : CheckAnyway(options);
        if (json)
        {
            FindingsJson.Write(findings, output);
        }
        else
        {
            FindingsText.Write(findings, output);
        }

        if (report is not null)
        {
            // Beside a JSON object nothing else may stand.
            TextWriter where = json ? error : output;
            where.WriteLine(GatewayReport.Write(report, options, findings, GatewaySystem.Here.Describe()));
        }

        return findings.Any(finding => finding.Severity == Severity.Problem) ? ExitCode.BadInput : ExitCode.Success;
    }

    /// <summary>A report is wanted all the more where nothing can be checked.</summary>
    private static IReadOnlyList<Finding> CheckAnyway(GatewayOptions options)
    {
        try
        {
            return GatewaySystem.Here.Check(options);
        }
        catch (BadInputException refused)
        {
            return [Finding.Refused(refused)];
        }
    }
}
