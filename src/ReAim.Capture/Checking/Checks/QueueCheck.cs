using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether nftables takes our table, and how packets get into the queue.</summary>
internal static class QueueCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        yield return situation.Options.NeedsNoRules
            ? Finding.Ok("no rules are needed: mappings are listeners here, and no packet is touched")
            : Probe(situation);
    }

    private static Finding Probe(GatewaySituation situation)
    {
        try
        {
            GatewayRules rules = situation.Rules(situation.Options);
            return Finding.Ok(situation.Options.ListensOnly
                ? "nftables takes the rules of mappings"
                : rules.Options.Flavour == QueueFlavour.Nft
                    ? "nftables takes the rules, and queues packets itself"
                    : situation.Options.Flavour == QueueFlavour.Iptables
                        ? "nftables takes the rules; packets are queued by iptables"
                        : "nftables takes the rules; packets are queued by iptables, because this kernel's nftables cannot");
        }
        catch (BadInputException refused)
        {
            return Finding.Refused(refused);
        }
    }
}
