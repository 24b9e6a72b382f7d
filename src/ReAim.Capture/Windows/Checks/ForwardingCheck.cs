using ReAim.Capture.Checking;

namespace ReAim.Capture.Windows.Checks;

/// <summary>Whether Windows forwards packets between the interfaces.</summary>
internal static class ForwardingCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(WindowsSituation situation)
    {
        // Connection sharing and the routing service forward by themselves, whatever the interfaces say.
        WindowsInterface[] closed = situation.ForwardsAll || situation.Nat is NatKind.ConnectionSharing or NatKind.RoutingService
            ? []
            : [.. situation.Lan.Concat(situation.Wan).Where(one => !situation.Network.Forwarding.Contains(one.Index))];
        yield return closed.Length == 0
            ? Finding.Ok("packets are forwarded between the interfaces")
            : Finding.Warning(
                $"packets may not be forwarded by {string.Join(" and ", closed.Select(one => one.Name))}",
                $"Set-NetIPInterface -InterfaceAlias \"{closed[0].Name}\" -Forwarding Enabled, in PowerShell");
    }
}
