using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Oscar;

/// <summary>ICQ's listeners: one for a session, for whoever comes, with the port it has (PROTOCOL 4, 7.1 O8-O11).</summary>
[TestFixture]
internal sealed class IcqTests
{
    private const ushort Port = 5190;

    private static readonly Mapping Kept = new(new(Addresses.Gateway, Port), new(Addresses.Alice, Port));

    private static EngineOptions Taken => Gateway.Options() with { ReservedPorts = new HashSet<ushort> { Port } };

    private static (Gateway Gateway, Conversation Flow) SignOn(byte[]? status = null, EngineOptions? options = null)
    {
        var gateway = new Gateway(options) { Marks = [] };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(status ?? IcqMessages.Status(Addresses.Alice, Port));
        return (gateway, flow);
    }

    private static byte[] LastLeft(Conversation flow, int length) => flow.Received(Direction.Outbound)[^length..];

    private static bool Connects(Gateway gateway, Ipv4Address peer, ushort port)
    {
        var connection = new Conversation(gateway, new(Addresses.Alice, Port), new(peer, port));
        int before = gateway.Departures.Count;
        connection.ServerAt(-1, [], TcpFlags.Syn);
        if (gateway.Departures.Count == before)
        {
            return false;
        }

        connection.ClientAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
        connection.ServerAt(0, [], TcpFlags.Ack);
        return true;
    }

