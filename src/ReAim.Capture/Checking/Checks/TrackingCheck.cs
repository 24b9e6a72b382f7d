using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether connection tracking knows the connections that ReAim is to help, and by their ends alone.</summary>
internal static class TrackingCheck
{
    /// <summary>Looks. What needs no rules and was told the address asks connection tracking for nothing.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options is { NeedsNoRules: true, Public: not null })
        {
            yield break;
        }

        PacketProfile[] packets = [.. WatchedPackets.Arriving(situation)];
        var seen = new HashSet<FirewallRule>();
        foreach (ReachableRule reached in situation.Firewall.Reachable("prerouting").Where(reached => reached.Rule.LeavesUntracked || reached.Rule.SetsZone))
        {
            Answer answer = packets.Select(packet => packet.Meets(reached.Conditions)).DefaultIfEmpty(Answer.No).Max();
            if (answer != Answer.No && seen.Add(reached.Rule))
            {
                yield return Judge(reached.Rule, answer == Answer.Yes);
            }
        }
    }

    private static Finding Judge(FirewallRule rule, bool isSure)
    {
        (string what, string todo) = rule.LeavesUntracked
            ? (isSure ? "keeps" : "may keep", "packets that ReAim is to see from connection tracking, and what is not tracked is neither watched nor translated")
            : (isSure ? "puts" : "may put", "connections that ReAim is to help into a zone of connection tracking, where it does not find them, so that their offers stay as they are");
        string sentence = $"this rule {what} {todo}: {rule.Text}";
        const string Remedy = "let it leave out the clients' connections to the watched ports, the answers to them, and the ports of offers";
        return isSure ? Finding.Warning(sentence, Remedy) : Finding.Note(sentence, Remedy);
    }
}
