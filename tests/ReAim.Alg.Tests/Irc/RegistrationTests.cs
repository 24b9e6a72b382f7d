using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Irc;

/// <summary>What a connection of IRC is: NICK, USER, a welcome that names the client, and between these only IRC (PROTOCOL-IRC 3).</summary>
[TestFixture]
internal sealed class RegistrationTests
{
    private const string Welcome = ":irc.example.net 001 alice :Welcome\r\n";
    private const string Register = "NICK alice\r\nUSER a 0 * :a\r\n";

    /// <summary>Lines in the order in which they are said: the client's begin with "> ", the server's with "&lt; ".</summary>
    private static IEnumerable<TestCaseData> Openings()
    {
        yield return Opening("in small letters", "> nick alice", "> user a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening("USER first", "> USER a 0 * :a", "> NICK alice", "< :irc 001 alice :hi");
        yield return Opening("a server without a name", "> NICK alice", "> USER a 0 * :a", "< 001 alice :hi");
        yield return Opening("a server without a name that answers otherwise first", "> NICK alice", "> USER a 0 * :a", "< 451 * JOIN :no", "< 433 alice bob :no", "< 001 alice :hi");
        yield return Opening("a server that speaks first", "< NOTICE AUTH :*** Looking up your hostname", "> NICK alice", "> USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening("a server whose tags come first", "< @time=2026-01-01T00:00:00Z :irc NOTICE * :hi", "> NICK alice", "> USER a 0 * :a", "< @time=2026-01-01T00:00:00Z;msgid=1 :irc 001 alice :hi");
        yield return Opening("an empty line first", "> ", "> NICK alice", "> USER a 0 * :a", "< ", "< :irc 001 alice :hi");
        yield return Opening("blanks in a row", "> NICK  alice", "> USER  a 0 * :a", "< :irc  001  alice :hi");
        yield return Opening("prefixes and tags of the client", "> :alice NICK alice", "> @label=1 :alice USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening("irssi", "> CAP LS 302", "> JOIN :", "< :irc CAP * LS :multi-prefix", "< :irc 451 * JOIN :You have not registered.", "> CAP END", "> NICK alice", "> USER a a irc :a", "< :irc 001 alice :hi");
        yield return Opening(
            "SASL", "> CAP LS 302", "> NICK alice", "> USER a 0 * :a", "< :irc CAP * LS :sasl", "> CAP REQ :sasl", "< :irc CAP alice ACK :sasl", "> AUTHENTICATE PLAIN", "< AUTHENTICATE +",
            "> AUTHENTICATE YWxpY2U=", "< :irc 900 alice alice!a@h alice :You are now logged in", "< :irc 903 alice :ok", "> CAP END", "< :irc 001 alice :hi");
        yield return Opening("a ping before the welcome", "> NICK alice", "< PING :123", "> PONG :123", "> USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening("a name that is taken", "> NICK alice", "> USER a 0 * :a", "< :irc 433 * alice :Nickname is already in use", "> NICK alice_", "< :irc 001 alice_ :hi");
        yield return Opening("names that are all taken", ["> NICK alice", "> USER a 0 * :a", .. Enumerable.Range(0, 20).Select(i => $"> NICK alice{i}"), "< :irc 001 alice19 :hi"]);
        yield return Opening("a name that was asked for before another", "> NICK alice", "> USER a 0 * :a", "> NICK alice_", "< :irc 001 alice :hi");
        yield return Opening("a name that the server gives", "> NICK alice", "> USER a 0 * :a", "< :alice!a@h NICK :guest7", "< :irc 001 guest7 :hi");
        yield return Opening("a name that the server gives twice", "> NICK alice", "> USER a 0 * :a", "< :alice NICK b", "< @a=b :B!b@h NICK c", "< :irc 001 c :hi");
        yield return Opening("a name in other letters", "> NICK Alice[^]\\", "> USER a 0 * :a", "< :irc 001 aLICE{~}| :hi");
        yield return Opening("a name that the server shortens", "> NICK alice_in_wonderland", "> USER a 0 * :a", "< :irc 001 Alice_in_ :hi");
        yield return Opening("a name behind a colon", "> NICK :alice", "> USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening("blanks behind a name", "> NICK :alice ", "> USER a 0 * :a ", "< :irc 001 alice  :hi");
        yield return Opening("blanks in front of a line", ">  NICK alice", ">   USER a 0 * :a", "<  @a=b :irc NOTICE * :hi", "<  :irc 001 alice :hi");
        yield return Opening(
            "IRCX", "> MODE ISIRCX", "< :irc 800 * 0 0 ANON 512 *", "> AUTH NTLM I :x", "< AUTH NTLM S :y", "> AUTH NTLM S :z", "< AUTH NTLM * alice 0", "> NICK alice", "> USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Opening(
            "a bouncer that asks for more words", "> NICK alice", "> USER a 0 * :a", "< NOTICE AUTH :who are you?", "> LOGIN alice pw", "< NOTICE AUTH :where to?", "> CONN irc.example.net 6667", "< :irc 001 alice :hi");
        yield return Opening("a welcome to nobody, and one to the client", "> NICK alice", "> USER a 0 * :a", "< :irc 001 * :wait", "< :irc 001 alice :hi");
        yield return Opening("what a server says to somebody it does not know yet", "< :irc 020 * :Please wait", "> NICK alice", "< :irc 451 PING :first", "> USER a 0 * :a", "< :irc 439 * :wait", "< :irc 001 alice :hi");
        yield return Opening("a server that asks for the program's name", "> NICK alice", "> USER a 0 * :a", "< :irc PRIVMSG alice :\u0001VERSION\u0001", "> NOTICE irc :\u0001VERSION x\u0001", "< :irc 001 alice :hi");
        yield return Opening("standard replies", "> NICK alice", "> USER a 0 * :a", "< FAIL * X :no", "< :irc WARN * X :hm", "< :irc NOTE * X :ok", "< :irc BATCH +1 isupport", "< @batch=1 :irc 005 * A :b", "< :irc BATCH -1", "< :irc 001 alice :hi");
        yield return Opening("a bouncer", "> PASS a:b", "> NICK alice", "> USER a 0 * :a", "> BOUNCER BIND 1", "< :bnc 464 alice :Password required", "< :alice!a@h SETNAME :A", "< :*status!z@z PRIVMSG alice :hello", "< :a!b@c MODE alice +i", "< :irc 001 alice :hi");
        foreach (string said in (string[])["JOIN #c", "MODE alice +i", "USERHOST alice", "PING :lag", "WHO alice", "AWAY :x", "SETNAME :A", "WATCH +bob", "MONITOR + bob", "PROTOCTL NAMESX", "PRIVMSG NickServ :IDENTIFY x", "NickServ IDENTIFY x", "METADATA * SUB a", "QUIT"])
        {
            yield return Opening($"{said} too early", $"> {said}", "> NICK alice", "> USER a 0 * :a", $"> {said}", "< :irc 451 * :no", "< :irc 001 alice :hi");
        }

        foreach (string said in (string[])["WEBIRC pw gw host 1.2.3.4", "PROXY TCP4 192.168.7.10 198.51.100.5 40000 6667", "STARTTLS", "ENCODING utf8", "CHARCONV UTF-8", "LOGIN alice pw"])
        {
            yield return Opening(said, $"> {said}", "> NICK alice", "> USER a 0 * :a", "< :irc 001 alice :hi");
        }
    }

    [TestCaseSource(nameof(Openings))]
    public void Is_IRC(string[] lines)
    {
        foreach (string end in (string[])["\r\n", "\n"])
        {
            (Gateway gateway, Conversation flow) = Connect();
            foreach (string line in lines)
            {
                flow.Take(line, end);
                Assert.That(gateway.Count(Reason.NotRecognised), Is.Zero, line);
            }

            Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
            flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
            Assert.That(gateway.Mappings, Has.Count.EqualTo(1));
        }
    }

    [TestCaseSource(nameof(Openings))]
    public void Is_IRC_however_it_is_cut(string[] lines)
    {
        (Gateway gateway, Conversation flow) = Connect();
        foreach (string line in lines)
        {
            string text = line[2..] + "\r\n";
            foreach (char letter in text)
            {
                flow.Take($"{line[..2]}{letter}", "");
            }
        }

        Assert.That(gateway.Count(Reason.Recognised), Is.EqualTo(1));
    }

    private static IEnumerable<TestCaseData> Others()
    {
        yield return Other("a browser", Doubt.FirstBytes, "GET", "> GET / HTTP/1.1");
        yield return Other("a browser whose method is a word of IRC", Doubt.ClientWord, "Host:", "> NICK /alice HTTP/1.1", "> Host: evil.example");
        yield return Other("a browser whose method's name is all that comes at first", Doubt.NotRegistered, ":e", "> NICK /alice HTTP/1.1", "< :e 001 /alice :hi");
        yield return Other("a mail program", Doubt.FirstBytes, "EHLO", "> EHLO alice");
        yield return Other("a mail program that is greeted", Doubt.FirstBytes, "220", "< 220 mail.example.net ESMTP");
        yield return Other("TLS", Doubt.FirstBytes, "\u0016\u0003\u0001\u0002", "> \u0016\u0003\u0001\u0002");
        yield return Other("a program of FTP", Doubt.ServerWord, "331", "> USER anonymous", "< 331 Password required");
        yield return Other("an echo", Doubt.ServerWord, "USER", "> NICK alice", "> CAP LS 302", "> USER a 0 * :a", "< CAP LS 302", "< USER a 0 * :a");
        yield return Other("an echo of a name", Doubt.ServerWord, "NICK", "> NICK alice", "> USER a 0 * :a", "< NICK alice");
        yield return Other("an echo with a name in front", Doubt.ServerWord, ":alice", "> :alice NICK alice", "> :alice USER a 0 * :a", "< :alice NICK alice", "< :alice USER a 0 * :a");
        yield return Other("a client that wants a welcome echoed", Doubt.ClientWord, ":x", "> NICK alice", "> USER a 0 * :a", "> :x 001 alice :hi");
        yield return Other("a client that wants a tagged welcome echoed", Doubt.ClientWord, "@a=b", "> NICK alice", "> USER a 0 * :a", "> @a=b :x 001 alice :hi");
        yield return Other("a welcome of somebody else", Doubt.OtherName, ":irc", "> NICK alice", "> USER a 0 * :a", "< :irc 001 bob :hi");
        yield return Other("a welcome of nearly the same name", Doubt.OtherName, ":irc", "> NICK alice", "> USER a 0 * :a", "< :irc 001 alic :hi");
        yield return Other("a welcome of a longer name", Doubt.OtherName, ":irc", "> NICK alice", "> USER a 0 * :a", "< :irc 001 alice_ :hi");
        yield return Other("a welcome without name", Doubt.OtherName, ":irc", "> NICK alice", "> USER a 0 * :a", "< :irc 001");
        yield return Other("a welcome of a name that another got", Doubt.OtherName, ":irc", "> NICK alice", "> USER a 0 * :a", "< :bob!b@h NICK carol", "< :irc 001 carol :hi");
        yield return Other("a welcome before USER", Doubt.NotRegistered, ":irc", "> NICK alice", "< :irc 001 alice :hi");
        yield return Other("a welcome before NICK", Doubt.NotRegistered, ":irc", "> USER a 0 * :a", "< :irc 001 a :hi");
        yield return Other("a welcome before any name", Doubt.NotRegistered, ":irc", "> NICK", "> USER a 0 * :a", "< :irc 001 alice :hi");
        yield return Other("an offer before the welcome", Doubt.EarlyOffer, "PRIVMSG", "> NICK alice", "> USER a 0 * :a", "> PRIVMSG bob :\u0001DCC SEND a 0 5000 1\u0001");
        yield return Other("a line that is too long", Doubt.LineTooLong, "", "> NICK alice", "> PASS " + new string('x', 9_000));
        yield return Other("a server's line that is too long", Doubt.LineTooLong, "", "> NICK alice", "< @a=" + new string('x', 9_000));
        yield return Other("a word that nobody says", Doubt.ClientWord, "FROBNICATE", "> NICK alice", "> FROBNICATE");
        yield return Other("a word of a server's that nobody says", Doubt.ServerWord, "HTTP/1.1", "> NICK alice", "< HTTP/1.1 200 OK");
    }

    [TestCaseSource(nameof(Others))]
    public void Is_not_IRC_and_that_is_said_once_with_its_reason(string doubt, string word, string[] lines)
    {
        (Gateway gateway, Conversation flow) = Connect();
        foreach (string line in lines)
        {
            Assert.That(Unrecognised(gateway), Is.Empty, $"before {line}");
            flow.Take(line, "\r\n");
        }

        flow.Say(Register);
        flow.Hear(Welcome);
        flow.Say(IrcGateway.Send(Addresses.Alice, 5_000));
        Assert.That((gateway.Engine.MappingCount, gateway.Count(Reason.NotRecognised), gateway.Count(Reason.Recognised)), Is.EqualTo((0, 1L, 0L)));
        Effect effect = Unrecognised(gateway).Single();
        Assert.That((effect.Flow, $"{effect.Doubt}", Encoding.Latin1.GetString(effect.Bytes.Span)), Is.EqualTo((flow.Key, doubt, word)));
    }

    [Test]
    public void What_ends_before_its_welcome_is_said_to_have_ended()
    {
        (Gateway gateway, Conversation flow) = Connect();
        flow.Say(Register);
        flow.Hear("ERROR :Closing link: you are banned\r\n");
        Assert.That(Unrecognised(gateway), Is.Empty);
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Rst | TcpFlags.Ack, flow.ClientLength));
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Rst | TcpFlags.Ack, flow.ClientLength));
        gateway.WaitSeconds(1_000);
        Assert.That(Unrecognised(gateway).Select(effect => effect.Doubt), Is.EqualTo(new[] { Doubt.Ended }));
    }

    [Test]
    public void What_is_recognised_or_says_nothing_is_not_said_to_be_unrecognised()
    {
        (Gateway gateway, Conversation flow) = Connect();
        flow.Say(Register);
        flow.Hear(Welcome);
        (Gateway silent, Conversation other) = Connect();
        gateway.Send(Direction.Inbound, flow.Packet(Direction.Inbound, flow.ServerLength, [], TcpFlags.Rst | TcpFlags.Ack, flow.ClientLength));
        silent.Send(Direction.Inbound, other.Packet(Direction.Inbound, 0, [], TcpFlags.Rst | TcpFlags.Ack, 0));
        Assert.That(Unrecognised(gateway), Is.Empty);
        Assert.That(Unrecognised(silent), Is.Empty);
    }

    private static List<Effect> Unrecognised(Gateway gateway) => [.. gateway.Effects.Where(effect => effect.Kind == EffectKind.FlowNotRecognised)];

    private static (Gateway Gateway, Conversation Flow) Connect()
    {
        var gateway = new Gateway(IrcGateway.Options()) { Marks = [] };
        var flow = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, 6_667));
        flow.Handshake();
        return (gateway, flow);
    }

    private static TestCaseData Opening(string name, params string[] lines) => new TestCaseData([lines]).SetArgDisplayNames(name);

    private static TestCaseData Other(string name, Doubt doubt, string word, params string[] lines) => new TestCaseData($"{doubt}", word, lines).SetArgDisplayNames(name);
}
