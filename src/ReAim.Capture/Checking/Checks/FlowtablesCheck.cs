using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether connections are forwarded past the hooks, where nobody can rewrite them.</summary>
internal static class FlowtablesCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        uint divert = situation.Options.Marks.Divert;
        if (situation.Options.ListensOnly)
        {
            yield break;
        }

        string how = situation.Firewall.OffloadsToHardware ? "the network card" : "a flowtable";
        foreach (ReachableRule reached in situation.Firewall.Reachable("forward").Where(reached => reached.Rule.Offloads))
        {
            if (reached.Rule.Marks.Any(use => use.Kind == MarkUseKind.CompareConnection && (use.Mask & divert) != 0))
            {
                continue;
            }

            string exception = reached.Chain.Tool == "nft"
                ? $"put 'ct mark & 0x{divert:x8} == 0' before 'flow add'"
                : $"put '-m connmark ! --mark 0x{divert:x}/0x{divert:x}' before '-j FLOWOFFLOAD'";
            yield return Finding.Warning(
                $"this rule moves connections into {how}, past ReAim, after their first packets: {reached.Rule.Text}",
                $"{exception}, so that those which ReAim watches stay; or use --mode listen");
        }

        if (situation.Firewall.Flowtables.Count > 0
            && !situation.Firewall.Reachable("forward").Any(reached => reached.Rule.Offloads))
        {
            yield return Finding.Note(
                $"the flowtable {situation.Firewall.Flowtables[0]} is there, but no rule moves forwarded connections into it");
        }
    }
}
