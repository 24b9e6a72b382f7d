using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway.Guard;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether connections whose lengths change can be guarded.</summary>
internal static class GuardCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.NeedsGuard && !GuardTable.IsSupported(situation.Options.Marks))
        {
            yield return Finding.Warning(
                "this kernel has no nftables tables with an owner, which guard a connection whose lengths change: offers of IRC and MSN whose public address is longer or shorter than the inside one stay as they are",
                "use Linux 5.12 or later");
        }
    }
}
