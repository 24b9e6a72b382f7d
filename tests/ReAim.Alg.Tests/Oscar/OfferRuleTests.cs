using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Oscar;

/// <summary>The outbound decision table, row by row (PROTOCOL 7.1).</summary>
[TestFixture]
internal sealed class OfferRuleTests
{
    private static readonly byte[] Zero = Address(0x0003, default);

    private static TestCaseData Refusal(string name, Reason reason, params byte[][] tlvs) =>
        new TestCaseData(Rendezvous(0, DirectIm, 1, "bob", tlvs), reason).SetArgDisplayNames(name);

    private static IEnumerable<TestCaseData> Refusals()
    {
        byte[] own = Address(0x0003, Addresses.Alice);
        byte[] foreign = Address(0x0003, Addresses.Bob);
        yield return Refusal("proxied, said last", Reason.Proxied, own, Port(5190), Tlv(0x0010));
        yield return Refusal("proxied, said first", Reason.Proxied, Tlv(0x0010), own, Port(5190));
        yield return Refusal("no port", Reason.PortMissing, own);
        yield return Refusal("no address", Reason.AddressMissing, Port(5190));
        yield return Refusal("two ports", Reason.PortAmbiguous, own, Port(5190), Port(5191));
        yield return Refusal("address zero", Reason.NotListening, Zero, Port(5190));
        yield return Refusal("port zero", Reason.NotListening, own, Port(0));
        yield return Refusal("another host's address", Reason.AddressForeign, foreign, Port(5190));
        yield return Refusal("another host's address beside the own", Reason.AddressForeign, own, Address(0x0002, Addresses.Dave), Port(5190));
        yield return Refusal("broadcast", Reason.AddressForeign, Address(0x0003, new Ipv4Address(uint.MaxValue)), Port(5190));
        yield return Refusal("port 1023", Reason.PortPrivileged, own, Port(1023));
        yield return Refusal("an address of three bytes", Reason.Malformed, Tlv(0x0003, [1, 2, 3]), own, Port(5190));
        yield return Refusal("a port of four bytes", Reason.Malformed, own, Tlv(0x0005, U32(5190)));
        yield return Refusal("an inner TLV that overruns its block", Reason.Malformed, own, Port(5190), [0x00, 0x0F, 0x00, 0x01]);
        yield return Refusal("four stray bytes that are no TLV", Reason.Malformed, own, Port(5190), [0xFF, 0xFF, 0xFF, 0xFF]);
        foreach (ushort other in (ushort[])[0x1341, 0x1346, 0x1347, 0x134A, 0x134B, 0x0104])
        {
            yield return new TestCaseData(Rendezvous(0, other, 1, "bob", [own, Port(5190)]), Reason.OtherCapability).SetArgDisplayNames($"capability {other:x4}");
        }
    }

