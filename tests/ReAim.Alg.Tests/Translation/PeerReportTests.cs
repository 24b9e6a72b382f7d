using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation;

/// <summary>Peers whose connects the translator takes itself: the engine sees no packet of theirs and decides all the same.</summary>
[TestFixture]
internal sealed class PeerReportTests
{
    private static readonly Ipv4Endpoint Listener = new(Addresses.Alice, 5190);

    private static Gateway Offered()
    {
        var gateway = new Gateway();
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        return gateway;
    }

    private static Reason Connect(Gateway gateway, Ipv4Address peer)
    {
        Reason reason = gateway.Engine.ConnectPeer(Listener, peer, gateway.Now);
        gateway.Wait(0);
        return reason;
    }

    [Test]
    public void Asking_takes_nothing_and_connecting_takes_the_offer()
    {
        Gateway gateway = Offered();
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Server), Is.EqualTo(Reason.None));
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Bob), Is.EqualTo(Reason.None));
        Assert.That(Connect(gateway, Addresses.Bob), Is.EqualTo(Reason.None));
        Effect connected = gateway.Effects.Single(effect => effect.Kind == EffectKind.OfferConnected);
        Assert.That((connected.Offer!.ConnectedFrom, connected.Mapping.Lan), Is.EqualTo((Addresses.Bob, Listener)));
    }

    [Test]
    public void Once_a_peer_has_connected_only_that_peer_may_and_whoever_was_admitted_before_comes_too_late()
    {
        Gateway gateway = Offered();
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Server), Is.EqualTo(Reason.None));
        Connect(gateway, Addresses.Bob);
        Assert.That(Connect(gateway, Addresses.Server), Is.EqualTo(Reason.MappingTaken));
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Server), Is.EqualTo(Reason.MappingTaken));
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Bob), Is.EqualTo(Reason.None));
        Assert.That(gateway.Count(Reason.MappingTaken), Is.EqualTo(2));
    }

    [Test]
    public void Half_a_minute_after_the_peer_the_mapping_is_closed()
    {
        Gateway gateway = Offered();
        Connect(gateway, Addresses.Bob);
        gateway.WaitSeconds(29);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(2);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Bob), Is.EqualTo(Reason.NoMapping));
        Assert.That(gateway.Count(Reason.NoMapping), Is.EqualTo(1));
    }

    [Test]
    public void A_mapping_that_is_not_installed_yet_admits_nobody()
    {
        var gateway = new Gateway { Installs = null };
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Engine.AdmitPeer(Listener, Addresses.Bob), Is.EqualTo(Reason.NoMapping));
    }

    [Test]
    public void A_LAN_host_that_does_not_answer_is_reported_and_the_offer_stays_open()
    {
        Gateway gateway = Offered();
        gateway.Engine.ReportUnansweredPeer(new FlowKey(Listener, new Ipv4Endpoint(Addresses.Bob, 50_000)), gateway.Now);
        gateway.Wait(0);
        Effect report = gateway.Effects.Single(effect => effect.Kind == EffectKind.PeerUnanswered);
        Assert.That((report.Reason, report.Flow.Remote.Address, report.Offer!.PeerName), Is.EqualTo((Reason.BlockedByFirewall, Addresses.Bob, "bob")));
        Assert.That(Connect(gateway, Addresses.Bob), Is.EqualTo(Reason.None));
    }

    [Test]
    public void A_report_of_a_mapping_that_is_gone_says_nothing()
    {
        var gateway = new Gateway();
        gateway.Engine.ReportUnansweredPeer(new FlowKey(Listener, new Ipv4Endpoint(Addresses.Bob, 50_000)), gateway.Now);
        gateway.Wait(0);
        Assert.That(gateway.Effects, Is.Empty);
    }
}
