using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What time ends. These wait more than they work, so they run beside each other.</summary>
[RequiresRoot, RequiresRun, Parallelizable(ParallelScope.All)]
internal sealed class EndingByTimeTests
{
    private const int Port = 5_190;

    [Test]
    public void A_minute_after_sign_off_the_pinhole_is_shut() => AssertShut(66, (lab, _) => lab.Alice.SignOff());

    [Test]
    public void Half_a_minute_after_kill_9_the_pinhole_is_shut() => AssertShut(35, (_, tool) => tool.Kill());

    [Test, Full]
    public void After_ten_minutes_the_pinhole_is_shut() => AssertShut(605, (_, _) => { });

    /// <param name="seconds">After that it must be shut.</param>
    /// <param name="end">What happens.</param>
    private static void AssertShut(int seconds, Action<Lab, GatewayTool> end)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        Assert.That(lab.Gateway.MappingCount(), Is.EqualTo(1));
        end(lab, tool);
        Assert.That(Moment.Comes(() => lab.Gateway.MappingCount() == 0, seconds), $"no mapping after {seconds} s");

        // Whoever listens there now: the gateway alone stands between it and the world.
        using TcpListener? listener = lab.Alice.Listen(Port);
        Assert.That(stranger.GetsIn(Port), Is.False);
    }
}
