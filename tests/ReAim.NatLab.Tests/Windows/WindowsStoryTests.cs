using ReAim.NatLab.Tests.Scenarios;

namespace ReAim.NatLab.Tests.Windows;

/// <summary>The stories of gateways and clients, with Windows gateways in both placements.</summary>
[TestFixture]
internal sealed class WindowsStoryTests
{
    private const uint PerTest = 50;

    [Test]
    public void Everybody_reaches_everybody_and_nothing_is_left_behind([Values(Machine.WindowsNat, Machine.WindowsRouter)] object machine, [Range(0, 5)] int part) =>
        StoryTests.PlayAll((uint)part, PerTest, (Machine)machine);
}
