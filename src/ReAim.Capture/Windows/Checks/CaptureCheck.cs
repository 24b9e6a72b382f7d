using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether there is a library to listen with, where that is wanted.</summary>
internal static class CaptureCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        if (situation.Options.ListensOnly)
        {
            yield return situation.HasNpcap
                ? Finding.Ok("Npcap is there to listen with; no packet is touched")
                : Finding.Problem("--mode listen needs Npcap", "install it from https://npcap.com");
        }
    }
}
