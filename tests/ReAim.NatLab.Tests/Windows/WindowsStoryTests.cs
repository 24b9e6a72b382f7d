using ReAim.NatLab.Tests.Scenarios;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>The stories of gateways and clients, with Windows gateways in both placements.</summary>
[TestFixture]
internal sealed class WindowsStoryTests
{
    private const uint PerTest = 50;
    private const int MaxShown = 3;

    [Test]
    public void Everybody_reaches_everybody_and_nothing_is_left_behind([Values(Machine.WindowsNat, Machine.WindowsRouter)] object machine, [Range(0, 5)] int part)
    {
        uint count = PerTest * StoryTests.Scale;
        var failures = new List<string>();
        for (uint i = 0; i < count && failures.Count < MaxShown; i++)
        {
            if (StoryTests.Play((StoryTests.Seed * 1_000_003) + ((uint)part * count) + i, (Machine)machine) is { } failure)
            {
                failures.Add(failure);
            }
        }

        Assert.That(failures, Is.Empty, string.Join("\n\n", failures));
    }
}
