using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether another ReAim runs here: who checks while it does wants to know how it stands, so that this is no fault.</summary>
internal static class InstanceCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        if (situation.IsRunning)
        {
            yield return Finding.Note(
                "reaim runs here already", "stop that one before you start another, with sc.exe stop ReAim if it is the service; reaim status shows what it does");
        }
    }
}
