using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>What the options change.</summary>
[RequiresRoot, RequiresRun]
internal sealed class ModesTests
{
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void Listening_only_opens_ports_and_touches_no_packet(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--mode", "listen");

        // Nothing is held: the port must be open before Bob comes, and the way to him takes a while.
        using var distance = new Detour(lab.Internet, 1_000, 20, 20);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?");
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, false, true)), offer.ToString());
        Assert.That(offer.ConnectedAfter, Is.LessThan(TimeSpan.FromSeconds(1)));
        if ((ServerStyle)server == ServerStyle.Keeps)
        {
            Assert.That(offer.OfferedAddress, Is.EqualTo(lab.Alice.Address));
        }

        Assert.That(lab.Gateway.QueuedCount(), Is.Zero);
    }

    [Test]
    public void Listening_follows_a_client_to_a_server_on_another_port_and_says_nothing_of_tables()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.MoveServer(5191);
        using var tool = GatewayTool.Start(lab.Gateway, "--mode", "listen");

        // Nothing is held: a server some way off leaves the time in which a filter is set.
        using var distance = new Detour(lab.Internet, 1_000, 20, 20);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        Assert.That(Moment.Comes(() => lab.Gateway.MappingCount() == 1, 3), string.Join('\n', tool.Log));
        Assert.That(tool.Log, Has.Some.Contains(":5191 is an OSCAR connection: its offers stay as they are, and the ports that they name are opened at 203.0.113.7"));
        Assert.That(tool.Log, Has.None.Contains("missing").And.None.Contains("will say"));
    }

    [Test]
    public void A_dry_run_follows_a_client_to_a_server_on_another_port_at_its_next_sign_on_at_the_latest()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.MoveServer(5191);
        using var tool = GatewayTool.Start(lab.Gateway, "--dry-run");
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();

        // Nothing is held, so that Alice's first connect to it may come by before it is watched.
        lab.Alice.SignOff();
        lab.Alice.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        Assert.That(tool.WaitForLine("would open 203.0.113.7:5190", 3), string.Join('\n', tool.Log));
    }

    [Test]
    public void A_dry_run_changes_nothing_and_says_what_it_would_do()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--dry-run");
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForEnd(20);
        Assert.That((offer.Received!.Outcome, offer.WasCountered, offer.IsWhole), Is.EqualTo((SessionOutcome.Redirected, true, true)));
        Assert.That(offer.OfferedAddress, Is.EqualTo(lab.Alice.Address));
        Assert.That(tool.Log, Has.Some.Contains("dry run: 192.168.7.10's Direct IM to bob: would open 203.0.113.7:5190"));
        Assert.That(lab.Gateway.ForeignRules(), Does.Not.Contain("dnat"));
    }

    [Test]
    public void A_recording_shows_the_offer_before_and_after()
    {
        string path = Path.Combine(Path.GetTempPath(), $"reaim-recorded-{Environment.ProcessId}.pcapng");
        try
        {
            using var lab = new Lab(new LabOptions { Capture = null });
            using var tool = GatewayTool.Start(lab.Gateway, "--record", path);
            lab.SignOn();
            lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
            tool.Stop();
            string[] rows = Shell.Run("tshark", "-n", "-r", path, "-Y", "tcp.payload contains 09:46:13:45", "-T", "fields", "-e", "frame.interface_name", "-e", "tcp.payload")
                .Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(rows.Where(row => row.Contains("c0a8070a", StringComparison.Ordinal)), Is.Not.Empty.And.All.StartsWith("before"));
            Assert.That(rows.Where(row => row.Contains("cb007107", StringComparison.Ordinal)), Has.Some.StartsWith("after"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Any_port_finds_OSCAR_and_lets_go_of_everything_else()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--port", "any");
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        long before = lab.Gateway.QueuedCount();
        using var listener = lab.Bob.Listen(8_080)!;
        Assert.That(lab.Alice.CanConnect(Lab.BobAddress, 8_080, TimeSpan.FromSeconds(2)));
        Assert.That(lab.Gateway.QueuedCount() - before, Is.InRange(1, 8));
    }

    [TestCase("198.51.100.0/24", true)]
    [TestCase("198.51.100.99", false)]
    public void Only_trusted_servers_are_watched(string trusted, bool isHelped)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--server", trusted);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        Assert.That(offer.OfferedAddress, Is.EqualTo(isHelped ? Lab.PublicAddress : lab.Alice.Address));
    }

    [Test]
    public void A_firewall_that_drops_peers_is_noticed()
    {
        using Lab lab = WithStrictFirewall();
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        Assert.That(tool.WaitForLine("blocked-by-firewall", 5), string.Join('\n', tool.Log));
        offer.WaitForEnd(20);
        Assert.That(offer.WasCountered);
    }

    [Test]
    public void A_pinhole_lets_the_peer_past_a_firewall_that_drops()
    {
        using Lab lab = WithStrictFirewall();
        using var tool = GatewayTool.Start(lab.Gateway, "--pinhole");
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?").AssertDirectAtOnce();
    }

    [Test]
    public void A_private_public_address_is_a_loud_warning()
    {
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { PublicAddress = "10.1.2.3" } });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Alice.SignOn();
        Assert.That(tool.WaitForLine("another NAT in front", 5), string.Join('\n', tool.Log));
    }

    [Test]
    public void A_public_address_that_a_person_names_is_told_and_the_port_opens_at_the_gateways_own()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway, "--public", "203.0.113.99");
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        Assert.That(offer.OfferedAddress, Is.EqualTo("203.0.113.99"));
        Assert.That(lab.Gateway.Mappings(), Has.Some.Contains(Lab.PublicAddress));
    }

    [Test]
    public void Another_WAN_address_is_followed()
    {
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { MoreAddresses = [Lab.SecondAddress] } });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        string listed = lab.Gateway.Namespace.Ip("-br", "addr", "show", "dev", "wan");
        string old = listed.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(word => word.StartsWith(Lab.PublicAddress, StringComparison.Ordinal));
        lab.Gateway.Namespace.Ip("addr", "del", old, "dev", "wan");
        lab.Gateway.Namespace.Ip("route", "replace", "default", "via", Internet.RouterAddress, "dev", "wan", "src", Lab.SecondAddress, "onlink");
        lab.Alice.SignOff();
        lab.Alice.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.AssertDirectAtOnce();
        Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.SecondAddress));
        Assert.That(tool.WaitForLine("the WAN has the address", 8), string.Join('\n', tool.Log));
    }

    [Test]
    public void The_status_shows_a_pending_mapping()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").WaitForArrival();
        string status = lab.Gateway.Namespace.Exec(GatewayTool.Program[0], [.. GatewayTool.Program.Skip(1), "status"]);
        Assert.That(status, Does.Contain("203.0.113.7:5190 -> 192.168.7.10:5190  for bob").And.Contain("offer-rewritten"));
    }

    [TestCase("is named with --lan and with --wan", "--lan", "lan", "--wan", "lan")]
    [TestCase("nosuch", "--lan", "nosuch", "--wan", "wan")]
    [TestCase("--port 70000", "--lan", "lan", "--wan", "wan", "--port", "70000")]
    [TestCase("--mark-mask", "--lan", "lan", "--wan", "wan", "--mark-mask", "0x5")]
    [TestCase("--pool", "--lan", "lan", "--wan", "wan", "--pool", "7-3")]
    [TestCase("no-such-host.invalid", "--lan", "lan", "--wan", "wan", "--server", "no-such-host.invalid")]
    public void Bad_input_is_one_sentence_and_nothing_is_installed(string said, params string[] arguments)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        (int code, string output, string error) = lab.Gateway.Namespace.TryExec(GatewayTool.Program[0], [.. GatewayTool.Program.Skip(1), "run", .. arguments]);
        Assert.That((code, output), Is.EqualTo((2, "")), error);
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
        Assert.That(error, Does.Contain(said));
        Assert.That(lab.Gateway.ForeignRules(), Is.Empty);
    }

    private static Lab WithStrictFirewall() => new(new LabOptions { Capture = null, Gateway = settings => settings with { AcceptsTranslated = false } });
}