    [Test]
    public void A_listener_stays_open_as_long_as_its_client_is_signed_on_and_a_minute_longer()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        for (int quarter = 0; quarter < 20; quarter++)
        {
            gateway.WaitSeconds(900);
            flow.Client(InstantMessage("still here"));
        }

        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
        flow.Client(Flap(4));
        gateway.WaitSeconds(59);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(2);
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(Reason.SignedOff));
    }

    [Test]
    public void Any_number_of_peers_may_connect_to_a_listener()
    {
        (Gateway gateway, _) = SignOn();
        for (ushort i = 0; i < 20; i++)
        {
            Assert.That(Connects(gateway, new Ipv4Address(Addresses.Bob.Value + (i % 4u)), (ushort)(50_000 + i)));
            gateway.WaitSeconds(100);
        }

        Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.OfferConnected), Is.EqualTo(20));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
    }

    [TestCase(true, TestName = "A_listener_whose_port_is_taken_stays_as_it_is_and_says_so")]
    [TestCase(false, TestName = "A_listener_whose_port_is_taken_gets_another_if_that_is_asked_for")]
    public void A_taken_port(bool isKept)
    {
        byte[] status = IcqMessages.Status(Addresses.Alice, Port);
        (Gateway gateway, Conversation flow) = SignOn(status, Taken with { RemapsIcqListeners = !isKept });
        Assert.That(LastLeft(flow, status.Length), isKept ? Is.EqualTo(status) : Is.EqualTo(IcqMessages.Status(Addresses.Gateway, 61_000)));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(isKept ? 0 : 1));
        Assert.That(gateway.Effects.Exists(effect => effect is { Kind: EffectKind.OfferPassed, Reason: Reason.PortTaken }), Is.EqualTo(isKept));
    }

    [Test]
    public void What_repeats_the_listener_uses_its_mapping()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        byte[] relay = IcqMessages.Relay(Addresses.Alice, Port, 2, IcqMessages.Acceptance(Port, isPlugin: false));
        flow.Client(relay);
        Assert.That(LastLeft(flow, relay.Length), Is.EqualTo(IcqMessages.Relay(Addresses.Gateway, Port, 2, IcqMessages.Acceptance(Port, isPlugin: false))));
        byte[] reverse = IcqMessages.ReverseConnect(Addresses.Alice, Port, 3, isSecondBigEndian: true);
        flow.Client(reverse);
        Assert.That(LastLeft(flow, reverse.Length), Is.EqualTo(IcqMessages.ReverseConnect(Addresses.Gateway, Port, 3, isSecondBigEndian: true)));
        Assert.That((gateway.Mappings.Count, gateway.Engine.PendingOffers.Length), Is.EqualTo((1, 1)));

        // A message that cannot be delivered does not end the listener.
        flow.Server(Snac(4, 1, 7, U16(4)));
        flow.Client(Rendezvous(1, IcqMessages.RelayCapability, 2, "17174647", []));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
    }

    [Test]
    public void A_second_port_beside_the_listener_is_an_offer_like_any_other()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Client(IcqMessages.Relay(Addresses.Alice, 6_000, 2, IcqMessages.Acceptance(6_000, isPlugin: true)));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(2));
        flow.Client(Rendezvous(1, IcqMessages.RelayCapability, 2, "17174647", []));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
    }

    private static IEnumerable<TestCaseData> NoListeners()
    {
        yield return new TestCaseData(IcqMessages.Status(default, 0, listens: false), Reason.None).SetArgDisplayNames("all zero, as libpurple and Kopete write it");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Alice, Port, type: 0), Reason.None).SetArgDisplayNames("direct connections are off");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Alice, Port, type: 6), Reason.None).SetArgDisplayNames("a web client");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Alice, 0), Reason.None).SetArgDisplayNames("port zero");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Dave, Port), Reason.AddressForeign).SetArgDisplayNames("another LAN host");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Bob, Port), Reason.AddressForeign).SetArgDisplayNames("a host outside");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Alice, 80), Reason.PortPrivileged).SetArgDisplayNames("a port below 1024");
        yield return new TestCaseData(IcqMessages.Status(Addresses.Alice, 65_536 + Port), Reason.Malformed).SetArgDisplayNames("a port that is none");
        yield return new TestCaseData(Snac(1, 0x1E, 9, Tlv(0x0C, IcqMessages.DirectInfo(Addresses.Alice, Port, 4)[..34])), Reason.None).SetArgDisplayNames("too short");
        yield return new TestCaseData(Snac(1, 0x1E, 9, Tlv(0x0C, IcqMessages.DirectInfo(Addresses.Alice, Port, 4)), Tlv(0x0C, IcqMessages.DirectInfo(Addresses.Alice, 6_000, 4))), Reason.Malformed).SetArgDisplayNames("two of them");
        yield return new TestCaseData(Snac(1, 0x1E, 9, Tlv(0x0C, IcqMessages.DirectInfo(Addresses.Alice, Port, 4)), [0, 6, 0, 9, 1]), Reason.Malformed).SetArgDisplayNames("a TLV that overruns");
        yield return new TestCaseData(IcqMessages.RelayedText(2), Reason.None).SetArgDisplayNames("a text by way of the server");
        yield return new TestCaseData(IcqMessages.Relay(Addresses.Dave, Port, 2, IcqMessages.Acceptance(Port, isPlugin: false)), Reason.AddressForeign).SetArgDisplayNames("a relayed message for another host");
        yield return new TestCaseData(IcqMessages.ReverseConnect(Addresses.Dave, Port, 2, isSecondBigEndian: false), Reason.AddressForeign).SetArgDisplayNames("a reverse connect to another host");
        yield return new TestCaseData(IcqMessages.ReverseConnect(Addresses.Alice, 1_000, 2, isSecondBigEndian: false), Reason.PortPrivileged).SetArgDisplayNames("a reverse connect below 1024");
        yield return new TestCaseData(IcqMessages.AcceptanceOfClimm(Port, 2), Reason.None).SetArgDisplayNames("a file accepted without a listener");
    }

    [TestCaseSource(nameof(NoListeners))]
    public void Nothing_is_opened_and_no_byte_changed_by(byte[] message, Reason reason)
    {
        (Gateway gateway, Conversation flow) = SignOn(message);
        Assert.That(LastLeft(flow, message.Length), Is.EqualTo(message));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(reason == Reason.None || gateway.Count(reason) == 1);
        Assert.That(reason != Reason.None || !gateway.Effects.Exists(effect => effect.Kind == EffectKind.OfferPassed), "what needs no word gets none");
    }

    [Test]
    public void A_client_that_already_knows_its_public_address_gets_the_mapping_and_keeps_its_words()
    {
        byte[] status = IcqMessages.Status(Addresses.Gateway, Port);
        (Gateway gateway, Conversation flow) = SignOn(status);
        Assert.That(LastLeft(flow, status.Length), Is.EqualTo(status));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
    }

    [Test]
    public void Another_port_replaces_the_listener_and_none_ends_it()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Client(IcqMessages.Status(Addresses.Alice, 6_000));
        Assert.That(gateway.Mappings.Single().Lan.Port, Is.EqualTo(6_000));
        flow.Client(IcqMessages.Status(default, 0, listens: false));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(gateway.Offers[^1].Reason, Is.EqualTo(Reason.NotListening));
    }

    [Test]
    public void A_status_that_a_server_says_opens_nothing()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] status = IcqMessages.Status(Addresses.Alice, Port);
        flow.Server(status);
        flow.Server(IcqMessages.ReverseConnect(Addresses.Alice, Port, 2, isSecondBigEndian: false));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(flow.Received(Direction.Inbound)[Conversation.ServerHello.Length..][..status.Length], Is.EqualTo(status));
    }

    [Test]
    public void A_listener_of_a_connection_that_is_not_read_any_more_lasts_no_longer_than_an_offer()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Client("GET / HTTP/1.1\r\n"u8);
        Assert.That(gateway.Count(Reason.FramingLost), Is.EqualTo(1));
        gateway.WaitSeconds(599);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(2);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [Test]
    public void A_listener_counts_towards_the_hosts_share_and_is_not_given_up_for_an_offer()
    {
        (Gateway gateway, Conversation flow) = SignOn(options: Gateway.Options() with { MaxOffersPerHost = 1 });
        Connects(gateway, Addresses.Bob, 50_000);
        flow.Client(Offer(Addresses.Alice, 7_000));
        Assert.That(gateway.Count(Reason.HostLimit), Is.EqualTo(1));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
    }

    [Test]
    public void A_status_that_has_left_by_half_is_mapped_but_not_changed()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] status = IcqMessages.Status(Addresses.Alice, Port);
        int cut = status.Length - 34;
        int start = flow.ReserveClient(status.Length);
        flow.ClientAt(start, status[..cut]);
        Assert.That(gateway.Held, Is.EqualTo(1));
        gateway.WaitSeconds(1.1);
        flow.ClientAt(start + cut, status[cut..]);
        Assert.That(LastLeft(flow, status.Length), Is.EqualTo(status));
        Assert.That(gateway.Mappings, Is.EquivalentTo(new[] { Kept }));
        Assert.That(gateway.Count(Reason.OfferLate), Is.EqualTo(1));
    }
}
