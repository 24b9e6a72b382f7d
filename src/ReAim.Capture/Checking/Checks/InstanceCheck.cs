using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether another ReAim runs here.</summary>
internal static class InstanceCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.IsRunning)
        {
            yield return Finding.Problem(
                "reaim runs here already", "stop that one before you start another; reaim status shows what it does");
        }
    }
}
