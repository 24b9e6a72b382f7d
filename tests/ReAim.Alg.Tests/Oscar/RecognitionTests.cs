using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Alg.Tests.Oscar;

/// <summary>Which connections are OSCAR, and which only look like it (PROTOCOL 1.4, 1.5).</summary>
[TestFixture]
internal sealed class RecognitionTests
{
    private static readonly byte[] Proposal = Offer(Addresses.Alice, 5190);

    private static IEnumerable<TestCaseData> OtherBeginnings()
    {
        yield return new TestCaseData("POST / HTTP/1.1\r\n\r\n"u8.ToArray()).SetArgDisplayNames("HTTP");
        yield return new TestCaseData("* / HTTP/1.1\r\n\r\n"u8.ToArray()).SetArgDisplayNames("HTTP with the method *");
        yield return new TestCaseData((byte[])[0x2A, 2, 0, 1, 0, 4, 0, 0, 0, 1]).SetArgDisplayNames("channel 2 first");
        yield return new TestCaseData((byte[])[0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 2]).SetArgDisplayNames("version 2");
        yield return new TestCaseData((byte[])[0x2A, 1, 0, 1, 0, 3, 0, 0, 1]).SetArgDisplayNames("three bytes of version");
        yield return new TestCaseData((byte[])[0x2A, 1, 0, 1, 0, 7, 0, 0, 0, 1, 0, 1, 0]).SetArgDisplayNames("half a TLV");
        yield return new TestCaseData((byte[])[0x2A, 1, 0, 1, 0, 9, 0, 0, 0, 1, 0, 1, 0, 2, 5]).SetArgDisplayNames("a TLV that overruns");
        yield return new TestCaseData((byte[])[0x2A, 1, 0, 1, 0, 9, 0, 0, 0, 1, 0, 5, 0, 1, 5]).SetArgDisplayNames("a TLV no client begins with");
        yield return new TestCaseData((byte[])[0x16, 3, 1, 0, 4, 0, 0, 0, 1, 0]).SetArgDisplayNames("TLS");
        yield return new TestCaseData((byte[])[0, .. Conversation.ClientHello]).SetArgDisplayNames("a hello at offset 1");
        yield return new TestCaseData((byte[])[0x5A, .. Conversation.ClientHello]).SetArgDisplayNames("a hello behind 5A");
    }

    [TestCaseSource(nameof(OtherBeginnings))]
    public void A_client_that_begins_otherwise_is_never_rewritten(byte[] beginning)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        flow.Server(Conversation.ServerHello);
        flow.Client(beginning);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That(flow.Received(Direction.Outbound), Is.EqualTo((byte[])[.. beginning, .. Conversation.ClientHello, .. Proposal]));
        Assert.That((gateway.Count(Reason.NotRecognised), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
        Assert.That(gateway.Effects.Count(effect => effect.Kind == EffectKind.FlowDone), Is.EqualTo(1));
    }

    [Test]
    public void A_first_frame_too_long_to_collect_is_no_hello_and_the_next_one_comes_too_late()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        flow.Server(Conversation.ServerHello);
        flow.Client(Flap(1, U32(1), Tlv(6, new byte[20_000])).AsSpan(0, 10_000));
        flow.Client(new byte[10_014]);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.NotRecognised), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_server_that_does_not_say_hello_leaves_the_client_without_help()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.NotVerified), gateway.Mappings.Count, gateway.Held), Is.EqualTo((1L, 0, 0)));
        flow.Server("HTTP/1.1 200 OK\r\n\r\n"u8);
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.NotRecognised), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_stream_that_begins_with_a_hello_and_goes_on_as_http_is_left_alone_for_good()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        byte[] post = [.. "POST / HTTP/1.1\r\n\r\n"u8, .. Proposal];
        flow.Client(post);
        flow.Client(Proposal);
        Assert.That(flow.Received(Direction.Outbound)[Conversation.ClientHello.Length..], Is.EqualTo((byte[])[.. post, .. Proposal]));
        Assert.That((gateway.Count(Reason.FramingLost), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_server_that_loses_framing_ends_the_help_too()
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.SignOn(gateway);
        flow.Server("garbage"u8);
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.FramingLost), gateway.Mappings.Count), Is.EqualTo((1L, 0)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Either_side_may_speak_first(bool serverFirst)
    {
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        if (serverFirst)
        {
            flow.Server(Conversation.ServerHello);
            flow.Client(Conversation.ClientHello);
        }
        else
        {
            flow.Client(Conversation.ClientHello);
            flow.Server(Conversation.ServerHello);
        }

        flow.Client(Proposal);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [TestCase((ushort)443)]
    [TestCase((ushort)5190)]
    [TestCase((ushort)9_999)]
    public void The_port_does_not_matter(ushort port)
    {
        var gateway = new Gateway();
        var flow = new Conversation(gateway, new Ipv4Endpoint(Addresses.Alice, 40_000), new Ipv4Endpoint(Addresses.Server, port));
        flow.Handshake();
        flow.Server(Conversation.ServerHello);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [Test]
    public void Hellos_cut_into_single_bytes_are_recognised()
    {
        byte[] hello = Flap(1, U32(1), Tlv(0x0006, new byte[256]), Tlv(0x0003, "AIM"u8.ToArray()), Tlv(0x8003, U32(0x0010_0000)));
        var gateway = new Gateway();
        Conversation flow = Conversation.Open(gateway);
        foreach (byte letter in Conversation.ServerHello)
        {
            flow.Server([letter]);
        }

        foreach (byte letter in hello)
        {
            flow.Client([letter]);
        }

        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
    }

    [Test]
    public void A_connection_from_outside_is_never_followed()
    {
        var gateway = new Gateway();
        var flow = new Conversation(gateway, new Ipv4Endpoint(Addresses.Alice, 5190), new Ipv4Endpoint(Addresses.Bob, 40_000));
        flow.ServerAt(-1, [], TcpFlags.Syn);
        flow.ClientAt(-1, [], TcpFlags.Syn | TcpFlags.Ack);
        flow.Server(Conversation.ServerHello);
        flow.Client(Conversation.ClientHello);
        flow.Client(Proposal);
        Assert.That((gateway.Count(Reason.FromOutside), gateway.Engine.FlowCount, gateway.Mappings.Count), Is.EqualTo((1L, 0, 0)));
    }
}
