using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>Both are on one LAN: the offer is translated back, and who tries the public address is turned round.</summary>
[RequiresRoot, RequiresRun]
[TestFixtureSource(typeof(Translating), nameof(Translating.Both))]
internal sealed class NeighbourTests(Translating translating)
{
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void A_neighbour_is_told_the_inside_address(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer talk = lab.Alice.OfferDirectIm(dave, "hello", "neighbour");
        talk.AssertDirectAtOnce();
        Assert.That((talk.OfferedAddress, talk.OfferedPort), Is.EqualTo((lab.Alice.Address, 5_190)));
        dave.OfferFile(lab.Alice, dave.Client.CookieDice.Bytes(1 << 20)).AssertDirectAtOnce();
        lab.AssertCleanTraffic();
    }

    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void A_neighbour_that_tries_the_verified_address_first_goes_inside_too(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11", style: new MirandaAim());
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(dave, "hello", "neighbour");
        offer.AssertDirectAtOnce();
        Assert.That(offer.Received!.ConnectedBy, Is.EqualTo(ConnectedBy.Verified0004));
        Assert.That(offer.Received.Proposals[0].Verified.ToString(), Is.EqualTo(lab.Alice.Address));
    }

    /// <summary>He was there before ReAim, so that nobody reads what he is told: it is the public end, wherever he looks, and he is turned back.</summary>
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void A_neighbour_whose_connection_is_not_read_is_turned_back_at_the_public_address(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        dave.SignOn();
        using var tool = translating.Start(lab.Gateway);
        lab.Alice.SignOn();
        Offer talk = lab.Alice.OfferDirectIm(dave, "hello", "neighbour");
        talk.AssertDirectAtOnce();
        Assert.That(talk.OfferedAddress, Is.EqualTo(Lab.PublicAddress));
        lab.Alice.OfferFile(dave, dave.Client.CookieDice.Bytes(100_000)).AssertDirectAtOnce();
    }

    /// <summary>Nobody reads what it is told: it is the public end, wherever it looks, and that end is its own host's.</summary>
    [TestCase(ServerStyle.Keeps)]
    [TestCase(ServerStyle.Overwrites)]
    public void A_client_on_the_gateway_itself_reaches_a_listener_on_the_LAN(object server)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Capture = null });
        Person gwen = lab.AddOnGateway("gwen");
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer talk = lab.Alice.OfferDirectIm(gwen, "hello", "gateway");
        talk.AssertDirectAtOnce();
        Assert.That(talk.OfferedAddress, Is.EqualTo(Lab.PublicAddress));
        lab.Alice.OfferFile(gwen, gwen.Client.CookieDice.Bytes(100_000)).AssertDirectAtOnce();
    }

    /// <summary>As without ReAim: the inside address leads there, the public one nowhere.</summary>
    [TestCase(true)]
    [TestCase(false)]
    public void A_late_offer_to_a_neighbour_that_is_not_read_has_one_way_only(bool isDirectIm)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");

        // A tail-loss probe would bring the rest of the offer in time.
        lab.Alice.Namespace.Sysctl(("ipv4/tcp_early_retrans", "0"));
        dave.SignOn();
        using var tool = translating.Start(lab.Gateway);
        Offer offer;
        int tries = 0;
        do
        {
            // On a busy machine both parts may leave as one, and in time: another try, as another connection.
            Assert.That(++tries, Is.LessThan(6), "no offer was late.");
            lab.Alice.SignOff();
            lab.Alice.SignOn();

            // Both parts of the offer would leave as one behind anything that is not acknowledged yet.
            int confirmed = lab.Alice.Client.Acknowledged;
            lab.Alice.SendIm(dave, "a moment");
            Assert.That(lab.Until(() => lab.Alice.Client.Acknowledged > confirmed, TimeSpan.FromSeconds(5)), "the server answers");
            lab.Alice.Do(() => lab.Alice.Client.CutNextOfferAt = 95);
            offer = isDirectIm ? lab.Alice.OfferDirectIm(dave, "hello") : lab.Alice.OfferFile(dave, dave.Client.CookieDice.Bytes(10_000));
            offer.WaitForEnd(30);
        }
        while (!GatewayStatus.Read(lab.Gateway).GetProperty("reasons").TryGetProperty("offer-late", out _));
        offer.AssertDirectAtOnce();
        Assert.That((offer.OfferedAddress, offer.Received!.ConnectedBy), Is.EqualTo((lab.Alice.Address, ConnectedBy.Internal0003)), offer.ToString());
    }

    /// <summary>Their ports are any, and those in the gateway's own ephemeral range are mapped to others.</summary>
    [Test]
    public void Neighbours_that_try_one_address_only_reach_each_other()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11", style: new MirandaAim());
        Person erin = lab.AddNeighbour("erin", "192.168.7.12", style: new MirandaAim());
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        for (int i = 0; i < 6; i++)
        {
            Offer offer = i % 2 == 0 ? dave.OfferDirectIm(erin, $"hello {i}") : erin.OfferFile(dave, erin.Client.CookieDice.Bytes(10_000));
            offer.WaitForEnd(30);
            Assert.That((offer.Received!.Succeeded, offer.IsWhole, offer.WasCountered), Is.EqualTo((true, true, false)), $"{i}, at {offer.OfferedAddress}:{offer.OfferedPort}: {offer}");
        }
    }

    [Test]
    public void Alice_reaches_herself_at_her_public_address()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = translating.Start(lab.Gateway);
        lab.Bob.Client.AnswerDelay = 3 * Simulation.Second;
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForArrival();
        Assert.That(lab.Alice.CanConnect(Lab.PublicAddress, offer.OfferedPort, TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Bob_still_gets_in_while_neighbours_talk()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        using var tool = translating.Start(lab.Gateway);
        lab.SignOn();
        Offer near = lab.Alice.OfferDirectIm(dave, "hello");
        Offer far = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        near.AssertDirectAtOnce();
        far.AssertDirectAtOnce();
    }
}
