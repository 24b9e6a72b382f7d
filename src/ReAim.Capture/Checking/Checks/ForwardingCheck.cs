using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether this machine routes IPv4.</summary>
internal static class ForwardingCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        string[] off =
        [
            .. situation.Options.Lan.Concat(situation.Options.Wan).Where(name => IsOff(situation, $"net/ipv4/conf/{name}/forwarding")),
        ];
        if (IsOff(situation, "net/ipv4/ip_forward"))
        {
            yield return Finding.Problem("this machine does not forward IPv4 packets", "sysctl -w net.ipv4.ip_forward=1");
        }
        else if (off.Length > 0)
        {
            // A name may have dots in it, as those of VLANs have; sysctl takes slashes for that.
            yield return Finding.Problem(
                $"{off[0]} does not forward IPv4 packets", $"sysctl -w net/ipv4/conf/{off[0]}/forwarding=1");
        }
        else
        {
            yield return Finding.Ok("IPv4 packets are forwarded");
        }
    }

    private static bool IsOff(GatewaySituation situation, string setting) => situation.Setting(setting) == "0";
}
