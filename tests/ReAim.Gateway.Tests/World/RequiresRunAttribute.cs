using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.World;

/// <summary>Skips loudly where <c>reaim run</c> cannot work: without root, without NFQUEUE, or without the command itself.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresRunAttribute : NUnitAttribute, IApplyToTest
{
    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    public void ApplyToTest(Test test)
    {
        if (test.RunState is RunState.Runnable && s_obstacle.Value is { } obstacle)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"NOT TESTED: the live gateway tests need {obstacle}.");
        }
    }

    private static string? FindObstacle() =>
        !Environment.IsPrivilegedProcess ? "root (network namespaces, nftables, NFQUEUE)"
        : !File.Exists("/proc/net/netfilter/nfnetlink_queue") ? "a kernel with NFQUEUE"
        : !Shell.TryRun(GatewayTool.Program[0], "", [.. GatewayTool.Program.Skip(1), "run", "--help"]).Output.Contains("--lan", StringComparison.Ordinal) ? "the command `reaim run`"
        : null;
}
