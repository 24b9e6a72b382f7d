using ReAim.Capture.Checking.Surroundings;

namespace ReAim.Capture.Checking;

/// <summary>What must be so before <c>run</c> installs anything: the same checks that <c>check</c> shows.</summary>
internal static class Preflight
{
    /// <summary>Checks all but the rules.</summary>
    /// <exception cref="BadInputException">Something is not as it must be: the first thing of that kind.</exception>
    public static void Require(GatewaySituation situation)
    {
        foreach (Check check in CheckList.Required)
        {
            if (check(situation).FirstOrDefault(finding => finding.Severity == Severity.Problem) is { } problem)
            {
                throw new BadInputException(problem.Sentence);
            }
        }
    }

    /// <summary>True if all interfaces that were named exist.</summary>
    public static bool NamesExist(GatewaySituation situation) =>
        situation.Options.Lan.Concat(situation.Options.Wan).All(name => situation.Links.Any(link => link.Name == name));
}
