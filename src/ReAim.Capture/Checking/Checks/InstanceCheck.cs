using System.Globalization;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway.Supervision;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether another ReAim runs here: who checks while it does wants to know how it stands, so that this is no fault.</summary>
internal static class InstanceCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Instance is not { } instance)
        {
            yield break;
        }

        string which = instance.Process > 0 ? string.Create(CultureInfo.InvariantCulture, $", as process {instance.Process}") : "";
        yield return instance.IsRoots
            ? Finding.Note($"reaim runs here already{which}", "stop that one before you start another; reaim status shows what it does") with { First = "once that one is stopped" }
            : Finding.Problem($"the name {InstanceLock.Name} is taken by {SocketOwner.Of(instance.Process)}, which is not reaim", "stop that one");
    }
}
