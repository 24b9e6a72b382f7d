using ReAim.Capture.Checking.Checks;
using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking;

/// <summary>Looks at one side of a situation.</summary>
internal delegate IEnumerable<Finding> Check(GatewaySituation situation);

/// <summary>All checks, in the order in which a person reads them.</summary>
internal static class CheckList
{
    /// <summary>Those that <c>run</c> makes before anything else; how rules are installed is tried by what installs them.</summary>
    public static IReadOnlyList<Check> Required { get; } =
    [
        PrivilegesCheck.Look, InterfacesCheck.Look, WanAddressCheck.Look, ForwardingCheck.Look, ListeningCheck.Look,
    ];

    /// <summary>Those that <c>check</c> makes besides of what <c>run</c> needs.</summary>
    public static IReadOnlyList<Check> OfNeeds { get; } =
    [
        QueueCheck.Look, QueueNumberCheck.Look, GuardCheck.Look, InstanceCheck.Look, RecordCheck.Look,
    ];

    /// <summary>Those that <c>check</c> makes of the ways that packets take.</summary>
    public static IReadOnlyList<Check> OfWays { get; } =
    [
        NatCheck.Look, ForwardPolicyCheck.Look, InputPolicyCheck.Look, OutputPolicyCheck.Look, PublicPortsCheck.Look, ConflictsCheck.Look, MarksCheck.Look,
        VerdictMarksCheck.Look, HelpersCheck.Look, FlowtablesCheck.Look, TrackingCheck.Look, MangleForwardCheck.Look, BridgesCheck.Look, NeighboursCheck.Look, RoutesCheck.Look, SourceFilterCheck.Look,
    ];

    /// <summary>Makes all checks; those that need more than there is are left out.</summary>
    public static IReadOnlyList<Finding> Run(GatewaySituation situation)
    {
        List<Finding> findings = [.. Required.SelectMany(check => check(situation))];
        // Without privileges nobody sees rules, and without interfaces nobody can say what becomes of packets.
        if (situation.IsRoot && situation.MayChangeNetwork && Preflight.NamesExist(situation))
        {
            Finding[] swapped = [.. SwappedCheck.Look(situation)];
            if (swapped.Length > 0)
            {
                // What is said of an address or of a way would be said of the wrong side.
                Finding[] ofAddress = [.. WanAddressCheck.Look(situation).Where(finding => finding.Severity != Severity.Problem)];
                findings.RemoveAll(finding => ofAddress.Contains(finding));
                findings.AddRange(swapped);
            }

            findings.AddRange((swapped.Length > 0 ? OfNeeds : OfNeeds.Concat(OfWays)).SelectMany(check => check(situation)));
        }

        return findings;
    }
}
