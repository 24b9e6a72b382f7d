using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.World;

/// <summary>Skips loudly where <c>reaim run</c> cannot work: without root or without NFQUEUE.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresRunAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (test.RunState is RunState.Runnable && FindObstacle() is { } obstacle)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, $"NOT TESTED: the live gateway tests need {obstacle}.");
        }
    }

    private static string? FindObstacle() =>
        !Environment.IsPrivilegedProcess ? "root (network namespaces, nftables, NFQUEUE)"
        : !File.Exists("/proc/net/netfilter/nfnetlink_queue") ? "a kernel with NFQUEUE"
        : null;
}
