using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.World;

/// <summary>Part of the full tests only: skipped unless the environment has <c>REAIM_TEST_FULL=1</c>.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FullAttribute : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        test.Properties.Add(PropertyNames.Category, "Full");
        if (test.RunState is RunState.Runnable && Environment.GetEnvironmentVariable("REAIM_TEST_FULL") != "1")
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(PropertyNames.SkipReason, "Part of the full tests: set REAIM_TEST_FULL=1.");
        }
    }
}
