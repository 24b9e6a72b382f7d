using System.Text;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using static ReAim.Alg.Tests.Msn.MsnGateway;

namespace ReAim.Alg.Tests.Msn;

/// <summary>What a connection of MSN Messenger is, and what is done about its messages (PROTOCOL-MSN 1, 3, 4).</summary>
[TestFixture]
internal sealed class MsnSessionTests
{
    private static readonly Ipv4Address s_long = Addresses.Parse("203.0.113.213");

    private static IEnumerable<TestCaseData> Openings()
    {
        yield return new TestCaseData(Caller, "USR 1 OK alice@example.net Alice\r\n").SetArgDisplayNames("a caller");
        yield return new TestCaseData("ANS 1 alice@example.net 8.5 117\r\n", "IRO 1 1 1 bob@example.net Bob\r\nANS 1 OK\r\n").SetArgDisplayNames("one who is called");
        yield return new TestCaseData("ANS 4 alice@example.net;{1} 8.5 117\r\n", "ANS 4 OK\r\n").SetArgDisplayNames("one who is called by nobody any more");
        yield return new TestCaseData(Called, "JOI alice@example.net Alice\r\nBYE carol@example.net\r\nIRO 1 1 1 bob@example.net Bob\r\nANS 1 OK\r\n").SetArgDisplayNames("one who is told first that somebody left");
        foreach (string capabilities in (string[])["", " 1073741824", " 2789003324:48"])
        {
            string self = $"JOI alice@example.net Alice{capabilities}\r\n", other = $"IRO 1 1 1 bob@example.net Bob{capabilities}\r\n";
            yield return new TestCaseData(Called, $"{self}{other}ANS 1 OK\r\n").SetArgDisplayNames($"one who is told first that he joined{capabilities}");
            yield return new TestCaseData(Called, $"{self}ANS 1 OK\r\n{other}").SetArgDisplayNames($"one who is told so, and of others after the answer{capabilities}");
            yield return new TestCaseData(Called, $"JOI alice@example.net;{{1}} Alice{capabilities}\r\n{self}{other}{self}ANS 1 OK\r\n").SetArgDisplayNames($"one who joins from an end point{capabilities}");
            yield return new TestCaseData(Called, $"ANS 1 OK\r\n{other}{self}").SetArgDisplayNames($"one who is told of others after the answer{capabilities}");
            yield return new TestCaseData(Called, $"ANS 1 OK\r\nJOI bob@example.net Bob{capabilities}\r\n").SetArgDisplayNames($"one who is told of others as if they came later{capabilities}");
            yield return new TestCaseData(Called, $"JOI bob@example.net Bob{capabilities}\r\nANS 1 OK\r\n").SetArgDisplayNames($"one who is told of others before the answer{capabilities}");
            yield return new TestCaseData(Caller, $"{self}USR 1 OK alice@example.net Alice\r\nJOI bob@example.net Bob{capabilities}\r\n").SetArgDisplayNames($"a caller who is told that he joined{capabilities}");
        }
    }

    [TestCaseSource(nameof(Openings))]
    public void A_switchboard_is_known_by_both_sides_first_words(string client, string server)
    {
        (Gateway gateway, Conversation flow) = SignOn(client: client, server: server);
        flow.Say(Message(Accept(Addresses.Alice, 6_891)));
        Assert.That((gateway.Count(Reason.Recognised), gateway.Mappings.Count), Is.EqualTo((1L, 1)));
    }

    [Test]
    public void The_log_names_who_else_is_in_the_switchboard()
    {
        (Gateway gateway, Conversation flow) = SignOn(client: "ANS 1 alice@example.net;{1} 8.5 117\r\n",
            server: "JOI alice@example.net;{1} A\r\nIRO 1 1 2 bob@example.net Bob\r\nIRO 1 2 2 Alice@example.net A\r\nANS 1 OK\r\nJOI alice@example.net A\r\n");
        flow.Say(Message(Accept(Addresses.Alice, 6_891)));
        Assert.That(gateway.Offers.Single().Text, Does.EndWith(" bob@example.net"));
    }

