using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;

namespace ReAim.Alg.Tests.Translation;

/// <summary>Ports that are opened for nobody, and hosts that nothing is opened for.</summary>
internal sealed class PortAccessTests
{
    private static readonly PortAccess s_denying = new() { Denied = new HashSet<ushort> { 8_080, 3_389 } };

    private static readonly PortAccess s_allowing = new()
    {
        Allowed = [new AllowedEnds(Addresses.Alice, Addresses.Alice, 5_190, 5_199), new AllowedEnds(Addresses.Dave, Addresses.Dave, 0, ushort.MaxValue)],
    };

    [TestCase((ushort)8_080, false)]
    [TestCase((ushort)8_081, true)]
    [TestCase((ushort)3_389, false)]
    public void A_denied_port_stays_shut_and_its_offer_as_it_is(ushort port, bool opens)
    {
        var gateway = new Gateway(Gateway.Options() with { Access = s_denying });
        Conversation flow = Conversation.SignOn(gateway);
        byte[] offer = Messages.Offer(Addresses.Alice, port);
        flow.Client(offer);
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.PortDenied), gateway.Held), Is.EqualTo((opens ? 1 : 0, opens ? 0L : 1L, 0)));
        Assert.That(flow.Received(Direction.Outbound).AsSpan(Conversation.ClientHello.Length).SequenceEqual(offer), Is.EqualTo(!opens));
    }

    [Test]
    public void A_denied_port_is_not_opened_late_or_by_who_only_listens_either()
    {
        var gateway = new Gateway(Gateway.Options() with { Access = s_denying, ListensOnly = true });
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Messages.Offer(Addresses.Alice, 8_080));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.PortDenied)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void An_offer_that_moves_to_a_denied_port_closes_the_port_it_had()
    {
        var gateway = new Gateway(Gateway.Options() with { Access = s_denying });
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Messages.Offer(Addresses.Alice, 5_190, cookie: 1));
        flow.Client(Messages.Offer(Addresses.Alice, 8_080, cookie: 1));
        gateway.WaitSeconds(31);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [TestCase((ushort)5_190, true)]
    [TestCase((ushort)5_199, true)]
    [TestCase((ushort)5_200, false)]
    [TestCase((ushort)5_189, false)]
    public void Only_allowed_ends_are_opened_where_any_are_named(ushort port, bool opens)
    {
        var gateway = new Gateway(Gateway.Options() with { Access = s_allowing });
        Conversation.SignOn(gateway).Client(Messages.Offer(Addresses.Alice, port));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.HostNotAllowed)), Is.EqualTo((opens ? 1 : 0, opens ? 0L : 1L)));
    }

    [Test]
    public void A_listener_of_ICQ_is_an_end_like_any_other()
    {
        var gateway = new Gateway(Gateway.Options() with { Access = s_denying });
        Conversation.SignOn(gateway).Client(IcqMessages.Status(Addresses.Alice, 8_080));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.PortDenied)), Is.EqualTo((0, 1L)));
    }
}
