using System.Text.Json;
using System.Text.RegularExpressions;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>One peer for each offer, whoever began first and whoever of ours is dead.</summary>
[RequiresRoot, RequiresRun]
internal sealed partial class OneShotTests
{
    private const int Port = 5_190;
    private const string Mallory = "198.51.100.66";

    [Test]
    public void A_stranger_who_began_before_Bob_reaches_nobody_after_him()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 2 * Simulation.Second;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        using IDisposable begun = stranger.Begin(Port);
        CountAcknowledgements(lab.Alice);
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, false, true)), offer.ToString());
        stranger.GoOn();
        Thread.Sleep(2_000);
        Assert.That(Acknowledgements(lab.Alice), Is.Zero, "of the stranger's segments");
        JsonElement reasons = GatewayStatus.Read(lab.Gateway).GetProperty("reasons");
        Assert.That(reasons.TryGetProperty("mapping-taken", out _) || reasons.TryGetProperty("no-mapping", out _), "he has tried");
    }

    [Test]
    public void Who_has_taken_an_offer_is_still_known_when_the_worker_was_killed()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        using TcpListener listener = lab.Alice.Listen(Port)!;
        int? old = tool.Worker;
        tool.Strike(Victim.Worker, Blow.Killed);
        var tries = new List<bool>();
        for (int i = 0; i < 6; i++)
        {
            tries.Add(stranger.GetsIn(Port));
        }

        Assert.That(tries, Is.All.False);
        Assert.That(tool.WaitForNewWorker(old, 3), Is.True);
        Assert.That(tool.Log, Has.Some.Contains("1 offer of the worker before this one stays open."));
        Assert.That(lab.Gateway.MappingCount(), Is.EqualTo(1));
        Assert.That(lab.Bob.CanConnect(Lab.PublicAddress, Port, TimeSpan.FromSeconds(3)), Is.True, "the peer may come again");
    }

    [Test]
    public void An_offer_that_waits_when_the_worker_is_killed_is_its_peers_and_the_first_ones_only()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 200 * Simulation.Millisecond;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        int? old = tool.Worker;
        tool.Strike(Victim.Worker, Blow.Killed);
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, false, true)), offer.ToString());
        Assert.That(tool.WaitForNewWorker(old, 3), Is.True);
        using TcpListener listener = lab.Alice.Listen(Port)!;
        Assert.That(stranger.GetsIn(Port), Is.False);
    }

    [Test]
    public void After_both_were_killed_nobody_new_gets_in()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        lab.Alice.OfferFile(lab.Bob, new byte[100]).WaitForArrival();
        tool.Kill();
        Assert.That(lab.Gateway.MappingCount(), Is.EqualTo(1), "its lease goes on");
        Assert.That(stranger.GetsIn(Port), Is.False);
    }

    private static void CountAcknowledgements(Person person) => person.Namespace.ExecWithInput(
        "nft", $"table ip ear {{ counter heard {{ }}; chain in {{ type filter hook input priority 0; ip saddr {Mallory} tcp flags & ack == ack counter name heard; }}; }}", "-f", "-");

    private static int Acknowledgements(Person person) =>
        int.Parse(Packets().Match(person.Namespace.Exec("nft", "list", "counter", "ip", "ear", "heard")).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"packets (\d+)")]
    private static partial Regex Packets();
}