    private static IEnumerable<TestCaseData> Impostors()
    {
        string offer = Message(Accept(Addresses.Alice, 6_891));
        yield return new TestCaseData($"USR / HTTP/1.1\r\nHost: a@b\r\n\r\n{offer}", Welcome).SetArgDisplayNames("a browser with a method of its own");
        yield return new TestCaseData($"USR 1 alice ticket\r\n{offer}", Welcome).SetArgDisplayNames("no account");
        yield return new TestCaseData($"USR 1 alice@example.net\r\n{offer}", Welcome).SetArgDisplayNames("no ticket");
        yield return new TestCaseData($"MSG 1 N 2\r\nab{Caller}{offer}", Welcome).SetArgDisplayNames("something before");
        yield return new TestCaseData($"{Caller}{offer}", "HTTP/1.1 200 OK\r\n\r\n").SetArgDisplayNames("an HTTP server");
        yield return new TestCaseData($"{Caller}{offer}", "USR 2 OK alice@example.net Alice\r\n").SetArgDisplayNames("an answer to something else");
        yield return new TestCaseData($"{Caller}{offer}", "911 1\r\n").SetArgDisplayNames("a refusal");
        yield return new TestCaseData($"{Caller}{offer}", "ANS 1 OK\r\n").SetArgDisplayNames("the wrong answer");
        yield return new TestCaseData(offer, "").SetArgDisplayNames("nothing before");
        yield return new TestCaseData($"{Called}{offer}", Called).SetArgDisplayNames("an echo");
        yield return new TestCaseData($"{Called}{offer}", "JOI alice Alice\r\n").SetArgDisplayNames("somebody without account joins");
        yield return new TestCaseData($"{Called}{offer}", "JOI alice@example.net Alice\r\nHTTP/1.1 200 OK\r\n").SetArgDisplayNames("an HTTP server after somebody joined");
        yield return new TestCaseData($"VER 1 MSNP8 CVR0\r\n{offer}", "JOI alice@example.net Alice\r\n").SetArgDisplayNames("somebody joins a notification server");
    }

    [TestCaseSource(nameof(Impostors))]
    public void What_is_no_switchboard_on_both_sides_from_its_first_byte_opens_nothing(string client, string server)
    {
        (Gateway gateway, Conversation flow) = SignOn(client: client, server: "");
        if (server.Length > 0)
        {
            flow.Hear(server);
        }

        flow.Say(Message(Accept(Addresses.Alice, 6_892)));
        Assert.That(gateway.Engine.MappingCount, Is.Zero);
        Assert.That(gateway.Count(Reason.NotRecognised), Is.EqualTo(1));
        Assert.That(Encoding.Latin1.GetString(flow.Received(Direction.Outbound)), Is.EqualTo(client + Message(Accept(Addresses.Alice, 6_892))));
    }

