using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether another ReAim runs here.</summary>
internal static class InstanceCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        if (situation.IsRunning)
        {
            yield return Finding.Problem(
                "reaim runs here already", "stop that one before you start another, with sc.exe stop ReAim if it is the service; reaim status shows what it does");
        }
    }
}
