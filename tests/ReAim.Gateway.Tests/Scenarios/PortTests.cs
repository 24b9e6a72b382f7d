using System.Net;
using System.Net.Sockets;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Who gets which public address and port.</summary>
[RequiresRoot, RequiresRun, Full]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class PortTests(Translating translating)
{
    private const int PoolFirst = 61_000;
    private const int PoolLast = 61_999;

    [Test]
    public void Two_hosts_with_the_same_port_are_both_reached()
    {
        using var lab = new Lab();
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = Simulation.Second;
        lab.SignOn();
        Offer[] offers = [lab.Alice.OfferDirectIm(lab.Bob, "from alice"), dave.OfferDirectIm(lab.Bob, "from dave")];
        foreach (Offer offer in offers)
        {
            offer.WaitForEnd(20);
        }

        Assert.That(offers.Select(offer => offer.Sent.ConnectedAt is not null && offer.IsWhole && !offer.WasCountered), Is.All.True);
        int[] ports = [.. offers.Select(offer => offer.OfferedPort).Order()];
        Assert.That((ports[0], ports[1]), Is.EqualTo((5_190, ports[1])));
        Assert.That(ports[1], Is.InRange(PoolFirst, PoolLast));
        lab.AssertCleanTraffic();
    }

    [Test]
    public void Two_offers_of_one_host_are_both_answered()
    {
        using var lab = new Lab();
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer[] offers = [lab.Alice.OfferFile(lab.Bob, new byte[200_000]), lab.Alice.OfferDirectIm(lab.Bob, "hello")];
        foreach (Offer offer in offers)
        {
            offer.AssertDirectAtOnce();
        }

        Assert.That(offers.Select(offer => offer.OfferedPort), Is.EqualTo(new[] { 5_190, 5_191 }));
    }

    [Test]
    public void A_port_is_used_again_within_a_second()
    {
        using var lab = new Lab();
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        for (int i = 0; i < 5; i++)
        {
            Offer offer = lab.Alice.OfferDirectIm(lab.Bob, $"number {i}");
            offer.AssertDirectAtOnce();
            Assert.That(offer.OfferedPort, Is.EqualTo(5_190));
        }
    }

    [Test]
    public void Two_hosts_with_the_same_cookie_are_not_mixed_up()
    {
        using var lab = new Lab();
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = translating.Start(lab.Gateway);
        lab.Alice.Client.CookieDice = new Dice(5);
        dave.Client.CookieDice = new Dice(5);
        lab.SignOn();
        Offer[] offers = [lab.Alice.OfferDirectIm(lab.Bob, "from alice"), dave.OfferDirectIm(lab.Bob, "from dave, longer")];
        Assert.That(offers[0].Sent.Cookie, Is.EqualTo(offers[1].Sent.Cookie));
        foreach (Offer offer in offers)
        {
            offer.AssertDirectAtOnce();
        }
    }

    [Test]
    public void A_host_that_leaves_with_another_address_offers_that_address()
    {
        using var lab = new Lab(new LabOptions { Gateway = settings => settings.WithSecondAddressFor("192.168.7.11", Lab.SecondAddress) });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = dave.OfferDirectIm(lab.Bob, "hello");
        offer.AssertDirectAtOnce();
        Assert.That(offer.OfferedAddress, Is.EqualTo(Lab.SecondAddress));
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
    }

    [Test]
    public void A_public_host_on_the_LAN_is_left_alone()
    {
        using var lab = new Lab(new LabOptions { Gateway = settings => settings with { PublicHosts = ["203.0.113.70"] } });
        Person erin = lab.AddNeighbour("erin", "203.0.113.70");
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        lab.Bob.Client.AnswerDelay = Simulation.Second;
        Offer offer = erin.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        Assert.That((offer.OfferedAddress, translating.MappingCount(lab.Gateway)), Is.EqualTo(("203.0.113.70", 0)));
        offer.WaitForEnd(20);
        Assert.That((offer.WasCountered, offer.IsWhole), Is.EqualTo((false, true)));
    }

    [Test]
    public void A_port_on_which_a_program_of_the_gateway_begins_to_listen_is_the_programs_at_once()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.Answer = AnswerPolicy.Ignore;
        lab.SignOn();
        Offer offer = lab.Alice.OfferFile(lab.Bob, new byte[100]);
        offer.WaitForArrival();
        Assert.That(Moment.Comes(() => translating.MappingCount(lab.Gateway) == 1, 2), "mapped");
        if (translating == Translating.Relay)
        {
            // Nobody else can listen where a relay does.
            return;
        }

        using Socket program = lab.Gateway.Namespace.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        program.Bind(new IPEndPoint(IPAddress.Any, offer.OfferedPort));
        program.Listen();
        Assert.That(Moment.Comes(() => translating.MappingCount(lab.Gateway) == 0, 4), "the mapping is closed");
        Assert.That(tool.WaitForLine("a program here listens on that port now", 2));
    }

    [Test]
    public void A_port_that_the_administrator_forwards_is_not_used()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        lab.Gateway.AddRules(AdministratorRules.PortForward(Lab.PublicAddress, 5_190, dave.Address));
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.AssertDirectAtOnce();
        Assert.That(offer.OfferedPort, Is.InRange(PoolFirst, PoolLast), "5190 is forwarded to somebody else");
    }
}
