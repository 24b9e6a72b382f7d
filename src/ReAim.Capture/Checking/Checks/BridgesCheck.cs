using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether packets that are only bridged meet our rules too.</summary>
internal static class BridgesCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Setting("net/bridge/bridge-nf-call-iptables") == "1"
            && situation.Lan.Concat(situation.Wan).FirstOrDefault(link => link.IsBridge) is { } bridge)
        {
            yield return Finding.Note(
                $"packets between the ports of {bridge.Name} meet the IPv4 rules too (br_netfilter), and routed ones some rules twice",
                "if nothing needs that: sysctl -w net.bridge.bridge-nf-call-iptables=0");
        }
    }
}
