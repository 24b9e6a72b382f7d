using System.Globalization;

namespace ReAim.NatLab.Tests.Scenarios;

/// <summary>
/// A thousand stories by seed: through no, one and two gateways, with and without a helper, every client against every other.
/// Slow campaigns set REAIM_TEST_SCALE (how many times as many) and REAIM_TEST_SEED (others).
/// </summary>
[TestFixture]
internal sealed class StoryTests
{
    private const uint PerTest = 100;
    private const int MaxShown = 30;
    private static readonly uint Seed = Number("REAIM_TEST_SEED", 0);
    private static readonly uint Scale = Number("REAIM_TEST_SCALE", 1);

    [Test]
    public void Everybody_reaches_everybody_and_nothing_is_left_behind([Range(0, 9)] int hundred)
    {
        uint count = PerTest * Scale;
        var failures = new List<string>();
        for (uint i = 0; i < count && failures.Count < MaxShown; i++)
        {
            if (Play((Seed * 1_000_003) + ((uint)hundred * count) + i) is { } failure)
            {
                failures.Add(failure);
            }
        }

        Assert.That(failures, Is.Empty, string.Join("\n\n", failures));
    }

    /// <summary>For whoever looks into a failing seed: REAIM_STORY names it.</summary>
    [Test]
    public void One_story_ends_well() => Assert.That(Play(Number("REAIM_STORY", 0)), Is.Null);

    /// <summary>Why a story ended badly; null if it did not.</summary>
    private static string? Play(uint seed)
    {
        StoryPlan plan = StoryPlan.Of(seed);
        var story = new Story(plan);
        using var assertions = new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext();
        try
        {
            story.Play();
            return null;
        }
        catch (Exception error)
        {
            return $"{plan}\n{error.Message}\n{error.StackTrace}\n{story.Internet.Explain()}";
        }
    }

    private static uint Number(string variable, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : otherwise;
}
