using System.CommandLine;
using ReAim.Capture.Checking;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Commands;

/// <summary><c>reaim check</c>: whether <c>reaim run</c> with the same options would work here, and help.</summary>
internal static class CheckCommand
{
    /// <summary>Makes the verb.</summary>
    public static Command Create(TextWriter output)
    {
        var options = new GatewayCommandOptions();
        var json = new Option<bool>("--json") { Description = "Report as one JSON object." };
        var command = new Command("check", "Say whether run would work on this gateway, and what stands in its way. Nothing is installed.");
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction(result => Run(options.Read(result), result.GetValue(json), output));
        return command;
    }

    private static int Run(GatewayOptions options, bool json, TextWriter output)
    {
        IReadOnlyList<Finding> findings = GatewaySystem.Here.Check(options);
        if (json)
        {
            FindingsJson.Write(findings, output);
        }
        else
        {
            FindingsText.Write(findings, output);
        }

        return findings.Any(finding => finding.Severity == Severity.Problem) ? ExitCode.BadInput : ExitCode.Success;
    }
}
