using ReAim.Alg.Tests.World;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Translation;

/// <summary>Which port a mapping gets, who shares it, and how many there may be (PROTOCOL 7.5).</summary>
[TestFixture]
internal sealed class MappingRuleTests
{
    [Test]
    public void The_second_host_on_one_port_gets_a_port_of_the_pool_and_its_checks_follow()
    {
        byte[] Miranda(Ipv4Address address, ushort port) => Rendezvous(0, SendFile, 3, "bob",
            [Tlv(0x000A, U16(1)), Address(0x0002, address), Tlv(0x0016, U32(~address.Value)), Port(port), Tlv(0x0017, U16((ushort)~port)), Address(0x0003, address)]);
        var gateway = new Gateway();
        Conversation.SignOn(gateway).Client(Offer(Addresses.Alice, 5190));
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        dave.Client(Miranda(Addresses.Dave, 5190));
        Assert.That(dave.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Miranda(Addresses.Gateway, 61_000)));
        Assert.That(gateway.Mappings.Select(mapping => mapping.ToString()), Is.EquivalentTo(new[]
        {
            "203.0.113.7:5190 -> 192.168.7.10:5190", "203.0.113.7:61000 -> 192.168.7.20:5190",
        }));
    }

    [Test]
    public void Two_offers_with_equal_ends_share_a_mapping_and_the_last_closes_it()
    {
        foreach (EngineOptions options in (EngineOptions[])[Gateway.Options(), Gateway.RemappingOptions()])
        {
            var gateway = new Gateway(options);
            Conversation flow = Conversation.SignOn(gateway);
            flow.Client(Offer(Addresses.Alice, 5190, cookie: 1));
            flow.Client(Offer(Addresses.Alice, 5190, cookie: 2, peer: "carol"));
            Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.OpenMapping), Is.EqualTo(1));
            flow.Client(Cancel(1));
            Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
            flow.Client(Cancel(2, "carol"));
            Assert.That(gateway.Mappings, Is.Empty);
        }
    }

    [Test]
    public void The_same_cookie_with_another_port_replaces_the_mapping()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190));
        flow.Client(Offer(Addresses.Alice, 5195));
        Assert.That(gateway.Mappings.Single().Lan.Port, Is.EqualTo(5195));
        Assert.That(gateway.Offers.Select(offer => offer.Reason), Is.EqualTo(new[] { Reason.OfferRewritten, Reason.Replaced, Reason.OfferRewritten }));
    }

    [Test]
    public void A_replacement_that_finds_no_port_passes_unchanged()
    {
        var gateway = new Gateway(Gateway.RemappingOptions());
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 4443));
        byte[] replacement = Offer(Addresses.Gateway, 5190);
        flow.Client(replacement);
        Assert.That(flow.Received(Direction.Outbound)[^replacement.Length..], Is.EqualTo(replacement), "no mapping, no rewrite");
        Assert.That((gateway.Count(Reason.PortTaken), gateway.Mappings.Count), Is.EqualTo((1L, 0)), "and the old offer is void all the same");
    }

    [Test]
    public void The_same_cookie_of_two_hosts_is_two_offers()
    {
        var gateway = new Gateway();
        Conversation alice = Conversation.SignOn(gateway);
        Conversation dave = Conversation.SignOn(gateway, Addresses.Dave);
        alice.Client(Offer(Addresses.Alice, 5190));
        dave.Client(Offer(Addresses.Dave, 5191));
        alice.Client(Cancel());
        Assert.That(gateway.Mappings.Single().Lan.Address, Is.EqualTo(Addresses.Dave));
    }

    [Test]
    public void Three_messages_in_one_segment_are_three_decisions()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 1));
        flow.Client(Join(Cancel(1), Offer(Addresses.Alice, 5190, cookie: 2), Offer(Addresses.Alice, 5191, cookie: 3)));
        Assert.That(gateway.Mappings.Select(mapping => mapping.Lan.Port), Is.EquivalentTo(new[] { 5190, 5191 }));
        Assert.That(flow.Received(Direction.Outbound)[^Offer(Addresses.Alice, 1).Length..], Is.EqualTo(Offer(Addresses.Gateway, 5191, cookie: 3)));
    }

    [Test]
    public void A_port_given_back_is_the_last_of_the_pool_to_be_used_again()
    {
        var gateway = new Gateway(Gateway.RemappingOptions());
        Conversation flow = Conversation.SignOn(gateway);
        var ports = new List<int>();
        for (int i = 0; i < 11; i++)
        {
            flow.Client(Offer(Addresses.Alice, 5190));
            ports.Add(gateway.Mappings.Single().Public.Port);
            flow.Client(Cancel());
        }

        Assert.That(ports, Is.EqualTo(Enumerable.Range(40_001, 10).Append(40_001)));
    }

    [Test]
    public void An_exhausted_pool_leaves_the_offer_unchanged()
    {
        var gateway = new Gateway(Gateway.RemappingOptions() with { LastPoolPort = 40_002 });
        foreach (uint host in (uint[])[1, 2, 3])
        {
            var address = new Ipv4Address(Addresses.Alice.Value + host);
            Conversation.SignOn(gateway, address).Client(Offer(address, 5190));
        }

        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.PoolExhausted)), Is.EqualTo((2, 1L)));
    }

    [Test]
    public void Ports_reserved_later_are_respected_from_then_on()
    {
        var reserved = new HashSet<ushort>();
        var gateway = new Gateway(Gateway.Options() with { ReservedPorts = reserved });
        Conversation flow = Conversation.SignOn(gateway);
        ushort Port(ulong cookie)
        {
            flow.Client(Offer(Addresses.Alice, 5190, cookie));
            ushort port = gateway.Mappings.Single().Public.Port;
            flow.Client(Cancel(cookie));
            return port;
        }

        Assert.That(Port(1), Is.EqualTo(5190));
        reserved.UnionWith([5190, 61_000]);
        Assert.That(Port(2), Is.EqualTo(61_001));
        reserved.Clear();
        Assert.That(Port(3), Is.EqualTo(5190));
    }

    [Test]
    public void A_mapping_whose_public_port_gets_another_owner_is_closed_and_the_others_stay()
    {
        var reserved = new HashSet<ushort>();
        var gateway = new Gateway(Gateway.Options() with { ReservedPorts = reserved });
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, 1));
        flow.Client(Offer(Addresses.Alice, 5191, 2));
        gateway.Engine.CloseReservedPorts(gateway.Now);
        gateway.WaitSeconds(0);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(2));
        reserved.Add(5190);
        gateway.Engine.CloseReservedPorts(gateway.Now);
        gateway.WaitSeconds(0);
        Assert.That(gateway.Mappings.Single().Public.Port, Is.EqualTo(5191));
        Assert.That(gateway.Count(Reason.PortReclaimed), Is.EqualTo(1));
        flow.Client(Offer(Addresses.Alice, 5190, 1));
        Assert.That(gateway.Mappings.Select(mapping => mapping.Public.Port), Is.EquivalentTo(new ushort[] { 5191, 61_000 }), "offered again it gets another");
    }

    [Test]
    public void A_host_has_sixteen_pending_offers_and_others_are_still_served()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        for (ushort i = 0; i < 1_000; i++)
        {
            flow.Client(Offer(Addresses.Alice, (ushort)(6_000 + i), cookie: i));
            gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        }

        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.HostLimit)), Is.EqualTo((16, 984L)));
        Conversation.SignOn(gateway, Addresses.Dave).Client(Offer(Addresses.Dave, 5190));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(17));
    }

    [Test]
    public void There_are_512_pending_offers_in_all()
    {
        var gateway = new Gateway();
        for (uint host = 0; host < 40; host++)
        {
            var address = new Ipv4Address(Addresses.Alice.Value + host);
            Conversation flow = Conversation.SignOn(gateway, address);
            for (ushort i = 0; i < 16; i++)
            {
                flow.Client(Offer(address, (ushort)(6_000 + (host * 16) + i), cookie: i));
            }
        }

        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.MappingLimit)), Is.EqualTo((512, (40 * 16L) - 512)));
    }

    [Test]
    public void A_mapping_the_translator_refuses_leaves_the_offer_unchanged()
    {
        var gateway = new Gateway { Installs = false };
        Conversation flow = Conversation.SignOn(gateway);
        byte[] offer = Offer(Addresses.Alice, 5190);
        flow.Client(offer);
        flow.Client(InstantMessage("still here"));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo((byte[])[.. offer, .. InstantMessage("still here")]));
        Assert.That((gateway.Count(Reason.MappingRefused), gateway.Engine.MappingCount, gateway.Offers.Count), Is.EqualTo((1L, 0, 0)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_offer_whose_flow_loses_framing_in_the_same_segment_still_waits_for_its_mapping(bool installed)
    {
        var gateway = new Gateway { Installs = null };
        Conversation flow = Conversation.SignOn(gateway);
        byte[] garbage = [1, 2, 3];
        flow.Client(Join(Offer(Addresses.Alice, 5190), garbage));
        flow.ClientAt(Conversation.ClientHello.Length, Offer(Addresses.Alice, 5190));
        Assert.That((gateway.Held, gateway.Count(Reason.FramingLost)), Is.EqualTo((2, 1L)));
        gateway.Answer(new Mapping(new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)), installed);
        Assert.That(gateway.Held, Is.Zero);
        Ipv4Address expected = installed ? Addresses.Gateway : Addresses.Alice;
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Join(Offer(expected, 5190), garbage)));
    }

    [Test]
    public void A_translator_that_is_too_slow_costs_the_rewrite_but_not_the_mapping()
    {
        var gateway = new Gateway { Installs = null };
        Conversation flow = Conversation.SignOn(gateway);
        byte[] offer = Offer(Addresses.Alice, 5190);
        flow.Client(offer);
        gateway.WaitSeconds(1);
        Assert.That(gateway.Held, Is.Zero);
        gateway.Answer(new Mapping(new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)), installed: true);
        Assert.That(gateway.Offers.Single().Reason, Is.EqualTo(Reason.OfferLate));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(offer));

        gateway = new Gateway(Gateway.RemappingOptions()) { Installs = null };
        Conversation.SignOn(gateway).Client(offer);
        gateway.WaitSeconds(1);
        Assert.That((gateway.Held, gateway.Engine.MappingCount), Is.EqualTo((0, 0)), "nobody would know the other port");
    }

    [Test]
    public void An_offer_cancelled_in_its_own_segment_leaves_as_if_it_had_been_sent_alone_and_no_mapping_stays()
    {
        var gateway = new Gateway { Installs = null };
        Conversation flow = Conversation.SignOn(gateway);
        byte[] both = Join(Offer(Addresses.Alice, 5190), Cancel());
        flow.Client(both);
        gateway.Answer(new Mapping(new(Addresses.Gateway, 5190), new(Addresses.Alice, 5190)), installed: true);
        Assert.That(gateway.Held, Is.Zero);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Join(Offer(Addresses.Gateway, 5190), Cancel())));
        Assert.That(gateway.Engine.MappingCount, Is.Zero);
    }

    [Test]
    public void A_login_reply_and_a_redirect_say_where_the_next_connection_goes()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Server(Snac(0x0017, 0x0003, 1, Tlv(1, "alice"u8.ToArray()), Tlv(5, "198.51.100.9:5195"u8.ToArray()), Tlv(6, new byte[256])));
        flow.Server(Snac(0x0001, 0x0005, 1, Tlv(0x0D, U16(0x10)), Tlv(5, "bos.example"u8.ToArray()), Tlv(6, new byte[8]), Tlv(0x8E, [0])));
        flow.Server(Snac(0x0001, 0x0005, 1, Tlv(5, "secure.example:443"u8.ToArray()), Tlv(0x8E, [1])));
        flow.Server(Snac(0x0001, 0x0012, 1, U16(2), U16(1), U16(4), Tlv(5, "10.0.0.1:443"u8.ToArray())));
        flow.Server(Snac(0x0017, 0x0003, 1, Tlv(5, "bad\nhost:1"u8.ToArray())));
        flow.Server(Snac(0x0017, 0x0003, 1, Tlv(5, "host:99999"u8.ToArray())));
        flow.Server(Flap(4, Tlv(5, "old.example:5190"u8.ToArray()), Tlv(6, new byte[20])));
        Assert.That(
            gateway.Effects.Where(effect => effect.Kind == EffectKind.ExpectServer).Select(effect => $"{effect.Server!.LanHost} {effect.Server.Host} {effect.Server.Port}"),
            Is.EqualTo(new[]
            {
                "192.168.7.10 198.51.100.9 5195", "192.168.7.10 bos.example 5190", "192.168.7.10 10.0.0.1 443", "192.168.7.10 old.example 5190",
            }));
    }
}
