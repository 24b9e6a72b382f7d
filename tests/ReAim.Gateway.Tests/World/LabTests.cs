using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Oscar.Styles;

namespace ReAim.Gateway.Tests.World;

/// <summary>The laboratory itself: what its judgements notice, and that it is what it says it is.</summary>
[RequiresRoot, Parallelizable(ParallelScope.All)]
internal sealed class LabTests
{
    [Test]
    public void A_file_of_64_MiB_goes_through_a_port_forward_whole()
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        lab.Gateway.AddRules(AdministratorRules.PortForward(Lab.PublicAddress, 5_190, lab.Alice.Address));
        lab.SignOn();
        Offer offer = lab.Alice.OfferFile(lab.Bob, lab.Alice.Client.CookieDice.Bytes(64 << 20));
        offer.WaitForEnd(60);
        Assert.That((offer.Received!.Outcome, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, true)));
        Assert.That(lab.Gateway.QueuedCount(), Is.Zero);
    }

    [Test]
    public void Without_offloads_packets_have_the_size_and_the_checksum_of_a_wire()
    {
        using var lab = new Lab(new LabOptions { Offloads = false });
        lab.Gateway.AddRules(AdministratorRules.PortForward(Lab.PublicAddress, 5_190, lab.Alice.Address));
        lab.SignOn();
        Offer offer = lab.Alice.OfferFile(lab.Bob, new byte[300_000]);
        offer.WaitForEnd(20);
        // These tests run beside each other, and a process that moves to another processor reorders its packets.
        lab.AssertCleanTraffic(isCalm: false);
        IReadOnlyList<SeenSegment> seen = SeenTraffic.Read(lab.WanTap.File).Segments;
        Assert.That(seen.Select(segment => segment.Length), Is.All.LessThan(1_460));
        Assert.That(seen.Where(segment => segment.IsSyn).Select(segment => segment.Mss), Is.All.LessThanOrEqualTo(1_460));
        Assert.That(
            seen.Where(segment => segment.IsSynFrom(Lab.PublicAddress)).Select(segment => segment.Mss),
            Is.Not.Empty.And.All.EqualTo(GatewaySettings.ClampedMss));
    }

    [Test]
    public void Partial_checksums_count_as_wrong_where_no_interface_completes_them()
    {
        using var lab = new Lab();
        lab.SignOn();
        Wiretap.Stop(lab.LanTap);
        SeenTraffic traffic = SeenTraffic.Read(lab.LanTap.File);
        Assert.That(traffic.WithWrongChecksum(offloads: true), Is.Empty);
        Assert.That(traffic.WithWrongChecksum(offloads: false), Is.Not.Empty);
    }

    [Test]
    public void What_is_lost_and_what_is_overtaken_is_noticed_and_nothing_but_that()
    {
        using var lab = new Lab(new LabOptions { Offloads = false });
        lab.Gateway.AddRules(AdministratorRules.PortForward(Lab.PublicAddress, 5_190, lab.Alice.Address));
        lab.SignOn();
        Weather.Lose(lab.Internet, 30);
        using var detour = new Detour(lab.Internet, 50, 2, 8);
        Offer offer = lab.Alice.OfferFile(lab.Bob, new byte[1_000_000]);
        offer.WaitForEnd(60);
        Assert.That(offer.IsWhole);
        Assert.That(detour.Count, Is.GreaterThan(10));
        lab.AssertCleanTraffic(isCalm: false);
        Assert.That(SeenTraffic.Read(lab.WanTap.File).OutOfSequence(), Is.Not.Empty);
    }

    [Test]
    public void Segments_that_a_gateway_swallows_are_noticed()
    {
        using var lab = new Lab();
        lab.SignOn();
        lab.Gateway.AddRules("""
            table ip thief {
              chain take {
                type filter hook forward priority 10; policy accept;
                tcp dport 5190 numgen inc mod 3 == 0 drop
              }
            }
            """);
        for (int i = 0; i < 10; i++)
        {
            lab.Alice.SendIm(lab.Bob, $"number {i}");
        }

        Assert.That(lab.Bob.WaitForIm("number 9", TimeSpan.FromSeconds(20)), Is.Not.Null);
        Wiretap.Stop(lab.LanTap, lab.WanTap);
        Assert.That(SeenTraffic.Read(lab.LanTap.File).DiffersFrom(SeenTraffic.Read(lab.WanTap.File), Lab.ServerAddress), Is.Not.Empty);
    }

    [Test]
    public void Loss_on_the_LAN_is_repaired_by_the_kernels()
    {
        using var lab = new Lab(new LabOptions { Offloads = false });
        Weather.LoseOnLan(lab.Gateway, "lan0", lab.Alice.Namespace, 50);
        lab.SignOn();
        for (int i = 0; i < 30; i++)
        {
            lab.Alice.SendIm(lab.Bob, $"number {i}");
            lab.Bob.SendIm(lab.Alice, $"answer {i}");
        }

        Assert.That(lab.Bob.WaitForIm("number 29", TimeSpan.FromSeconds(30)), Is.Not.Null);
        Assert.That(lab.Alice.WaitForIm("answer 29", TimeSpan.FromSeconds(30)), Is.Not.Null);
        lab.AssertCleanTraffic(isCalm: false);
    }

    private static IEnumerable<TestCaseData> Styles() =>
        AllStyles.List.Select(style => new TestCaseData(style).SetArgDisplayNames(style.ToString()!));

    [TestCaseSource(nameof(Styles))]
    public void Every_client_talks_over_the_kernels_TCP(object style)
    {
        using var lab = new Lab(new LabOptions { Capture = null });
        Person dora = lab.AddPublic("dora", "198.51.100.78", (ClientStyle)style);
        lab.SignOn();
        Offer talk = dora.OfferDirectIm(lab.Bob, "one", "two", "three");
        Offer file = lab.Bob.OfferFile(dora, new byte[50_000]);
        talk.WaitForEnd(20);
        file.WaitForEnd(20);
        Assert.That((talk.Received!.Outcome, talk.IsWhole), Is.EqualTo((SessionOutcome.Direct, true)));
        Assert.That((file.Received!.Outcome, file.IsWhole), Is.EqualTo((SessionOutcome.Direct, true)));
    }

    [Test, Full]
    public void Behind_two_gateways_they_meet_at_the_proxy()
    {
        using var lab = new Lab(new LabOptions { HasProxy = true, Capture = null });
        Person carol = lab.AddNeighbour("carol", "192.168.9.10", lab.AddSecondGateway());
        lab.SignOn();
        Offer offer = lab.Alice.OfferDirectIm(carol, "hello");
        offer.WaitForEnd(40);
        Assert.That((offer.Received!.Outcome, offer.IsWhole), Is.EqualTo((SessionOutcome.Proxied, true)));
    }

    [Test]
    public void A_public_host_on_the_LAN_is_reached_without_translation()
    {
        using var lab = new Lab(new LabOptions { Capture = null, Gateway = settings => settings with { PublicHosts = ["203.0.113.70"] } });
        Person erin = lab.AddNeighbour("erin", "203.0.113.70");
        lab.SignOn();
        Offer offer = erin.OfferDirectIm(lab.Bob, "hello");
        offer.WaitForEnd(15);
        Assert.That((offer.Received!.Outcome, offer.IsWhole), Is.EqualTo((SessionOutcome.Direct, true)));
    }

    [Test]
    public void Some_hosts_leave_with_another_public_address()
    {
        using var lab = new Lab(new LabOptions { Gateway = settings => settings.WithSecondAddressFor("192.168.7.11", Lab.SecondAddress) });
        Person dave = lab.AddNeighbour("dave", "192.168.7.11");
        lab.SignOn();
        Assert.That(lab.Programs.Do(() => lab.Server.Find("alice")!.Seen.ToString()), Is.EqualTo(Lab.PublicAddress));
        Assert.That(lab.Programs.Do(() => lab.Server.Find("dave")!.Seen.ToString()), Is.EqualTo(Lab.SecondAddress));
    }
}
