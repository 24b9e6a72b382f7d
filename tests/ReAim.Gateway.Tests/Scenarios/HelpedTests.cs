using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Oscar;

namespace ReAim.Gateway.Tests.Scenarios;

/// <summary>With ReAim on the gateway Bob reaches Alice at once, and what they say to each other never enters the queue.</summary>
[RequiresRoot, RequiresRun]
internal sealed class HelpedTests
{
    /// <summary>The packets of a peer connection that may be looked at: its handshake, and a few until its mark is set.</summary>
    private const int FirstPackets = 20;

    [TestCase(ServerStyle.Keeps, true)]
    [TestCase(ServerStyle.Overwrites, true)]
    [TestCase(ServerStyle.Keeps, false)]
    public void Direct_IM_both_ways_at_once(object server, bool offloads)
    {
        using var lab = new Lab(new LabOptions { Server = (ServerStyle)server, Offloads = offloads });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello", "are you there?", "bye").AssertDirectAtOnce();
        lab.Bob.OfferDirectIm(lab.Alice, "hello", "are you there?", "bye").AssertDirectAtOnce();
        lab.AssertCleanTraffic();
        AssertAdministratorsRulesWork(lab);
        Assert.That(lab.Gateway.WaitingCount(), Is.Zero);
    }

    [Test]
    public void The_offer_names_the_gateway()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(lab.Bob, "hello");
        offer.AssertDirectAtOnce();
        Assert.That((offer.OfferedAddress, offer.OfferedPort), Is.EqualTo((Lab.PublicAddress, 5_190)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void A_file_of_64_MiB_arrives_whole_and_its_data_never_enters_the_queue(bool offloads)
    {
        using var lab = new Lab(new LabOptions { Capture = $"host {Lab.ServerAddress}", Offloads = offloads });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        byte[] file = lab.Alice.Client.CookieDice.Bytes(64 << 20);
        long before = lab.Gateway.QueuedCount();
        Offer offer = lab.Alice.OfferFile(lab.Bob, file);
        offer.WaitForConnection(10);
        long connected = lab.Gateway.QueuedCount();
        offer.AssertDirectAtOnce();

        // What the clients tell the server meanwhile is queued, and so is the end of it all.
        Assert.That(connected - before, Is.Positive, "the offer itself was queued");
        Assert.That(lab.Gateway.QueuedCount() - before, Is.LessThan(3 * FirstPackets));
        lab.AssertCleanTraffic();
        AssertAdministratorsRulesWork(lab);
    }

    [TestCase(Clamp.Iptables)]
    [TestCase(Clamp.Nft)]
    public void The_clamp_works_on_connections_that_are_watched_and_on_those_that_are_mapped(object clamp)
    {
        using var lab = new Lab(new LabOptions { Gateway = settings => settings with { Clamp = (Clamp)clamp } });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        Wiretap.Stop(lab.LanTap, lab.WanTap);
        foreach (SeenSegment syn in SeenTraffic.Read(lab.WanTap.File).Segments.Where(segment => segment.IsSynFrom(Lab.PublicAddress)))
        {
            Assert.That(syn.Mss, Is.EqualTo(GatewaySettings.ClampedMss), $"outward: {syn}");
        }

        SeenSegment[] inward = [.. SeenTraffic.Read(lab.LanTap.File).Segments.Where(segment => segment.IsSynFrom(Lab.BobAddress))];
        Assert.That(inward, Is.Not.Empty);
        Assert.That(inward.Select(syn => syn.Mss), Is.All.EqualTo(GatewaySettings.ClampedMss));
    }

    [Test]
    public void A_clamp_that_is_added_later_works_too()
    {
        using var lab = new Lab(new LabOptions { Gateway = settings => settings with { Clamp = Clamp.None } });
        using var tool = GatewayTool.Start(lab.Gateway);
        lab.Gateway.ClampTo(1_200);
        lab.SignOn();
        lab.Alice.OfferDirectIm(lab.Bob, "hello").AssertDirectAtOnce();
        Wiretap.Stop(lab.WanTap);
        SeenSegment[] syns = [.. SeenTraffic.Read(lab.WanTap.File).Segments.Where(segment => segment.IsSynFrom(Lab.PublicAddress))];
        Assert.That(syns, Is.Not.Empty);
        Assert.That(syns.Select(syn => syn.Mss), Is.All.EqualTo(1_200));
    }

    private static void AssertAdministratorsRulesWork(Lab lab)
    {
        Assert.That(lab.Gateway.Count("foreign_kept"), Is.Positive, "the administrator's mark is matched");
        Assert.That(lab.Gateway.Count("foreign_lost"), Is.Zero, "packets on which it was not");
        Assert.That(lab.Gateway.ClampCount(), Is.Positive, "SYNs that were clamped");
        Assert.That(lab.Gateway.Count("invalid"), Is.Zero, "packets that connection tracking did not know");
    }
}
