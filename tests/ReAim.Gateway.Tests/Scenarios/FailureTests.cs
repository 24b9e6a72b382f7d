using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>ReAim killed, frozen, restarted, in the middle of everything: only the helping stops.</summary>
[RequiresRoot, RequiresRun]
internal sealed class FailureTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    [Test]
    public void Sign_on_and_IM_go_on([Values] Victim victim, [Values] Blow blow)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Alice.SignOn();
        lab.Bob.SignOn();

        // Dave is in the middle of it: the way to the server and back is a few milliseconds long.
        using var distance = new Detour(lab.Internet, 1_000, 5, 5);
        Task<bool> signOn = dave.BeginSignOn();
        Thread.Sleep(30);
        Assert.That(signOn.IsCompleted, Is.False, "in the middle of signing on");
        tool.Strike(victim, blow);
        long start = lab.Programs.Now;
        lab.Alice.SendIm(lab.Bob, "still here?");
        lab.Bob.SendIm(lab.Alice, "still here!");
        Assert.That(lab.Bob.WaitForIm("still here?", Soon), Is.Not.Null, "Alice's IM");
        Assert.That(lab.Alice.WaitForIm("still here!", Soon), Is.Not.Null, "Bob's IM");
        Assert.That(signOn.Wait(TimeSpan.FromSeconds(2)) && signOn.Result, "Dave is signed on");
        Assert.That(lab.Programs.Now - start, Is.LessThan(2 * Simulation.Second));

        // And whoever comes now.
        lab.Alice.SignOff();
        lab.Alice.SignOn();
    }

    [Test]
    public void A_pending_offer_leads_somewhere([Values] Victim victim, [Values] Blow blow)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 800 * Simulation.Millisecond;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        tool.Strike(victim, blow);
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Succeeded, offer.IsWhole), Is.EqualTo((true, true)), offer.ToString());
    }

    [Test]
    public void A_running_transfer_is_not_touched([Values] Victim victim, [Values] Blow blow)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        Weather.Throttle(lab.Internet, Lab.BobAddress, 100);
        Offer offer = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(16 << 20));
        offer.WaitForConnection(5);
        Thread.Sleep(300);
        int before = lab.Programs.Do(() => offer.Received!.Received.Length);
        Assert.That(before, Is.InRange(1, (16 << 20) - 1), "in the middle of it");
        tool.Strike(victim, blow);
        Thread.Sleep(300);
        Assert.That(lab.Programs.Do(() => offer.Received!.Received.Length) - before, Is.GreaterThan(1 << 20), "it goes on at once");
        offer.AssertDirectAtOnce(30);
    }

    [TestCase(Blow.Killed)]
    [TestCase(Blow.Frozen)]
    public void A_new_worker_takes_over_and_helps(object blow)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        int? old = tool.Worker;
        tool.Strike(Victim.Worker, (Blow)blow);
        Assert.That(tool.WaitForNewWorker(old, 3), "a new worker");
        Assert.That(ProcessTable.IsRunning(old!.Value), Is.False, "the old one is gone");
        AssertHelpsAgain(lab);
    }

    [Test]
    public void A_frozen_supervisor_does_not_keep_the_worker_from_helping()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        tool.Strike(Victim.Supervisor, Blow.Frozen);
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    [Test]
    public void After_kill_9_the_worker_ends_and_a_new_start_cleans_up_and_helps()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var first = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        int worker = first.Worker!.Value;
        first.Kill();
        Assert.That(Moment.Comes(() => !ProcessTable.IsRunning(worker), 1), "the worker has ended");
        using var second = GatewayTool.Start(lab.Gateway);
        AssertHelpsAgain(lab);
        Assert.That(second.Stop().Code, Is.Zero);
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty, "nothing of either is left");
    }

    [Test]
    public void A_restart_in_the_middle_of_everything_goes_unnoticed()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var first = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        Weather.Throttle(lab.Internet, Lab.BobAddress, 100);
        Offer running = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(32 << 20));
        running.WaitForConnection(5);
        Assert.That(first.Stop().Code, Is.Zero);
        using var second = GatewayTool.Start(lab.Gateway);
        Assert.That(running.Sent.IsOver, Is.False, "still running");
        AssertHelpsAgain(lab);
        running.AssertDirectAtOnce();
    }

    /// <summary>A connection that was verified before is known again by its mark, after three whole frames.</summary>
    private static void AssertHelpsAgain(Lab lab)
    {
        for (int i = 0; i < 5; i++)
        {
            lab.Alice.SendIm(lab.Bob, $"frame {i}");
            Assert.That(lab.Bob.WaitForIm($"frame {i}", Soon), Is.Not.Null);
        }

        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }
}
