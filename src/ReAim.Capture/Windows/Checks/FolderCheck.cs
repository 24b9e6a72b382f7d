using ReAim.Capture.Checking;
using ReAim.Capture.Windows.Security;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether only administrators can change this program, which has all rights.</summary>
internal static class FolderCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        yield return situation.FolderFlaw() is { } flaw
            ? Finding.Problem(flaw, InstallFolder.Remedy)
            : Finding.Ok("only administrators can change this program");
    }
}