    [TestCaseSource(nameof(Refusals))]
    public void An_offer_that_is_not_to_be_helped_passes_unchanged_and_says_why(byte[] message, Reason reason)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(message);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(message));
        Assert.That((gateway.Count(reason), gateway.Mappings.Count, gateway.Held), Is.EqualTo((1L, 0, 0)));
        flow.Client(Offer(Addresses.Alice, 5190));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1), "the flow itself goes on");
    }

    [TestCase(0, TestName = "Outer_TLVs_that_overrun_leave_the_message_alone")]
    [TestCase(1, TestName = "Two_rendezvous_blocks_leave_the_message_alone")]
    [TestCase(2, TestName = "A_screen_name_that_overruns_leaves_the_message_alone")]
    [TestCase(3, TestName = "A_rendezvous_block_without_its_header_leaves_the_message_alone")]
    [TestCase(5, TestName = "A_SNAC_shorter_than_its_header_leaves_the_message_alone")]
    [TestCase(4, TestName = "A_SNAC_block_that_overruns_leaves_the_message_alone")]
    public void A_malformed_message_is_not_touched(int kind)
    {
        byte[] inner = Join(U16(0), U64(1), Uuid(DirectIm), Address(0x0003, Addresses.Alice), Port(5190));
        byte[] message = kind switch
        {
            0 => Snac(4, 6, 7, Head(1, 2, "bob"), Tlv(5, inner), U16(0x000F), U16(40)),
            1 => Snac(4, 6, 7, Head(1, 2, "bob"), Tlv(5, inner), Tlv(5, inner)),
            2 => Snac(4, 6, 7, U64(1), U16(2), [200], Tlv(5, inner)),
            3 => Snac(4, 6, 7, Head(1, 2, "bob"), Tlv(5, inner[..20])),
            5 => Flap(2, U16(4), U16(6), U16(0)),
            _ => Flap(2, U16(4), U16(6), U16(0x8000), U32(7), U16(500), Head(1, 2, "bob"), Tlv(5, inner)),
        };
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(message);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(message));
        Assert.That((gateway.Count(Reason.Malformed), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [TestCase(SendFile)]
    [TestCase(DirectIm)]
    [TestCase(GetFile)]
    public void The_three_capabilities_of_aim_are_helped(ushort capability)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, capability: capability));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Offer(Addresses.Gateway, 5190, capability: capability)));
    }

    [Test]
    public void A_loopback_address_counts_as_the_senders_own()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Parse("127.0.1.1"), 5190));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Offer(Addresses.Gateway, 5190)));
        Assert.That(gateway.Mappings.Single().Lan.Address, Is.EqualTo(Addresses.Alice), "the packet's source, never a TLV");
    }

    [Test]
    public void An_offer_that_names_the_public_address_already_gets_that_very_port_or_none()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Gateway, 5190));
        Assert.That((gateway.Offers.Single().Reason, gateway.Mappings.Single().KeepsPort), Is.EqualTo((Reason.OfferMapped, true)));

        gateway = new Gateway(Gateway.RemappingOptions());
        flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Gateway, 5190));
        Assert.That((gateway.Count(Reason.PortTaken), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void An_offer_is_not_released_before_its_mapping_is_installed_even_if_no_byte_changes()
    {
        var gateway = new Gateway { Installs = null };
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Gateway, 5190));
        Assert.That(gateway.Held, Is.EqualTo(1));
        gateway.Answer(gateway.Effects.Single(effect => effect.Kind == EffectKind.OpenMapping).Mapping, installed: true);
        Assert.That(gateway.Held, Is.Zero);
    }

    [Test]
    public void A_host_with_a_public_address_of_its_own_is_never_rewritten()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway, Addresses.Gateway);
        flow.Client(Offer(Addresses.Gateway, 5190));
        Assert.That((gateway.Count(Reason.NotTranslated), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void An_inner_cookie_that_differs_does_not_matter()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Rendezvous(0, DirectIm, 1, "bob", [Address(0x0003, Addresses.Alice), Port(5190)], innerCookie: 2));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        flow.Client(Cancel(1));
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [Test]
    public void A_counter_offer_is_an_offer_too()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5191, request: 2));
        Assert.That(gateway.Mappings.Single().Public.Port, Is.EqualTo(5191));
    }

    [Test]
    public void Every_copy_of_an_address_is_rewritten_and_wrong_checks_stay_wrong()
    {
        byte[] Message(Ipv4Address address, ushort port, uint addressCheck) => Rendezvous(0, SendFile, 1, "bob",
        [
            Address(0x0003, address), Address(0x0002, address), Port(port), Address(0x0003, address), Port(port),
            Tlv(0x0016, U32(addressCheck)), Tlv(0x0016, U32(0x01020304)), Tlv(0x0017, U16((ushort)~port)), Tlv(0x0017, U16(0x0102)), Tlv(0x0015, "text/plain"u8.ToArray()),
        ]);
        var gateway = new Gateway(Gateway.RemappingOptions());
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Message(Addresses.Alice, 5190, ~Addresses.Alice.Value));
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo(Message(Addresses.Gateway, 40_001, ~Addresses.Gateway.Value)));
    }

    [Test]
    public void A_message_with_more_addresses_than_edits_can_be_kept_passes_unchanged()
    {
        byte[] message = Rendezvous(0, SendFile, 1, "bob", [.. Enumerable.Repeat(Address(0x0003, Addresses.Alice), 100), Port(5190)]);
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Client(Offer(Addresses.Alice, 5190, cookie: 9));
        flow.Client(message);
        Assert.That(gateway.Count(Reason.EditLimit), Is.EqualTo(1));
        Assert.That(flow.Received(Direction.Outbound)[^message.Length..], Is.EqualTo(message));
    }

    [Test]
    public void Edits_that_were_acknowledged_make_room_for_new_ones()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        for (int i = 0; i < 200; i++)
        {
            flow.Client(Offer(Addresses.Alice, 5190));
            gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Ack, flow.ClientLength));
        }

        Assert.That((gateway.Count(Reason.OfferRewritten), gateway.Count(Reason.EditLimit)), Is.EqualTo((200L, 0L)));
    }
}
