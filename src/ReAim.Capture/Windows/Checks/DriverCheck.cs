using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether WinDivert can be used, where packets are to be diverted.</summary>
internal static class DriverCheck
{
    /// <summary>What must be beside the program.</summary>
    public static IReadOnlyList<string> Files { get; } = ["WinDivert.dll", "WinDivert64.sys"];

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        if (situation.Options.ListensOnly)
        {
            yield break;
        }

        if (!situation.HasDriverProcessor)
        {
            yield return Finding.Problem("WinDivert's driver is for x64 processors only", "use --mode listen here");
        }

        string[] missing = [.. Files.Where(file => !situation.HasFile(file))];
        yield return missing.Length == 0
            ? Finding.Ok("WinDivert is beside this program")
            : Finding.Problem(
                $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} not beside reaim.exe",
                "put the files of WinDivert 2.2 for x64 there, or use --mode listen");
        yield return situation.Service("BFE") == true
            ? Finding.Ok("the base filtering engine runs")
            : Finding.Problem("the base filtering engine does not run, which WinDivert needs", "start it: sc.exe start BFE");
        if (situation.Service("WinDivert") is not null)
        {
            yield return Finding.Note(
                "WinDivert's driver is loaded already: another program may divert packets too",
                "if help fails, try without that program");
        }
    }
}