    [Test]
    public void Commands_of_one_segment_are_each_taken()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_long));
        string text = Message("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\nhello");
        flow.Say("PNG\r\n" + text + Message(Accept(Addresses.Alice, 6_891)) + text + Message(Accept(Addresses.Alice, 6_892, cookie: 8)) + text);
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo("PNG\r\n" + text + Message(Accept(s_long, 6_891)) + text + Message(Accept(s_long, 6_892, cookie: 8)) + text));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(2));
    }

    [Test]
    public void Who_gets_a_message_of_another_size_acknowledges_that_and_its_sender_hears_the_size_it_sent()
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_long));
        string sent = Transport(Addresses.Alice, 1_140);
        string received = Transport(s_long, 1_140);
        flow.Say(Message(PeerToPeer(sent, identifier: 77)));
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Message(PeerToPeer(received, identifier: 77))));
        Assert.That(received, Has.Length.EqualTo(sent.Length + 1));
        string Answer(int size, uint about = 77) => Passed(PeerToPeer("", flags: 2, acknowledged: about, acknowledgedSize: (ulong)size, total: (ulong)size));
        flow.Hear(Answer(received.Length));
        flow.Hear(Answer(received.Length, about: 78));
        flow.Hear(Answer(5));
        Assert.That(Heard(flow, Direction.Inbound), Is.EqualTo(Answer(sent.Length) + Answer(received.Length, about: 78) + Answer(5)));
        gateway.Departures.ForEach(packet => PacketJudge.AssertSound(packet.Bytes));
    }

    [Test]
    public void An_acknowledgement_cut_at_any_byte_becomes_the_same()
    {
        string sent = Transport(Addresses.Alice, 1_140);
        string received = Transport(s_long, 1_140);
        string Answer(int size) => Passed(PeerToPeer("", flags: 2, acknowledged: 77, acknowledgedSize: (ulong)size, total: (ulong)size));
        string answer = Answer(received.Length);
        for (int cut = 1; cut < answer.Length; cut++)
        {
            (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_long));
            flow.Say(Message(PeerToPeer(sent, identifier: 77)));
            flow.Hear(answer[..cut]);
            gateway.WaitSeconds(0.1);
            flow.Hear(answer[cut..]);
            Assert.That(Heard(flow, Direction.Inbound), Is.EqualTo(Answer(sent.Length)), $"cut at {cut}");
        }
    }

    private static IEnumerable<TestCaseData> Ends()
    {
        string cancel = Invitation("Invitation-Command: CANCEL\r\nInvitation-Cookie: 7\r\nCancel-Code: FTTIMEOUT\r\n");
        string bye = PeerToPeer("BYE MSNMSGR:bob@example.net MSNSLP/1.0\r\nCall-ID: {C39C6A94}\r\nContent-Type: application/x-msnmsgr-sessionclosebody\r\nContent-Length: 3\r\n\r\n\r\n\0");
        string file = Accept(Addresses.Alice, 6_891);
        string transport = PeerToPeer(Transport(Addresses.Alice, 6_891));
        yield return new TestCaseData(file, cancel, true).SetArgDisplayNames("an invitation, by its sender");
        yield return new TestCaseData(file, cancel, false).SetArgDisplayNames("an invitation, by its receiver");
        yield return new TestCaseData(transport, bye, true).SetArgDisplayNames("a session, by this side");
        yield return new TestCaseData(transport, bye, false).SetArgDisplayNames("a session, by the other");
    }

    [TestCaseSource(nameof(Ends))]
    public void What_is_called_off_gives_its_mapping_back(string offer, string end, bool outbound)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(Message(offer));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        if (outbound)
        {
            flow.Say(Message(end));
        }
        else
        {
            flow.Hear(Passed(end));
        }

        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.Cancelled)), Is.EqualTo((0, 1L)));
    }

    [TestCase("ACCEPT", "{0A8F-77}")]
    [TestCase("ACCEPT", "-7")]
    [TestCase("Accept", "12345678901")]
    public void An_invitation_goes_by_whatever_its_cookie_says(string command, string cookie)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(Message(Invitation($"Invitation-Command: {command}\r\nInvitation-Cookie: {cookie}\r\nIP-Address: {Addresses.Alice}\r\nPort: 6891\r\n")));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        flow.Hear(Passed(Invitation("Invitation-Command: CANCEL\r\nInvitation-Cookie: 8\r\n")));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1), "another one's");
        flow.Hear(Passed(Invitation($"Invitation-Command: Cancel\r\nInvitation-Cookie: {cookie}\r\n")));
        Assert.That(gateway.Mappings, Is.Empty);
    }

    [TestCase("\r\n\r\n")]
    [TestCase("\r\n")]
    [TestCase("")]
    public void An_invitations_last_line_needs_no_end(string end)
    {
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options(s_long));
        string Text(Ipv4Address address) => Message(Invitation($"Invitation-Command: ACCEPT\r\nInvitation-Cookie: 7\r\nIP-Address: {address}\r\nPort: 6891")[..^2] + end);
        flow.Say(Text(Addresses.Alice));
        flow.Say("OUT\r\n");
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(Text(s_long) + "OUT\r\n"));
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
    }

    [TestCase("Invitation-Command: INVITE\r\nInvitation-Cookie: 7\r\n", Reason.OtherCapability)]
    [TestCase("Invitation-Command: ACCEPT\r\n", Reason.Malformed)]
    [TestCase("", Reason.Malformed)]
    public void An_address_of_which_nobody_knows_what_it_is_for_stays_and_has_a_reason(string fields, Reason reason)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        string payload = Invitation($"{fields}IP-Address: {Addresses.Alice}\r\nPort: 6891\r\n");
        flow.Say(Message(payload));
        flow.Hear(Passed(payload));
        Assert.That((Heard(flow, Direction.Outbound), gateway.Mappings.Count), Is.EqualTo((Message(payload), 0)));
        Assert.That((gateway.Count(reason), gateway.Count(Reason.OfferFromOutside)), Is.EqualTo((1L, 1L)));
    }

    [Test]
    public void The_last_word_leaves_the_mapping_a_minute()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(Message(Accept(Addresses.Alice, 6_891)));
        flow.Say("OUT\r\n");
        gateway.WaitSeconds(59);
        Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        gateway.WaitSeconds(2);
        Assert.That(gateway.Mappings, Is.Empty);
    }

    private static IEnumerable<TestCaseData> Referrals()
    {
        yield return new TestCaseData("XFR 5 SB 198.51.100.40:1864 CKI 17262740.1050826919.32308\r\n", "198.51.100.40", (ushort)1_864).SetArgDisplayNames("a switchboard to call with");
        yield return new TestCaseData("RNG 11752013 sb.example.net:1865 CKI 849102291.520491113 bob@example.net Bob\r\n", "sb.example.net", (ushort)1_865).SetArgDisplayNames("a switchboard to answer at");
        yield return new TestCaseData("XFR 3 NS 198.51.100.41 0 198.51.100.1:1863\r\n", "198.51.100.41", (ushort)1_863).SetArgDisplayNames("another server");
    }

    [TestCaseSource(nameof(Referrals))]
    public void A_notification_server_says_where_the_next_server_is(string line, string host, ushort port)
    {
        (Gateway gateway, Conversation flow) = SignOn(client: "VER 1 MSNP8 CVR0\r\n", server: "VER 1 MSNP8 CVR0\r\n");
        string profile = "RNG 1 198.51.100.66:6666 CKI 1 mallory@example.net M\r\n";
        flow.Hear($"CVR 2 6.0 6.0 1.0 http://example.net http://example.net\r\nUSR 4 OK alice@example.net Alice 1 0\r\nMSG Hotmail Hotmail {profile.Length}\r\n{profile}UBX bob@example.net {profile.Length}\r\n{profile}{line}");
        ExpectedServer expected = gateway.Effects.Single(effect => effect.Kind == EffectKind.ExpectServer).Server!;
        Assert.That(expected, Is.EqualTo(new ExpectedServer(Addresses.Alice, host, port)));
    }

    [Test]
    public void A_referral_cut_at_any_byte_waits_until_the_server_is_watched()
    {
        const string Hello = "VER 1 MSNP8 CVR0\r\n", Referral = "XFR 5 SB 198.51.100.40:1864 CKI 17262740.1050826919.32308\r\n";
        for (int cut = 1; cut < Referral.Length; cut++)
        {
            (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options() with { AnswersServers = true }, client: Hello, server: Hello);
            flow.Hear("PNG\r\n" + Referral[..cut]);
            flow.Hear(Referral[cut..]);
            flow.Hear("QNG 50\r\n");
            Assert.That(Encoding.ASCII.GetString(flow.Received(Direction.Inbound)), Is.EqualTo(Hello + "PNG\r\n" + Referral[..cut]), $"cut at {cut}");
            gateway.Engine.AnswerServer(new ExpectedServer(Addresses.Alice, "198.51.100.40", 1_864), gateway.Now);
            gateway.Wait(0);
            Assert.That(Encoding.ASCII.GetString(flow.Received(Direction.Inbound)), Is.EqualTo(Hello + "PNG\r\n" + Referral + "QNG 50\r\n"), $"cut at {cut}");
        }
    }

    [Test]
    public void A_referral_to_a_port_that_is_watched_waits_for_nothing()
    {
        const string Hello = "VER 1 MSNP8 CVR0\r\n", Referral = "XFR 5 SB 198.51.100.40:1864 CKI 17262740.1050826919.32308\r\n";
        (Gateway gateway, Conversation flow) = SignOn(
            IrcGateway.Options() with { AnswersServers = true, WatchedPorts = new HashSet<ushort> { 1_864 } }, client: Hello, server: Hello);
        flow.Hear(Referral);
        Assert.That((gateway.Held, gateway.Count(Reason.ServerLearnt)), Is.EqualTo((0, 1L)));
    }

    [Test]
    public void A_server_that_names_a_thousand_others_has_64_of_them_waited_for()
    {
        const string Hello = "VER 1 MSNP8 CVR0\r\n";
        (Gateway gateway, Conversation flow) = SignOn(IrcGateway.Options() with { AnswersServers = true }, client: Hello, server: Hello);
        flow.Hear(string.Concat(Enumerable.Range(0, 1_000).Select(i => $"XFR 5 SB 198.51.100.40:{2_000 + i} CKI 1\r\n")));
        Assert.That((gateway.Held, gateway.Count(Reason.HoldLimit)), Is.EqualTo((1, 936L)));
        gateway.WaitSeconds(1.1);
        Assert.That(gateway.Held, Is.Zero);
    }

    [Test]
    public void Of_what_came_early_no_copy_is_kept_for_a_reader_that_wants_no_more()
    {
        const string Hello = "VER 1 MSNP8 CVR0\r\n";
        (Gateway gateway, Conversation flow) = SignOn(client: Hello, server: "");
        flow.ClientAt(flow.ClientLength + 20, "CVR 2 0x0409 win\r\n"u8.ToArray());
        Assert.That(gateway.Engine.KeptCount, Is.EqualTo(1));
        flow.Hear(Hello);
        Assert.That((gateway.Count(Reason.Recognised), gateway.Engine.KeptCount), Is.EqualTo((1L, 0)));
    }

    [Test]
    public void A_notification_server_has_no_offers()
    {
        (Gateway gateway, Conversation flow) = SignOn(client: "VER 1 MSNP8 CVR0\r\n", server: "VER 1 MSNP8 CVR0\r\n");
        flow.Say(Message(Accept(Addresses.Alice, 6_891)));
        Assert.That((gateway.Mappings.Count, gateway.Held), Is.EqualTo((0, 0)));
    }

    [Test]
    public void Data_on_its_way_over_the_switchboard_never_waits()
    {
        (Gateway gateway, Conversation flow) = SignOn();
        string data = Message(PeerToPeer(new string('x', 1_202), session: 0x1234567)) + Message("MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n" + new string('y', 5_000));
        string all = string.Concat(Enumerable.Repeat(data, 20));
        for (int at = 0; at < all.Length; at += 1_460)
        {
            flow.Say(all[at..Math.Min(at + 1_460, all.Length)]);
            Assert.That(gateway.Held, Is.LessThanOrEqualTo(1));
        }

        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(all));
        Assert.That((gateway.Count(Reason.AssemblyLimit), gateway.Count(Reason.FramingLost)), Is.EqualTo((0L, 0L)));
    }

    private static IEnumerable<TestCaseData> Nonsense()
    {
        yield return new TestCaseData("hello there\r\n").SetArgDisplayNames("no command");
        yield return new TestCaseData("MSG 4 N many\r\n").SetArgDisplayNames("a length that is none");
        yield return new TestCaseData("MSG 4 99999999999\r\n").SetArgDisplayNames("a word too few");
        yield return new TestCaseData(new string('A', 3_000)).SetArgDisplayNames("a line without end");
        yield return new TestCaseData("\r\n").SetArgDisplayNames("an empty line");
    }

    [TestCaseSource(nameof(Nonsense))]
    public void After_what_is_no_command_nothing_is_read_any_more(string said)
    {
        (Gateway gateway, Conversation flow) = SignOn();
        flow.Say(said);
        flow.Say(Message(Accept(Addresses.Alice, 6_891)));
        Assert.That((gateway.Mappings.Count, gateway.Count(Reason.FramingLost), gateway.Held), Is.EqualTo((0, 1L, 0)));
        Assert.That(Heard(flow, Direction.Outbound), Is.EqualTo(said + Message(Accept(Addresses.Alice, 6_891))));
    }

    [Test]
    public void A_port_that_is_nobodys_is_told_by_its_first_words()
    {
        (Gateway gateway, _) = SignOn(port: 7_777);
        Assert.That(gateway.Effects.Single(effect => effect.Kind == EffectKind.FlowRecognised).Protocol!.Name, Is.EqualTo("msn"));
        var irc = new Gateway(IrcGateway.Options());
        var flow = new Conversation(irc, new(Addresses.Alice, 40_001), new(Addresses.Server, 7_777));
        flow.Handshake();
        flow.Say("USER alice 0 * :Alice\r\nNICK alice\r\n");
        flow.Hear(IrcGateway.ServerWelcome);
        Assert.That(irc.Effects.Single(effect => effect.Kind == EffectKind.FlowRecognised).Protocol!.Name, Is.EqualTo("irc"));
    }
}
