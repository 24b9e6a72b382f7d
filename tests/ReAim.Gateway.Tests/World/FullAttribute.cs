using NUnit.Framework.Interfaces;
using NUnit.Framework.Internal;

namespace ReAim.Gateway.Tests.World;

/// <summary>
/// Part of the full tests only: skipped unless the environment has <c>REAIM_TEST_FULL=1</c>, and <c>REAIM_TEST_PART</c> names the
/// part if the tests belong to one that is run alone.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FullAttribute(string? part = null) : NUnitAttribute, IApplyToTest
{
    public void ApplyToTest(Test test)
    {
        test.Properties.Add(PropertyNames.Category, "Full");
        bool isWanted = Environment.GetEnvironmentVariable("REAIM_TEST_FULL") == "1"
            && (part is null || Environment.GetEnvironmentVariable("REAIM_TEST_PART") == part);
        if (test.RunState is RunState.Runnable && !isWanted)
        {
            test.RunState = RunState.Ignored;
            test.Properties.Set(
                PropertyNames.SkipReason,
                part is null ? "Part of the full tests: set REAIM_TEST_FULL=1." : $"Part of the full tests: tests/full.sh {part} runs it.");
        }
    }
}
