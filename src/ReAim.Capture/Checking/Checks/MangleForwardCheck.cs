using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether packets reach our jump, which stands last in iptables' mangle/FORWARD where that is the way into the queue.</summary>
internal static class MangleForwardCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.ListensOnly || situation.Prepared?.IptablesCommand is not { } tool)
        {
            return [];
        }

        FirewallChain? chain = situation.Firewall.Chains.FirstOrDefault(chain =>
            chain.Tool == tool && chain.Table == IptablesChain.Table && chain.Name == IptablesChain.Hook);
        return chain is null ? [] : Look(situation, chain);
    }

    private static IEnumerable<Finding> Look(GatewaySituation situation, FirewallChain chain)
    {
        var ends = new Dictionary<FirewallRule, Answer>(ReferenceEqualityComparer.Instance);
        foreach (PacketProfile packet in WatchedPackets.Crossing(situation))
        {
            foreach ((FirewallRule rule, Answer answer) in ChainWalk.Through(situation.Firewall, chain, packet).Ends)
            {
                ends[rule] = ends.TryGetValue(rule, out Answer before) && before > answer ? before : answer;
            }
        }

        uint bit = situation.Options.Marks.Divert;
        string divert = $"0x{bit:x}";

        // A rule that looks at our bit leaves out what has it: nobody else could mean it.
        foreach ((FirewallRule rule, Answer answer) in ends.Where(end => !end.Key.Marks.Any(use => use.Kind == MarkUseKind.CompareConnection && use.Mask == bit)))
        {
            string what = $"before they reach ReAim's jump, which stands last in {chain.Title}";
            string todo = $"let it leave out the connections that ReAim watches: put '-m connmark ! --mark {divert}/{divert}' before its -j or -g";
            yield return answer == Answer.Yes
                ? Finding.Warning($"this rule ends the way of packets that ReAim is to see {what}: {rule.Text}", todo)
                : Finding.Note($"this rule may end the way of packets that ReAim is to see {what}: {rule.Text}", todo);
        }
    }
}
