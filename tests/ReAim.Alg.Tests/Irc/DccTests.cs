using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Irc.IrcGateway;

namespace ReAim.Alg.Tests.Irc;

/// <summary>What becomes of DCC messages (PROTOCOL-IRC 4).</summary>
[TestFixture]
internal sealed class DccTests
{
    private static readonly Ipv4Address s_short = Addresses.Parse("1.2.3.4");

    private static IEnumerable<TestCaseData> Offers()
    {
        (uint alice, uint gateway) = (Addresses.Alice.Value, Addresses.Gateway.Value);
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt {alice} 5000 12345\u0001\r\n", $"PRIVMSG bob :\u0001DCC SEND file.txt {gateway} 5000 12345\u0001\r\n");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND \"a file.txt\" {alice} 5000 12345\u0001\r\n", $"PRIVMSG bob :\u0001DCC SEND \"a file.txt\" {gateway} 5000 12345\u0001\r\n");
        yield return new TestCaseData($"privmsg bob :\u0001DCC SEND file.txt {alice} 5000\u0001\n", $"privmsg bob :\u0001DCC SEND file.txt {gateway} 5000\u0001\n");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC CHAT chat {alice} 5000\u0001\r\n", $"PRIVMSG bob :\u0001DCC CHAT chat {gateway} 5000\u0001\r\n");
        yield return new TestCaseData($":alice PRIVMSG bob :\u0001DCC SEND f {alice} 5000 1 7\u0001\r\n", $":alice PRIVMSG bob :\u0001DCC SEND f {gateway} 5000 1 7\u0001\r\n");
    }

    [TestCaseSource(nameof(Offers))]
    public void An_offer_gets_the_public_address_and_its_mapping(string said, string heard)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(said);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(heard));
        Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("203.0.113.7:5000 -> 192.168.7.10:5000"));
    }

    [Test]
    public void Where_the_port_is_taken_another_is_written_and_a_resumed_file_names_it_too()
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping(s_short));
        flow.Say(Send(Addresses.Alice, 5_000));
        flow.Hear(":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 61000 100\u0001\r\n");
        flow.Say("PRIVMSG bob :\u0001DCC ACCEPT file.txt 5000 100\u0001\r\nPRIVMSG bob :and so on\r\n");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Send(s_short, 61_000) + "PRIVMSG bob :\u0001DCC ACCEPT file.txt 61000 100\u0001\r\nPRIVMSG bob :and so on\r\n"));
        Assert.That(Heard(flow, Direction.Inbound), Is.EqualTo(":bob!b@h PRIVMSG alice :\u0001DCC RESUME file.txt 5000 100\u0001\r\n"));
        Assert.That(gateway.Marks!.Values.Single(), Is.EqualTo(FlowStanding.Translated));
    }

    [TestCase(0, 61_000)]
    [TestCase(5, 61_005)]
    [TestCase(2_007, 61_007)]
    [TestCase(int.MaxValue, 61_647)]
    [TestCase(-1, 61_295)]
    public void The_pool_begins_where_it_is_told(int offset, int port)
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping() with { PoolOffset = offset });
        flow.Say(Send(Addresses.Alice, 5_000));
        Assert.That(gateway.Mappings.Single().Public.Port, Is.EqualTo(port));
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        uint alice = Addresses.Alice.Value;
        yield return new TestCaseData(Send(Addresses.Dave, 5_000), Reason.AddressForeign).SetArgDisplayNames("another LAN host");
        yield return new TestCaseData(Send(Addresses.Bob, 5_000), Reason.AddressForeign).SetArgDisplayNames("a host outside");
        yield return new TestCaseData(Send(Addresses.Alice, 80), Reason.PortPrivileged).SetArgDisplayNames("a port below 1024");
        yield return new TestCaseData(Send(Addresses.Alice, 0, " 12345 7"), Reason.NotListening).SetArgDisplayNames("a passive offer");
        yield return new TestCaseData(Send(Addresses.Alice, 70_000), Reason.Malformed).SetArgDisplayNames("a port that is none");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt {alice} 5000", Reason.None).SetArgDisplayNames("no end");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt {alice} 5000\r\n", Reason.None).SetArgDisplayNames("no delimiter");
        yield return new TestCaseData($"PRIVMSG bob :DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None).SetArgDisplayNames("text");
        yield return new TestCaseData($"PRIVMSG bob :look: \u0001DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None).SetArgDisplayNames("amid a text");
        yield return new TestCaseData($"NOTICE bob :\u0001DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None).SetArgDisplayNames("a notice");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt 192.168.7.10 5000\u0001\r\n", Reason.None).SetArgDisplayNames("dotted");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt {alice}0000 5000\u0001\r\n", Reason.None).SetArgDisplayNames("an address that is none");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND file.txt -{alice} 5000\u0001\r\n", Reason.None).SetArgDisplayNames("a sign");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND a b {alice} 5000\u0001\r\n", Reason.None).SetArgDisplayNames("a name with a blank");
        yield return new TestCaseData($"PRIVMSG bob :\u0001DCC SEND f {alice} 5000\u0001\u0001DCC SEND f {alice} 5001\u0001\r\n", Reason.None).SetArgDisplayNames("two");
    }

    [TestCaseSource(nameof(Refusals))]
    public void Nothing_is_opened_and_no_byte_changed_by(string said, Reason reason)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(said);
        gateway.WaitSeconds(2);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(reason == Reason.None || gateway.Count(reason) == 1);
        Assert.That(gateway.Marks!.Values.Single(), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void A_line_that_would_become_too_long_gets_its_mapping_and_stays_as_it_is()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        string name = new('x', 470);
        string said = $"PRIVMSG bob :\u0001DCC SEND {name} {Addresses.Alice.Value} 5000\u0001\r\n";
        flow.Say(said);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.MessageTooLong)), Is.EqualTo((1, 1L)));
    }

    [Test]
    public void A_refused_mapping_leaves_the_message_and_the_numbering_as_they_are()
    {
        (Gateway gateway, Conversation flow) = SignOn(Options(s_short));
        gateway.Installs = false;
        string said = Send(Addresses.Alice, 5_000) + "PRIVMSG bob :and so on\r\n";
        flow.Say(said);
        flow.Say("PRIVMSG bob :more\r\n");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said + "PRIVMSG bob :more\r\n"));
        Assert.That(gateway.Marks!.Values.Single(), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void An_offer_cut_at_any_byte_becomes_the_same()
    {
        string said = "PRIVMSG #c :hello\r\n" + Send(Addresses.Alice, 5_000) + "PRIVMSG #c :bye\r\n";
        byte[] bytes = Encoding.Latin1.GetBytes(said);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            (Gateway gateway, Conversation flow) = SignOn(Options(s_short));
            flow.Client(bytes.AsSpan(0, cut));
            gateway.WaitSeconds(0.1);
            flow.Client(bytes.AsSpan(cut));
            Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo("PRIVMSG #c :hello\r\n" + Send(s_short, 5_000) + "PRIVMSG #c :bye\r\n"), $"cut at {cut}");
            Assert.That(gateway.Held, Is.Zero);
            gateway.Departures.ForEach(packet => PacketJudge.AssertSound(packet.Bytes));
        }
    }

    private static IEnumerable<TestCaseData> Impostors()
    {
        string offer = Send(Addresses.Alice, 5_000);
        yield return new TestCaseData($"POST / HTTP/1.1\r\nHost: x\r\n\r\n{offer}", ServerWelcome).SetArgDisplayNames("an HTTP client");
        yield return new TestCaseData($"NICK alice\r\nGET / HTTP/1.1\r\nUSER a b c d\r\n{offer}", ServerWelcome).SetArgDisplayNames("something between");
        yield return new TestCaseData($"{ClientRegistration}{offer}", "HTTP/1.1 200 OK\r\n\r\n").SetArgDisplayNames("an HTTP server");
        yield return new TestCaseData($"{ClientRegistration}{offer}", ":a NOTICE * :hello\r\nHTTP/1.1 200 OK\r\n\r\n:a 001 alice :hello\r\n").SetArgDisplayNames("a server that says something else first");
        yield return new TestCaseData($"NICK alice\r\n{offer}", ServerWelcome).SetArgDisplayNames("no USER");
        yield return new TestCaseData($"CAP LS\r\n{offer}", ServerWelcome).SetArgDisplayNames("neither NICK nor USER");
    }

    [TestCaseSource(nameof(Impostors))]
    public void What_is_no_irc_on_both_sides_from_its_first_byte_opens_nothing(string client, string server)
    {
        var gateway = new Gateway(Options());
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 6_667));
        flow.Handshake();
        flow.Say(client);
        flow.Hear(server);
        flow.Say(Send(Addresses.Alice, 5_001));
        Assert.That(gateway.Engine.MappingCount, Is.Zero);
        Assert.That(gateway.Count(Reason.NotRecognised), Is.EqualTo(1));
        Assert.That(Encoding.Latin1.GetString(flow.Received(Direction.Outbound)), Is.EqualTo(client + Send(Addresses.Alice, 5_001)));
    }

    [Test]
    public void What_a_server_says_opens_nothing()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Hear($":bob!b@h {Send(Addresses.Alice, 5_000)}");
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.OfferFromOutside)), Is.EqualTo((0, 1L)));
    }
}
