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
    private static readonly uint Seed = Number("REAIM_TEST_SEED", 0);
    private static readonly uint Scale = Number("REAIM_TEST_SCALE", 1);

    [Test]
    public void Everybody_reaches_everybody_and_nothing_is_left_behind([Range(0, 9)] int hundred)
    {
        uint count = PerTest * Scale;
        for (uint i = 0; i < count; i++)
        {
            Play((Seed * 1_000_003) + ((uint)hundred * count) + i);
        }
    }

    private static void Play(uint seed)
    {
        StoryPlan plan = StoryPlan.Of(seed);
        var story = new Story(plan);
        try
        {
            story.Play();
        }
        catch (Exception error)
        {
            throw new AssertionException($"{plan}\n{error.Message}\n{error.StackTrace}", error);
        }
    }

    private static uint Number(string variable, uint otherwise) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : otherwise;
}
