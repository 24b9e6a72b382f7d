using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Trust;

/// <summary>Nothing but an offer of a host's own client, on its own connection of a protocol that is helped, opens a port, and then one that leads to that host.</summary>
[TestFixture]
internal sealed class SlipstreamTests
{
    private static IEnumerable<Attempt> Attempts => [.. StreamAttempts.All, .. MessageAttempts.All, .. TextAttempts.All];

    [TestCaseSource(nameof(Attempts))]
    public void No_port_is_opened_by(object attempt)
    {
        (_, Reason reason, Action<Gateway> play) = (Attempt)attempt;
        var gateway = new Gateway(Gateway.Options() with { Protocols = ProtocolTable.All, ReservedPorts = new HashSet<ushort> { 22_022 } });
        play(gateway);
        gateway.WaitSeconds(2);
        Assert.That(gateway.Effects.Select(effect => effect.Kind), Has.None.EqualTo(EffectKind.OpenMapping));
        Assert.That(gateway.Departures.Where(packet => packet.Edited), Is.Empty);
        Assert.That(gateway.Departures, Has.Count.EqualTo(gateway.Sent), "every packet goes on");
        Assert.That(gateway.Count(reason), Is.Positive, $"counted: {string.Join(", ", gateway.Engine.Reasons.NonZero())}");
    }

    [Test]
    public void One_cookie_opens_one_port_at_a_time()
    {
        var gateway = new Gateway();
        Conversation talk = Conversation.SignOn(gateway);
        for (ushort port = 8_000; port < 8_100; port++)
        {
            talk.Client(Messages.Offer(Addresses.Alice, port, cookie: 1));
            gateway.Send(Direction.Inbound, talk.Packet(Direction.Inbound, talk.ServerLength, [], TcpFlags.Ack, acknowledged: talk.ClientLength));
            Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        }

        Assert.That(gateway.Count(Reason.Replaced), Is.EqualTo(99));
    }

    [Test]
    public void A_thousand_offers_of_one_host_open_sixteen_ports_and_the_next_host_is_served()
    {
        var gateway = new Gateway();
        Conversation flood = Conversation.SignOn(gateway);
        for (ushort i = 0; i < 1_000; i++)
        {
            flood.Client(Messages.Offer(Addresses.Alice, (ushort)(8_000 + i), cookie: i + 1u));
        }

        Assert.That(gateway.Mappings, Has.Count.EqualTo(16));
        Assert.That(gateway.Count(Reason.HostLimit), Is.EqualTo(984));
        Conversation.SignOn(gateway, Addresses.Dave).Client(Messages.Offer(Addresses.Dave, 20_000));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(17));
    }

    [Test]
    public void Whatever_is_offered_leads_to_the_host_that_offers_it()
    {
        var gateway = new Gateway();
        Conversation talk = Conversation.SignOn(gateway);
        talk.Client(Messages.Offer(Addresses.Parse("127.0.0.1"), 8_080, cookie: 1));
        talk.Client(Messages.Offer(Addresses.Gateway, 8_081, cookie: 2));
        Assert.That(gateway.Mappings.Select(mapping => mapping.Lan.Address), Is.EqualTo(new[] { Addresses.Alice, Addresses.Alice }));
    }
}
