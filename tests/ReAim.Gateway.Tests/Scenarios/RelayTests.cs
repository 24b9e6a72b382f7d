using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Peers come in by listeners of ours: the worker carries their bytes, so that what it carries ends with it.</summary>
[RequiresRoot, RequiresRun]
internal sealed class RelayTests
{
    [Test]
    public void Direct_IM_and_a_file_arrive_whole_at_once_and_nothing_of_them_enters_the_queue()
    {
        using var lab = new Lab(new LabOptions { Capture = $"host {Lab.ServerAddress}" });
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.SignOn();
        Offer talk = lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?", "bye");
        talk.AssertDirectAtOnce();
        Assert.That((talk.OfferedAddress, talk.OfferedPort), Is.EqualTo((Lab.PublicAddress, 5_190)));
        lab.Bob.OfferDirectIm(lab.Alice, "hello").AssertDirectAtOnce();
        long before = lab.Gateway.QueuedCount();
        lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(32 << 20)).AssertDirectAtOnce();
        Assert.That(lab.Gateway.QueuedCount() - before, Is.InRange(1, 60), "what the clients tell the server");
        Assert.That(lab.Gateway.ForeignRules(), Does.Contain("table ip reaim"));
        Assert.That(lab.Gateway.Namespace.Exec("nft", "list", "table", "ip", "reaim"), Does.Not.Contain("dnat"));
        Assert.That(tool.Log, Has.Some.Contains($"{Lab.BobAddress} connected to {Lab.PublicAddress}:5190 (connected)"));
        Assert.That(GatewayStatus.Read(lab.Gateway).GetProperty("counters").GetProperty("relay-carried").GetInt64(), Is.EqualTo(2));
        lab.AssertCleanTraffic();
    }

    [Full]
    [TestCaseSource(typeof(AllStyles), nameof(AllStyles.List))]
    public void Clients_of_every_style_reach_each_other(object style)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11", style: (ClientStyle)style);
        Person erin = lab.AddPublic("erin", "198.51.100.78", (ClientStyle)style);
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.SignOn();
        foreach (Offer offer in (Offer[])[dave.OfferDirectIm(erin, "hello", "bye"), dave.OfferFile(erin, dave.Client.CookieDice.Bytes(300_000))])
        {
            offer.WaitForEnd(40);
            Assert.That((offer.Received!.Outcome, offer.IsWhole, offer.WasCountered), Is.EqualTo((SessionOutcome.Direct, true, false)), offer.ToString());
        }
    }

    [Test]
    public void After_Bob_nobody_gets_in_and_after_the_end_nobody_listens()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        var stranger = new Knocking(lab);
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();

        // Its port is open for half a minute more, for Bob's second try.
        using TcpListener listener = lab.Alice.Listen(5_190)!;
        Assert.That(lab.Gateway.ListenerCount(), Is.EqualTo(1));
        Task<TcpConnection?> heard = lab.Programs.Do(listener.AcceptAsync);
        Assert.That(stranger.GetsIn(5_190), Is.False);
        Assert.That((Refused(lab), heard.IsCompleted), Is.EqualTo((1L, false)), "refused here, and Alice heard of nobody");
        Assert.That(tool.Stop().Code, Is.Zero);
        Assert.That((lab.Gateway.ListenerCount(), lab.Gateway.ForeignRules()), Is.EqualTo((0, "")));
    }

    /// <summary>The gateway looks every second which ports have listeners.</summary>
    [Test, Full]
    public void Listeners_of_our_own_are_not_taken_for_somebody_elses()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        Offer first = lab.Alice.OfferFile(lab.Bob, new byte[100]);
        first.WaitForArrival();
        Thread.Sleep(6_000);
        first.Cancel();
        Assert.That(Moment.Comes(() => lab.Gateway.ListenerCount() == 0, 1), "closed");
        Offer second = dave.OfferFile(lab.Bob, new byte[100]);
        second.WaitForArrival();
        Assert.That((first.OfferedPort, second.OfferedPort), Is.EqualTo((5_190, 5_190)));
    }

    [Test]
    public void A_connection_ends_with_its_worker_and_the_next_offer_is_helped()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.SignOn();
        Weather.Throttle(lab.Internet, Lab.BobAddress, 100);
        Offer offer = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(32 << 20));
        offer.WaitForConnection(5);
        int? old = tool.Worker;
        tool.Strike(Victim.Worker, Blow.Killed);
        Assert.That(tool.WaitForNewWorker(old, 3), "a new worker");
        offer.WaitForEnd(20);
        Assert.That((offer.IsWhole, offer.Received!.Succeeded), Is.EqualTo((false, false)), "nobody takes a part for the whole");
        for (int i = 0; i < 5; i++)
        {
            lab.Alice.SendIm(lab.Bob, $"frame {i}");
            Assert.That(lab.Bob.WaitForIm($"frame {i}", TimeSpan.FromSeconds(1)), Is.Not.Null);
        }

        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    /// <summary>Kopete tries something else when a connection ends that never said a word; libpurple gives the session up.</summary>
    [Test]
    public void A_LAN_host_that_drops_connects_is_a_line_in_the_log_and_the_other_way_is_found()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.Alice.Namespace.ExecWithInput(
            "nft", "table ip deaf { chain ear { type filter hook input priority 0; policy accept; tcp dport 5190 drop; }; }", "-f", "-");
        Person erin = lab.AddPublic("erin", "198.51.100.78", style: new Kopete());
        using var tool = Translating.Relay.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(erin, "hello");
        Assert.That(tool.WaitForLine("the LAN host gives no answer", 10), string.Join('\n', tool.Log));
        offer.WaitForEnd(30);
        Assert.That((offer.Received!.Succeeded, offer.WasCountered), Is.EqualTo((true, true)), offer.ToString());
    }

    [Test]
    public void Without_nft_and_iptables_listening_works_and_nothing_else_does()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Translating.LetIn(lab.Gateway);
        using (var refused = GatewayTool.LaunchWithoutPrograms(lab.Gateway, "--mode", "listen"))
        {
            Assert.That(refused.WaitForLine("the program nft is missing", 5), string.Join('\n', refused.Log));
        }

        using var tool = GatewayTool.LaunchWithoutPrograms(lab.Gateway, "--mode", "listen", "--translator", "relay");
        tool.WaitUntilReady();
        using var distance = new Detour(lab.Internet, 1_000, 20, 20);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?");
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, false, true)), offer.ToString());
        lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(1 << 20)).WaitForEnd(20);
        Assert.That((lab.Gateway.ForeignRules(), lab.Gateway.QueuedCount()), Is.EqualTo(("", 0L)));
        Assert.That(tool.Stop().Code, Is.Zero);
    }

    private static long Refused(Lab lab) => GatewayStatus.Read(lab.Gateway).GetProperty("counters").GetProperty("relay-refused").GetInt64();
}
