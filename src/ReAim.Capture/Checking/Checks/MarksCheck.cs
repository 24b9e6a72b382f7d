using ReAim.Capture.Checking.Firewall;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Checking.Checks;

/// <summary>Whether rules of others use our mark bits.</summary>
internal static class MarksCheck
{
    /// <summary>Looks.</summary>
    public static IEnumerable<Finding> Look(GatewaySituation situation)
    {
        MarkLayout ours = situation.Options.Marks;
        (FirewallChain Chain, FirewallRule Rule)[] rules =
        [
            .. situation.Firewall.Chains.SelectMany(chain => chain.Rules.Select(rule => (chain, rule))),
        ];
        uint used = rules.SelectMany(entry => entry.Rule.Marks)
            .Where(use => use.Mask != uint.MaxValue)
            .Aggregate(0u, (bits, use) => bits | use.Mask);
        var seen = new HashSet<string>();
        var contact = new MarkContact(situation);
        foreach ((FirewallChain chain, FirewallRule rule) in rules)
        {
            foreach (MarkUse use in rule.Marks)
            {
                if (contact.Disturbs(rule, use, ours.Mask) && Effect(use, ours) is { } effect && seen.Add(rule.Text))
                {
                    yield return Finding.Warning($"this rule {effect}: {rule.Text}", Advice(use, chain, ours, used));
                }
            }
        }

        if (seen.Count == 0 && !VerdictMarksCheck.Look(situation).Any())
        {
            yield return Finding.Ok($"no rule of others uses the mark bits 0x{ours.Mask:x8}");
        }
    }

    private static string? Effect(MarkUse use, MarkLayout ours) => use.Kind switch
    {
        MarkUseKind.SetConnection when (use.Mask & ours.StandingMask) != 0 =>
            "overwrites ReAim's bits of connection marks, and connections are forgotten",
        // To look at that one alone is what check itself advises: a flow that is still read must not be offloaded, or let through early.
        MarkUseKind.CompareConnection when (use.Mask & ours.StandingMask) != 0 && use.Mask != ours.Divert =>
            "compares ReAim's bits of connection marks with its own",
        MarkUseKind.Restore when (use.Mask & ours.StandingMask) != 0 =>
            "copies ReAim's bits of connection marks into packet marks, where routing rules and others may compare them",
        // A whole mark that is set to a value without our bits only clears what is not there yet.
        MarkUseKind.SetPacket or MarkUseKind.ComparePacket when (use.Value & ours.Mask) != 0 => "uses ReAim's bits of packet marks",
        _ => null,
    };

    private static string Advice(MarkUse use, FirewallChain chain, MarkLayout ours, uint used)
    {
        if (use.Mask != uint.MaxValue || use.Kind is MarkUseKind.SetPacket or MarkUseKind.ComparePacket)
        {
            uint taken = used | use.Value | (use.Mask == uint.MaxValue ? 0 : use.Mask);
            return Free(taken) is { } free
                ? $"give ReAim other bits: --mark-mask 0x{free:X8}"
                : "leave four neighbouring bits to ReAim, and name them with --mark-mask";
        }

        string keep = $"0x{ours.Mask:x8}", others = $"0x{~ours.Mask:x8}";
        return (use.Kind, chain.Tool) switch
        {
            (MarkUseKind.SetConnection, "nft") => $"let it keep ReAim's bits: ct mark set ct mark & {keep} | VALUE",
            (MarkUseKind.SetConnection, _) =>
                $"let it keep ReAim's bits: --set-xmark VALUE/{others}, or --save-mark --nfmask {others} --ctmask {others}",
            (MarkUseKind.Restore, "nft") => $"let it leave out ReAim's bits: meta mark set ct mark & {others}",
            (MarkUseKind.Restore, _) => $"let it leave out ReAim's bits: --restore-mark --nfmask {others} --ctmask {others}",
            (_, "nft") => $"let it leave out ReAim's bits: ct mark & {others} == VALUE",
            _ => $"let it leave out ReAim's bits: --mark VALUE/{others}",
        };
    }

    private static uint? Free(uint used)
    {
        for (int shift = 28; shift >= 0; shift--)
        {
            if ((used >> shift & 0xF) == 0)
            {
                return 0xFu << shift;
            }
        }

        return null;
    }
}
