using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Inspection;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the LAN's addresses are translated on their way out: a host without that is never rewritten.</summary>
internal static class NatCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        if (situation.Lan.All(link => link.Addresses.Count > 0 && link.Addresses.All(address => !address.IsPrivate())))
        {
            yield return Finding.Note(
                "the LAN has public addresses: offers of hosts that are not translated stay as they are, and need no help");
            yield break;
        }

        ReachableRule[] translations =
        [
            .. situation.Firewall.Reachable("postrouting").Where(reached => reached.Rule.Action is RuleAction.SourceNat or RuleAction.NetworkMap),
        ];
        foreach (NetworkLink wan in situation.Wan)
        {
            yield return translations.Any(rule => Applies(rule, wan, situation))
                ? Finding.Ok($"what leaves by {wan.Name} is translated")
                : Finding.Warning(
                    $"no rule translates what leaves by {wan.Name}, and an offer of a host without NAT is never rewritten",
                    "nft 'table ip lan_nat { chain postrouting { type nat hook postrouting priority srcnat; "
                    + $"oifname \"{wan.Name}\" masquerade; }}; }}'");
        }
    }

    private static bool Applies(ReachableRule rule, NetworkLink wan, GatewaySituation situation) =>
        situation.Lan.SelectMany(lan => lan.Networks.Select(AddressRange.Of).DefaultIfEmpty().Select(network => new PacketProfile
        {
            InInterface = lan.Name,
            OutInterface = wan.Name,
            Source = lan.Networks.Count > 0 ? network : null,
            SourceType = "unicast",
            DestinationType = "unicast",
        })).Any(packet => packet.Meets(rule.Conditions) != Answer.No);
}
