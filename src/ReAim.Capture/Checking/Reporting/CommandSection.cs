using ReAim.Capture.Programs;

namespace ReAim.Capture.Checking.Reporting;

/// <summary>What programs of the system print.</summary>
internal static class CommandSection
{
    /// <summary>Runs a program; what is not installed is said to be so.</summary>
    /// <param name="program">The program; null if it is not installed.</param>
    /// <param name="name">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ReportSection Of(SystemProgram? program, string name, IReadOnlyList<string> arguments) =>
        ReportSection.Of($"{name} {string.Join(' ', arguments)}", () => program is null ? "is not installed" : Text(program.Run(arguments)));

    private static string Text(ProgramResult result) =>
        result.Succeeded ? result.Output : $"{result.Output}\nended with exit code {result.ExitCode}: {result.Error}";
}
