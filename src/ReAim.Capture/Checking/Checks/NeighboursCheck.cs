using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Other programs that keep rules here.</summary>
internal static class NeighboursCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        FirewallChain[] withRules = [.. situation.Firewall.Chains.Where(chain => chain.Rules.Count > 0 || chain.DropsByDefault)];
        string[] tools = [.. withRules.Select(chain => chain.Tool).Distinct()];
        // Plain iptables may be the legacy one; beside it there is nft at most then.
        if (tools.Contains("iptables-legacy") && tools.Length > 1)
        {
            yield return Finding.Note(
                "rules of iptables-legacy stand beside others: packets meet both, and neither program shows the other's",
                "look at both before you judge: iptables-legacy-save, nft list ruleset");
        }

        if (situation.Firewall.Chains.Any(chain => chain.Name is "DOCKER" or "DOCKER-USER"))
        {
            yield return Finding.Note(
                "Docker keeps forward rules here, and puts them before others when it starts",
                "rules of yours for forwarded packets belong into its chain DOCKER-USER");
        }
    }
}
