using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether the administrator's own output rules let a relay connect to the clients of the LAN.</summary>
internal static class OutputPolicyCheck
{
    // The port that most clients listen on.
    private const ushort UsualPort = 5190;

    /// <summary>Looks. Only a relay connects by itself.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation) => situation.Options.Relays
        ? situation.Lan.SelectMany(lan => Look(situation, lan)).Distinct()
        : [];

    private static IEnumerable<Finding> Look(GatewaySituation situation, NetworkLink lan)
    {
        var packet = new PacketProfile
        {
            OutInterface = lan.Name,
            DestinationPort = UsualPort,
            Source = lan.Addresses.Count > 0 ? AddressRange.Of(lan.Addresses[0]) : null,
            Destination = lan.Networks.Count > 0 ? AddressRange.Of(lan.Networks[0]) : null,
            Connection = ["new"],
        };
        foreach (FirewallChain chain in situation.Firewall.At("output").Where(chain => chain.Type == "filter"))
        {
            var walk = ForwardWalk.Through(situation.Firewall, chain, packet);
            if (walk.IsDropped)
            {
                string cause = walk.DroppedBy is { } rule ? $"the rule '{rule.Text}'" : "the policy";
                yield return Finding.Warning(
                    $"the relay's connects to clients behind {lan.Name} are dropped by {cause} of the chain {chain.Title}",
                    chain.Tool == "nft"
                        ? $"nft insert rule {chain.Family} {chain.Table} {chain.Name} oifname \"{lan.Name}\" meta l4proto tcp accept"
                        : $"{chain.Tool} {(chain.Table == "filter" ? "" : $"-t {chain.Table} ")}-I {chain.Name} -o {lan.Name} -p tcp -j ACCEPT");
            }
        }
    }
}
