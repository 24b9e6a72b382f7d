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

    /// <summary>Those that <c>check</c> makes besides.</summary>
    public static IReadOnlyList<Check> Further { get; } =
    [
        QueueCheck.Look, InstanceCheck.Look, NatCheck.Look, ForwardPolicyCheck.Look, InputPolicyCheck.Look, PublicPortsCheck.Look, ConflictsCheck.Look,
        MarksCheck.Look, VerdictMarksCheck.Look, HelpersCheck.Look, FlowtablesCheck.Look, BridgesCheck.Look, NeighboursCheck.Look, RoutesCheck.Look,
    ];

    /// <summary>Makes all checks; those that need more than there is are left out.</summary>
    public static IReadOnlyList<Finding> Run(GatewaySituation situation)
    {
        List<Finding> findings = [.. Required.SelectMany(check => check(situation))];
        // Without privileges nobody sees rules, and without interfaces nobody can say what becomes of packets.
        if (situation.IsRoot && situation.MayChangeNetwork && Preflight.NamesExist(situation))
        {
            findings.AddRange(Further.SelectMany(check => check(situation)));
        }

        return findings;
    }
}
