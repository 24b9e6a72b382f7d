using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// Whether the administrator's own rules let a peer's connect through that a mapping leads to the LAN, and its answer back. They are
/// not overridden unless that is asked for.
/// </summary>
internal static class ForwardPolicyCheck
{
    // Behind NF_IP_PRI_MANGLE: what comes before, or there, may be met before ours, and no verdict of ours skips it.
    private const int OurPriority = -149;

    /// <summary>Looks. What a relay takes is not forwarded.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.Relays)
        {
            return [];
        }

        IEnumerable<Finding> all =
            from wan in situation.Wan
            from lan in situation.Lan
            from finding in Look(situation, wan, lan)
            select finding;
        Finding[] findings = [.. ArrivalQuestions.Of(situation).SelectMany(question => question.Ask(situation.Firewall)).Concat(all).Distinct()];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to mappings pass the forward rules")];
    }

    private static IEnumerable<Finding> Look(GatewaySituation situation, NetworkLink wan, NetworkLink lan)
    {
        bool isPassedBy = situation.Options.Pinhole && !situation.Options.ListensOnly;
        string alternative = isPassedBy || situation.Options.ListensOnly ? "" : "; or let --pinhole pass it by";
        var connects = new PolicyQuestion("forward", PeerPackets.Translated(wan, lan), Connects, line => $"{line.ForTranslated()}{alternative}")
        {
            Meets = chain => !isPassedBy || chain.Priority < OurPriority,
        };
        PolicyQuestion[] all =
        [
            connects,
            new("prerouting", PeerPackets.Translated(wan, lan, isRouted: false), Connects, line => line.ForTranslated()) { Meets = chain => !ArrivalQuestions.IsBeforeMappings(chain) },
            new("postrouting", PeerPackets.Translated(wan, lan), Connects, line => line.ForTranslated()),
        ];
        return
        [
            .. connects.Ask(situation.Firewall),
            .. isPassedBy ? Skipped(situation, connects) : [],
            .. all.Skip(1).SelectMany(question => question.Ask(situation.Firewall)),
            .. all.Select(question => Answering(situation, question, PeerPackets.Answers(wan, lan, question.Hook != "prerouting"))).SelectMany(question => question.Ask(situation.Firewall)),
        ];
    }

    /// <summary>The way back. What lets connects pass a chain lets their answers pass too.</summary>
    private static PolicyQuestion Answering(GatewaySituation situation, PolicyQuestion connects, IReadOnlyList<PacketProfile> answers) =>
        new(connects.Hook, answers, _ => "the LAN's answers to peers", line => line.ForTranslated())
        {
            Meets = chain => !connects.IsNoIn(situation.Firewall, chain),
            May = "answers to some peers",
        };

    private static string Connects(IReadOnlyList<PacketProfile> dropped)
    {
        ushort[] ports = [.. dropped.Select(packet => packet.DestinationPort!.Value).Distinct()];
        return ports.Length > 1 ? "peers' connects"
            : ports[0] == ClientPorts.Usual ? $"peers' connects to port {ClientPorts.Usual}"
            : $"peers' connects to other ports than {ClientPorts.Usual}, such as {ports[0]},";
    }

    private static IEnumerable<Finding> Skipped(GatewaySituation situation, PolicyQuestion connects)
    {
        foreach (FirewallChain chain in (connects with { Meets = chain => chain.Priority >= OurPriority }).Chains(situation.Firewall))
        {
            ChainWalk[] walks = [.. connects.Packets.Select(packet => ChainWalk.Through(situation.Firewall, chain, packet))];
            if (walks.Any(walk => walk is { IsDropped: true, DroppedBy: null }))
            {
                yield return Finding.Note($"--pinhole lets peers in although the policy of the chain {chain.Title} is drop");
            }

            foreach ((FirewallChain where, FirewallRule rule) in walks.SelectMany(walk => walk.Drops))
            {
                yield return Finding.Note($"--pinhole lets peers in past this rule of the chain {where.Title}: {rule.Text}");
            }
        }
    }
}
