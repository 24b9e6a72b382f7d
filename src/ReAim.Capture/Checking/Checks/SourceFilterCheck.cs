using System.Globalization;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the kernel drops what a LAN host sends under an address that is not reached by its interface.</summary>
internal static class SourceFilterCheck
{
    /// <summary>Looks. Of all interfaces' value and an interface's own the higher one counts (ip-sysctl, rp_filter): 1 is strict, 2 loose.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        // Who only listens has no rule that asks for the way back.
        string effect = situation.Options.ListensOnly ? "and --mode listen believes them" : "no port is opened for that, but such packets pass";
        foreach (string name in situation.Options.Lan)
        {
            int value = Math.Max(Value(situation, "all"), Value(situation, name));
            if (value != 1)
            {
                yield return Finding.Warning(
                    $"hosts behind {name} may send under the addresses of other networks (rp_filter is {value}): {effect}",
                    $"sysctl -w net/ipv4/conf/all/rp_filter=0 net/ipv4/conf/{name}/rp_filter=1");
            }
        }
    }

    private static int Value(GatewaySituation situation, string name) =>
        int.TryParse(situation.Setting($"net/ipv4/conf/{name}/rp_filter"), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
}
