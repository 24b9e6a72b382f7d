using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Capture.Gateway.Rules;

namespace ReAim.Capture.Checking;

/// <summary>What must be so before <c>run</c> installs anything: the same checks that <c>check</c> shows.</summary>
internal static class Preflight
{
    /// <summary>Checks, and finds out how rules can be installed. Nothing is installed.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="generation">For <see cref="GatewayRules.Prepare"/>.</param>
    /// <returns>The rules, to be installed.</returns>
    /// <exception cref="BadInputException">Something is not as it must be: the first thing of that kind.</exception>
    public static GatewayRules Run(GatewayOptions options, Func<uint?>? generation = null)
    {
        var situation = new GatewaySituation(options);
        Require(situation);
        return GatewayRules.Prepare(options, generation);
    }

    /// <summary>Checks all but the rules.</summary>
    /// <exception cref="BadInputException">Something is not as it must be.</exception>
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
