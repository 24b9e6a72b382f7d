using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.World;

/// <summary>Skips loudly where network namespaces cannot be made.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class RequiresRootAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        if (test.RunState != RunState.NotRunnable && !Environment.IsPrivilegedProcess)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, "NOT TESTED: the live gateway tests need root (network namespaces, nftables, NFQUEUE).");
        }
    }
}
