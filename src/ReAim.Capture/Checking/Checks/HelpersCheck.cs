using ReAim.Alg;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Linux.Conntrack;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the kernel's own helpers rewrite what ReAim is to rewrite: a connection has one of the two, never both.</summary>
internal static class HelpersCheck
{
    /// <summary>True: every connection to a helper's port gets it (before Linux 6.0).</summary>
    private const string AutomaticSetting = "net/netfilter/nf_conntrack_helper";

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        foreach (ProtocolDescriptor protocol in situation.Options.Protocols)
        {
            string name = protocol.Name.ToUpperInvariant();
            IEnumerable<string> rules = situation.Firewall.Chains.SelectMany(chain => chain.Rules)
                .Where(rule => rule.Helpers.Any(helper => KernelHelper.Reads(helper, protocol)))
                .Select(rule => rule.Text)
                .Distinct();
            foreach (string rule in rules)
            {
                yield return Finding.Warning(
                    $"this rule gives {name} connections to the kernel's own helper, and ReAim leaves them to that: {rule}",
                    $"remove it if ReAim is to help them; else leave {protocol.Name} out of --protocol");
            }

            if (situation.Setting(AutomaticSetting) == "1" && situation.HasModule($"nf_conntrack_{protocol.Name}"))
            {
                yield return Finding.Warning(
                    $"the kernel gives {name} connections to port {protocol.DefaultPort} to its own helper, and ReAim leaves them to that",
                    "switch that off if ReAim is to help them: sysctl -w net.netfilter.nf_conntrack_helper=0");
            }
        }
    }
}
