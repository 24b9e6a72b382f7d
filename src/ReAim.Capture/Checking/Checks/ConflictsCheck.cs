using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether somebody else takes the clients' connections: a proxy, or another helper.</summary>
internal static class ConflictsCheck
{
    private const ushort UsualPort = 5190;

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        IReadOnlyList<ushort> ports = situation.Options.Ports.Count > 0 ? situation.Options.Ports : [UsualPort];
        PacketProfile[] packets =
        [
            .. situation.Options.Lan.SelectMany(lan => ports.Select(port => new PacketProfile
            {
                InInterface = lan,
                DestinationPort = port,
                Connection = ["new"],
            })),
        ];
        var seen = new HashSet<string>();
        foreach (ReachableRule reached in situation.Firewall.Reachable("prerouting"))
        {
            // Where to it goes is not known: a rule for one address concerns one server at most, and mostly a service of ours.
            if (reached.Rule.Action is RuleAction.Redirect or RuleAction.DestinationNat or RuleAction.TransparentProxy
                && reached.Conditions.All(condition => condition.Field != PacketField.DestinationAddress || condition.IsNegated)
                && packets.Any(packet => packet.Meets(reached.Conditions) == Answer.Yes
                    || (reached.Rule.Action != RuleAction.DestinationNat && packet.Meets(reached.Conditions) == Answer.Maybe))
                && seen.Add(reached.Rule.Text))
            {
                yield return Finding.Warning(
                    $"this rule takes connections from the LAN that ReAim is to help: {reached.Rule.Text}",
                    "remove it if it belongs to another helper for AIM; a proxy's own connections are not helped");
            }
        }
    }
}
