using ReAim.Capture.Checking;
using ReAim.Capture.Checking.Surroundings;
using ReAim.Capture.Gateway;
using ReAim.Gateway.Tests.Rules;

namespace ReAim.Gateway.Tests.Checking;

/// <summary>What checks say of a gateway in a namespace.</summary>
internal static class Situation
{
    /// <summary>What one check says.</summary>
    public static IReadOnlyList<Finding> Ask(this SmallGateway gateway, Check check, GatewayOptions? options = null) =>
        gateway.In<IReadOnlyList<Finding>>(() => [.. check(new GatewaySituation(options ?? SmallGateway.Options))]);

    /// <summary>What one check says, one line for each finding.</summary>
    public static string[] Say(this SmallGateway gateway, Check check, GatewayOptions? options = null) =>
        [.. gateway.Ask(check, options).Select(finding => $"{finding.Severity}: {finding.Sentence}")];
}
