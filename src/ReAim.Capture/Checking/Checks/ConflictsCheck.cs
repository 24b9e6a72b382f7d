using System.Globalization;
using ReAim.Alg.Wire;
using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether somebody else takes the clients' connections: a proxy, or another helper.</summary>
internal static class ConflictsCheck
{
    private const ushort UsualPort = 5190;

    /// <summary>Looks. A connection that is only led to another server crosses the forward hook all the same and is helped.</summary>
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
                SourceType = "unicast",
                DestinationType = "unicast",
            })),
        ];
        var seen = new HashSet<string>();
        foreach (ReachableRule reached in situation.Firewall.Reachable("prerouting"))
        {
            Answer answer = packets.Select(packet => packet.Meets(reached.Conditions)).DefaultIfEmpty(Answer.No).Max();
            if (reached.Rule.Action is not (RuleAction.Redirect or RuleAction.DestinationNat or RuleAction.NetworkMap or RuleAction.TransparentProxy)
                || answer == Answer.No)
            {
                continue;
            }

            Finding? finding = reached.Rule.Action == RuleAction.DestinationNat && LeadsBeyond(situation, reached.Rule.Target, out ushort port)
                ? JudgePort(situation, reached.Rule, port)
                : Takes(reached, answer) ? Taken(reached.Rule) : null;
            if (finding is not null && seen.Add(reached.Rule.Text))
            {
                yield return finding;
            }
        }
    }

    // What does not leave the LAN may be anything: a rule for one address concerns one server at most, and mostly a service of ours.
    private static bool Takes(ReachableRule reached, Answer answer) =>
        (answer == Answer.Yes || reached.Rule.Action != RuleAction.DestinationNat)
        && reached.Conditions.All(condition => condition.Field != PacketField.DestinationAddress || condition.IsNegated);

    private static Finding Taken(FirewallRule rule) => Finding.Warning(
        $"this rule takes connections from the LAN that ReAim is to help: {rule.Text}",
        "remove it if it belongs to another helper for AIM; a proxy's own connections are not helped");

    // The forward hook sees what the rule makes of the port.
    private static Finding? JudgePort(GatewaySituation situation, FirewallRule rule, ushort port) =>
        port == 0 || situation.Options.Ports.Count == 0 || situation.Options.Ports.Contains(port)
            ? null
            : Finding.Warning(
                $"this rule leads connections from the LAN to port {port}, which ReAim does not watch: {rule.Text}",
                $"name that port too, if it is an OSCAR server's: --port {string.Join(' ', situation.Options.Ports)} {port}");

    /// <summary>Whether a translated destination is a host beyond the gateway, whose connections still cross it to the Internet.</summary>
    /// <param name="situation">What this machine is like.</param>
    /// <param name="target">An address, with or without a port.</param>
    /// <param name="port">The port; 0 if it stays as it is.</param>
    private static bool LeadsBeyond(GatewaySituation situation, string target, out ushort port)
    {
        int colon = target.IndexOf(':', StringComparison.Ordinal);
        port = 0;
        return Ipv4Address.TryParse(colon < 0 ? target : target.AsSpan(0, colon), out Ipv4Address address)
            && (colon < 0 || ushort.TryParse(target.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
            && situation.Links.All(link => !link.Addresses.Contains(address)
                && (situation.Options.Wan.Contains(link.Name) || !link.Networks.Any(network => network.Contains(address))));
    }
}
