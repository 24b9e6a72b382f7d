using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// Whether the administrator's own forward rules let a peer's connect through that a mapping leads to the LAN. They are not
/// overridden unless that is asked for.
/// </summary>
internal static class ForwardPolicyCheck
{
    // Behind NF_IP_PRI_MANGLE: what comes before, or there, may be met before ours, and no verdict of ours skips it.
    private const int OurPriority = -149;

    // The port that most clients listen on.
    private const ushort UsualPort = 5190;

    /// <summary>Looks. What a relay takes is not forwarded.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Options.Relays)
        {
            return [];
        }

        Finding[] findings = [.. Ways(situation).SelectMany(packet => Look(situation, packet)).Distinct()];
        return findings.Length > 0 ? findings : [Finding.Ok("peers' connects to mappings pass the forward rules")];
    }

    private static IEnumerable<PacketProfile> Ways(GatewaySituation situation) =>
        situation.Wan.SelectMany(wan => situation.Lan.Select(lan => new PacketProfile
        {
            InInterface = wan.Name,
            OutInterface = lan.Name,
            DestinationPort = UsualPort,
            Destination = lan.Networks.Count > 0 ? AddressRange.Of(lan.Networks[0]) : null,
            Connection = ["new", "dnat"],
        }));

    private static IEnumerable<Finding> Look(GatewaySituation situation, PacketProfile packet)
    {
        foreach (FirewallChain chain in situation.Firewall.At("forward").Where(chain => chain.Type == "filter"))
        {
            var walk = ForwardWalk.Through(situation.Firewall, chain, packet);
            bool isSkipped = situation.Options.Pinhole && chain.Priority >= OurPriority;
            foreach (Finding finding in isSkipped ? Skipped(walk) : Kept(walk, situation))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> Kept(ForwardWalk walk, GatewaySituation situation)
    {
        if (walk.IsDropped)
        {
            string alternative = situation.Options.ListensOnly || situation.Options.Pinhole ? "" : "; or let --pinhole pass it by";
            yield return Finding.Warning(
                $"peers' connects are dropped by {Cause(walk.DroppedBy)} of the chain {walk.Chain.Title}",
                $"{AcceptLine.For(walk.Chain, situation.Firewall)}{alternative}");
        }
        else
        {
            foreach (FirewallRule rule in walk.Drops)
            {
                yield return Finding.Note($"a rule of the chain {walk.Chain.Title} may drop connects of some peers: {rule.Text}");
            }
        }
    }

    private static IEnumerable<Finding> Skipped(ForwardWalk walk)
    {
        if (walk.IsDropped && walk.DroppedBy is null)
        {
            yield return Finding.Note($"--pinhole lets peers in although {Cause(null)} of the chain {walk.Chain.Title} is drop");
        }

        foreach (FirewallRule rule in walk.Drops)
        {
            yield return Finding.Note($"--pinhole lets peers in past this rule of the chain {walk.Chain.Title}: {rule.Text}");
        }
    }

    private static string Cause(FirewallRule? rule) => rule is null ? "the policy" : $"the rule '{rule.Text}'";
}
