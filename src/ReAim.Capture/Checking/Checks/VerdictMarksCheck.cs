using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Checking.Checks;

/// <summary>
/// Whether rules of others take ReAim's bits off packets where it needs them: between the verdict and the chain that keeps what the
/// verdict said, and in the iptables flavour in FORWARD, which a packet has once more after its verdict.
/// </summary>
internal static class VerdictMarksCheck
{
    // NF_IP_PRI_MANGLE, where iptables' chain is; ReAim's own are at + 1 (the queue), + 2 (the guard) and + 3 (what keeps verdicts).
    private const int Mangle = -150, Divert = Mangle + 1, Save = Mangle + 3;

    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        ReachableRule[] clearing = situation.Options.ListensOnly ? [] : [.. Clearing(situation)];
        if (clearing.Length == 0 || Flavour(situation) is not { } flavour)
        {
            yield break;
        }

        foreach (ReachableRule reached in clearing)
        {
            uint others = ~situation.Options.Marks.Mask;
            if (flavour == QueueFlavour.Iptables && IsOfIptables(reached.Chain))
            {
                yield return Finding.Warning(
                    $"this rule clears ReAim's bits of packet marks, so that packets are queued twice and skip rules behind ReAim's: {reached.Rule.Text}",
                    Advice(reached, others));
            }
            else if (reached.Chain.Priority >= (flavour == QueueFlavour.Iptables ? Mangle : Divert))
            {
                // iptables' chain keeps what verdicts say itself; a reset takes a chain of nftables.
                string harm = flavour == QueueFlavour.Iptables
                    ? "behind the queue, so that connections that cannot go on without a worker that ended are not reset"
                    : "before they are kept, so that its connections are not known again";
                yield return Finding.Warning(
                    $"this rule may clear ReAim's bits of packet marks {harm}: {reached.Rule.Text}",
                    $"{Advice(reached, others)}; or give its chain another priority");
            }
        }
    }

    private static IEnumerable<ReachableRule> Clearing(GatewaySituation situation)
    {
        PacketProfile[] packets =
        [
            .. situation.Options.Lan.SelectMany(lan => situation.Options.Wan.SelectMany(wan => new PacketProfile[]
            {
                new() { InInterface = lan, OutInterface = wan },
                new() { InInterface = wan, OutInterface = lan },
            })),
        ];
        uint ours = situation.Options.Marks.Mask;
        return situation.Firewall.At("forward").Where(chain => chain.Priority is >= Mangle and <= Save)
            .SelectMany(situation.Firewall.Reachable)
            .Where(reached => reached.Rule.Marks.Any(use => use.Kind == MarkUseKind.SetPacket && (use.Mask & ours) != 0 && (use.Value & ours) == 0)
                && packets.Any(packet => packet.Meets(reached.Conditions) != Answer.No))
            .DistinctBy(reached => reached.Rule.Text);
    }

    private static bool IsOfIptables(FirewallChain chain) => chain.Tool != "nft";

    private static QueueFlavour? Flavour(GatewaySituation situation)
    {
        try
        {
            return situation.Options.Flavour == QueueFlavour.Auto ? situation.Rules(situation.Options).Options.Flavour : situation.Options.Flavour;
        }
        catch (BadInputException)
        {
            // The check of the queue says so.
            return null;
        }
    }

    private static string Advice(ReachableRule reached, uint others)
    {
        bool isCopy = reached.Rule.Marks.Any(use => use.Kind == MarkUseKind.Restore);
        return (IsOfIptables(reached.Chain), isCopy) switch
        {
            (true, true) => $"let it leave ReAim's bits: --restore-mark --nfmask 0x{others:x8} --ctmask 0x{others:x8}",
            (true, false) => $"let it leave ReAim's bits: --set-xmark VALUE/0x{others:x8}",
            _ => $"let it leave ReAim's bits: meta mark set meta mark & 0x{~others:x8} | VALUE",
        };
    }
}
