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

    /// <summary>Names that are hard to tell from what stands behind them, and how programs else write offers.</summary>
    private static IEnumerable<TestCaseData> Grammar()
    {
        foreach (string kind in (string[])["SEND", "SSEND", "TSEND", "STSEND", "TSSEND", "MOVE", "RECV", "SRECV", "TRECV", "send", "Ssend"])
        {
            yield return Offer(kind, $"{kind} a.txt @ 5000 12345");
        }

        foreach (string kind in (string[])["CHAT", "SCHAT", "TCHAT", "chat"])
        {
            yield return Offer(kind, $"{kind} chat @ 5000");
        }

        yield return Offer("a chat with a token", "CHAT chat @ 5000 77");
        yield return Offer("an answer to a passive offer", "SEND a.txt @ 5000 12345 77");
        yield return Offer("blanks in the name", "SEND my nice file.txt @ 5000 12345");
        yield return Offer("blanks in the name, and a token", "SEND my nice file.txt @ 5000 12345 77");
        yield return Offer("blanks in the name, and no size", "SEND my nice file.txt @ 5000");
        yield return Offer("a quoted name", "SEND \"my nice file.txt\" @ 5000 12345");
        yield return Offer("quotes inside quotes", "SEND \"say \"hello\" twice.txt\" @ 5000 12345");
        yield return Offer("a quote in front only", "SEND \"hello twice.txt @ 5000 12345");
        yield return Offer("quotes, and a name behind", "SEND \"hello\" twice.txt @ 5000 12345");
        yield return Offer("a quoted name that has another end in it", $"SEND \"a {Addresses.Alice.Value} 8080 1 b\" @ 5000 12345");
        yield return Offer("a quoted name with a quoted end in it", $"SEND \"a\" {Addresses.Alice.Value} 8080 1 b\" @ 5000 12345");
        yield return Offer("a name that has another end in it", $"SEND a {Addresses.Alice.Value} 8080 1 @ 5000 12345");
        yield return Offer("a name that ends with a number", "SEND track 07 @ 5000 12345");
        yield return Offer("a name that ends with numbers", "SEND 2026 11 30 @ 5000 12345");
        yield return Offer("a name that is the address", $"SEND {Addresses.Alice.Value} @ 5000 12345");
        yield return Offer("a name that is a number", "SEND 5000 @ 5000 12345 7");
        yield return Offer("a size that is the address", $"SEND a.txt @ 5000 {Addresses.Alice.Value} 5001");
        yield return Offer("a size that is a loopback address", "SEND my file @ 5000 2130706433 5001");
        yield return Offer("a size of a terabyte", "SEND a.txt @ 5000 1099511627776");
        yield return Offer("a name in UTF-8", "SEND \u00c3\u00a4\u00e2\u0082\u00ac.txt @ 5000 12345");
        yield return Offer("blanks in a row", "SEND  a.txt  @  5000  12345 ");
        yield return Offer("a name after which another address stands", "SEND 16909060 0 @ 5000 12345");
    }

    [TestCaseSource(nameof(Grammar))]
    public void The_end_is_read_from_the_right_hand_side(string message)
    {
        foreach (bool isClosed in (bool[])[true, false])
        {
            (Gateway gateway, Conversation flow) = SignOn();
            string Text(Ipv4Address address) => $"PRIVMSG bob :\u0001DCC {message.Replace("@", $"{address.Value}", StringComparison.Ordinal)}{(isClosed ? "\u0001" : "")}\r\n";
            flow.Say(Text(Addresses.Alice));
            Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Text(Addresses.Gateway)));
            Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("203.0.113.7:5000 -> 192.168.7.10:5000"));
        }
    }

    [TestCase("0")]
    [TestCase("0.0.0.0")]
    [TestCase("192.168.7.10")]
    public void An_address_in_whatever_words_becomes_the_public_one_as_every_program_reads_it(string address)
    {
        foreach (string name in (string[])["a.txt", "my file.txt", "\"my file.txt\""])
        {
            (Gateway gateway, Conversation flow) = SignOn();
            flow.Say(Dcc($"SEND {name} {address} 5000 12345"));
            Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Dcc($"SEND {name} {Addresses.Gateway.Value} 5000 12345")));
            Assert.That(gateway.Mappings.Single().ToString(), Is.EqualTo("203.0.113.7:5000 -> 192.168.7.10:5000"));
        }
    }

    [TestCase("@label=ab12 ")]
    [TestCase("@+draft/reply=1;label=ab12  :alice!a@h ")]
    [TestCase(":alice ")]
    public void Tags_and_prefixes_are_passed_over_in_both_directions(string before)
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping());
        flow.Say(before + Dcc("SEND a.txt 0 5000 12345"));
        flow.Hear("@time=2026-11-30T16:00:00.000Z;msgid=7 :bob!b@h " + Dcc("RESUME a.txt 61000 100"));
        flow.Say(before + Dcc("ACCEPT a.txt 5000 100"));
        flow.Say(before + "QUIT :bye\r\n");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(
            $"{before}{Dcc($"SEND a.txt {Addresses.Gateway.Value} 61000 12345")}{before}{Dcc("ACCEPT a.txt 61000 100")}{before}QUIT :bye\r\n"));
        Assert.That(Heard(flow, Direction.Inbound), Is.EqualTo("@time=2026-11-30T16:00:00.000Z;msgid=7 :bob!b@h " + Dcc("RESUME a.txt 5000 100")));
        gateway.WaitSeconds(61);
        Assert.That(gateway.Mappings, Is.Empty, "a minute after the sign-off");
    }

    [TestCase("NOTICE bob")]
    [TestCase("notice bob,carol,#c")]
    [TestCase("PRIVMSG  bob,carol ")]
    [TestCase("PRIVMSG @#c")]
    public void Whom_it_is_for_and_how_does_not_matter(string to)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say($"{to} :\u0001dcc send a.txt {Addresses.Alice.Value} 5000 1\u0001\r\n");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo($"{to} :\u0001dcc send a.txt {Addresses.Gateway.Value} 5000 1\u0001\r\n"));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [TestCase("file.txt @ 100")]
    [TestCase("file.txt @ 100 7")]
    [TestCase("my nice file.txt @ 100")]
    [TestCase("my 5000 61000 file.txt @ 100 7")]
    [TestCase("\"a \"b\" c\" @ 100")]
    [TestCase("\"5000 1\" @ 100 7")]
    [TestCase("5000 @ 100")]
    [TestCase("61000 @ 99999999999")]
    public void What_repeats_a_port_is_read_from_the_right_hand_side_too(string arguments)
    {
        string With(string verb, int port) => Dcc($"{verb} {arguments.Replace("@", $"{port}", StringComparison.Ordinal)}");
        (_, Conversation flow) = SignOn(Remapping());
        flow.Say(Send(Addresses.Alice, 5_000));
        flow.Hear(":bob!b@h " + With("RESUME", 61_000));
        flow.Say(With("accept", 5_000));
        Assert.That(Heard(flow, Direction.Inbound), Is.EqualTo(":bob!b@h " + With("RESUME", 5_000)));
        Assert.That(Heard(flow, Direction.Outbound), Does.EndWith(With("accept", 61_000)));
    }

    [Test]
    public void A_name_that_ends_with_another_offers_port_is_no_port()
    {
        (Gateway gateway, Conversation flow) = SignOn(Remapping() with { ReservedPorts = new HashSet<ushort> { 5_000, 5_001 } });
        flow.Say(Dcc("SEND a.txt 0 5000 1") + Dcc("SEND b.txt 0 5001 1"));
        string before = Heard(flow, Direction.Outbound);
        flow.Say(Dcc("ACCEPT my part 5000 5001 7") + Dcc("ACCEPT 5001 5000 100"));
        Assert.That(Heard(flow, Direction.Outbound)[before.Length..], Is.EqualTo(Dcc("ACCEPT my part 5000 5001 7") + Dcc("ACCEPT 5001 61000 100")));
        Assert.That(gateway.Count(Reason.PortAmbiguous), Is.EqualTo(1));
    }

    [Test]
    public void Tags_do_not_count_in_a_lines_length()
    {
        (_, Conversation flow) = SignOn();
        string tags = $"@+note={new string('x', 4_000)} ";
        flow.Say(tags + Send(Addresses.Alice, 5_000));
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(tags + Send(Addresses.Gateway, 5_000)));
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
        uint mallory = Addresses.Bob.Value;
        yield return Refusal("another LAN host", Send(Addresses.Dave, 5_000), Reason.AddressForeign);
        yield return Refusal("a host outside", Send(Addresses.Bob, 5_000), Reason.AddressForeign);
        yield return Refusal("a host outside, dotted", Dcc("SEND file.txt 198.51.100.77 5000 1"), Reason.AddressForeign);
        yield return Refusal("an address of IPv6", Dcc("CHAT chat 2001:db8::10 5000"), Reason.OtherAddressFamily);
        yield return Refusal("an address of IPv6 that ends as one of IPv4 does", Dcc("SEND a.txt ::ffff:192.168.7.10 5000 1"), Reason.OtherAddressFamily);
        yield return Refusal("a loopback address", Send(new Ipv4Address(0x7F00_0001), 5000), Reason.AddressForeign);
        yield return Refusal("a loopback address, dotted", Dcc("SEND a.txt 127.9.9.9 5000 12345"), Reason.AddressForeign);
        yield return Refusal("a port below 1024", Send(Addresses.Alice, 80), Reason.PortPrivileged);
        yield return Refusal("a passive offer", Send(Addresses.Alice, 0, " 12345 7"), Reason.NotListening);
        yield return Refusal("a passive offer of another address", Send(Addresses.Bob, 0, " 12345 7"), Reason.NotListening);
        yield return Refusal("a passive offer without address", Dcc("SEND a.txt 0 0 12345 7"), Reason.NotListening);
        yield return Refusal("a passive offer of another address and a name with blanks", Dcc($"SEND my file {mallory} 0 12345 7"), Reason.NotListening);
        yield return Refusal("a passive chat", Dcc($"CHAT chat {alice} 0 7"), Reason.NotListening);
        yield return Refusal("a passive offer of an address of IPv6", Dcc("SEND a.txt 2001:db8::10 0 12345 7"), Reason.NotListening);
        yield return Refusal("a port that is none", Send(Addresses.Alice, 70_000), Reason.Malformed);
        yield return Refusal("a port that is no number", Dcc($"SEND file.txt {alice} http 1"), Reason.Malformed);
        yield return Refusal("an address that is none", Dcc($"SEND file.txt {alice}0000 5000"), Reason.Malformed);
        yield return Refusal("an address with a sign", Dcc($"SEND file.txt -{alice} 5000"), Reason.Malformed);
        yield return Refusal("a host's name", Dcc("SEND file.txt alice.example.net 5000 1"), Reason.Malformed);
        yield return Refusal("no name", Dcc($"SEND {alice} 5000 1"), Reason.Malformed);
        yield return Refusal("no port", Dcc($"SEND file.txt {alice}"), Reason.Malformed);
        yield return Refusal("nothing but its kind", Dcc("SEND"), Reason.Malformed);
        yield return Refusal("no kind", Dcc(""), Reason.OtherCapability);
        yield return Refusal("a kind without port", Dcc("GET file.txt"), Reason.OtherCapability);
        yield return Refusal("a refusal", Dcc("REJECT SEND file.txt").Replace("PRIVMSG", "NOTICE", StringComparison.Ordinal), Reason.OtherCapability);
        yield return Refusal("two messages", $"PRIVMSG bob :\u0001DCC SEND f {alice} 5000\u0001\u0001DCC SEND f {alice} 5001\u0001\r\n", Reason.Malformed);
        yield return Refusal("a text behind", $"PRIVMSG bob :\u0001DCC SEND f {alice} 5000 1\u0001 see you\r\n", Reason.Malformed);
        yield return Refusal("two ends that both may be meant", Dcc($"SEND my file {alice} 5000 {alice} 5001"), Reason.PortAmbiguous);
        yield return Refusal("two ends without address that both may be meant", Dcc("SEND my file 0 5000 0 5001"), Reason.PortAmbiguous);
        yield return Refusal("what asks to go on with a file from elsewhere", Dcc("RESUME file.txt 5000 100"), Reason.NoSuchOffer);
        yield return Refusal("what agrees to go on with a file that was not offered", Dcc("ACCEPT file.txt 5000 100"), Reason.NoSuchOffer);
        yield return Refusal("what agrees to go on with a file that was offered passively", Dcc("ACCEPT file.txt 0 100 7"), Reason.NoSuchOffer);
        yield return Refusal("what agrees without saying where", Dcc("ACCEPT file.txt 5000"), Reason.Malformed);
        yield return Refusal("no end", $"PRIVMSG bob :\u0001DCC SEND file.txt {alice} 5000", Reason.None);
        yield return Refusal("text", $"PRIVMSG bob :DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None);
        yield return Refusal("amid a text", $"PRIVMSG bob :look: \u0001DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None);
        yield return Refusal("a longer word", $"PRIVMSG bob :\u0001DCCX SEND file.txt {alice} 5000\u0001\r\n", Reason.None);
        yield return Refusal("another command", $"TOPIC #c :\u0001DCC SEND file.txt {alice} 5000\u0001\r\n", Reason.None);
    }

    [TestCaseSource(nameof(Refusals))]
    public void Nothing_is_opened_and_no_byte_changed_by(string said, Reason reason)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(said);
        gateway.WaitSeconds(2);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said));
        Assert.That(gateway.Mappings, Is.Empty);
        Assert.That(reason == Reason.None || gateway.Count(reason) == 1, $"counted: {string.Join(", ", gateway.Engine.Reasons.NonZero())}");
        Assert.That(gateway.Marks!.Values.Single(), Is.EqualTo(FlowStanding.Verified));
    }

    [Test]
    public void A_line_that_is_too_long_for_servers_gets_its_mapping_and_stays_as_it_is()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        string name = new('x', 471);
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
        string Said(Ipv4Address address) =>
            $"PRIVMSG #c :hello\r\n{Send(address, 5_000)}@label=7 PRIVMSG bob :\u0001DCC SEND \"a \"b\" c\" {address.Value} 5001 1\r\nPRIVMSG #c :bye\r\n";
        string said = Said(Addresses.Alice);
        byte[] bytes = Encoding.Latin1.GetBytes(said);
        for (int cut = 1; cut < bytes.Length; cut++)
        {
            (Gateway gateway, Conversation flow) = SignOn(Options(s_short));
            flow.Client(bytes.AsSpan(0, cut));
            gateway.WaitSeconds(0.1);
            flow.Client(bytes.AsSpan(cut));
            Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Said(s_short)), $"cut at {cut}");
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

    private static TestCaseData Refusal(string name, string said, Reason reason) => new TestCaseData(said, reason).SetArgDisplayNames(name);

    private static TestCaseData Offer(string name, string message) => new TestCaseData(message).SetArgDisplayNames(name);

    private static string Dcc(string message) => $"PRIVMSG bob :\u0001DCC {message}\u0001\r\n";
}
