using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether this process may install rules and open the queue.</summary>
internal static class PrivilegesCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        yield return !situation.IsRoot
            ? Finding.Problem("reaim must run as root on a gateway", "start it with sudo, or as a system service")
            : !situation.MayChangeNetwork
                ? Finding.Problem(
                    "root may not change the network here (CAP_NET_ADMIN is missing)",
                    "give the container that capability and the host's network")
                : Finding.Ok("runs as root and may change the network");
    }
}
