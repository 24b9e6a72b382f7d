using System.Text;
using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Tests.Gateway;

/// <summary>What the log says of IRC's and MSN Messenger's connections: also of those that are not recognised, and in their own words.</summary>
[TestFixture]
internal sealed class TextProtocolLogTests : IReleases, IConnectionTable
{
    private const string Registration = "NICK alice\r\nUSER a 0 * :a\r\n";
    private const string IrcWelcome = ":irc 001 alice :hi\r\n";
    private const string Called = "ANS 1 alice@example.net 8.5 117\r\n";

    private readonly LateTranslator _translator = new();
    private StringWriter _log = new();
    private Engine _engine = new(new EngineOptions());
    private EffectRunner? _effects;
    private Ipv4Endpoint _server;
    private Ipv4Endpoint _client;
    private uint _said;
    private uint _heard;
    private long _now;

    [OneTimeTearDown]
    public void Close() => _translator.Dispose();

    [TearDown]
    public void CloseLog() => _log.Dispose();

    [TestCase(6_667, "> GET / HTTP/1.1\r\n\r\n", "is not recognised as an IRC connection: it begins with \"GET\", which none does")]
    [TestCase(6_667, "> \u0016\u0003\u0001\u0002\u0000", "is not recognised as an IRC connection: it begins with TLS, inside which nothing can be read")]
    [TestCase(6_667, "> NICK /a HTTP/1.1\r\nHost: x\r\n", "is not recognised as an IRC connection: its client says \"Host: …\", a line that none says at the beginning")]
    [TestCase(6_667, "< HELLO\u001b[2J there\r\n", "is not recognised as an IRC connection: it begins with \"HELLO?[2J\", which none does")]
    [TestCase(6_667, "> NICK a\r\n|< HTTP/1.1 200 OK\r\n", "is not recognised as an IRC connection: its server says \"HTTP/1.1 …\", a line that none says at the beginning")]
    [TestCase(6_667, "> " + Registration + "|< :irc 001 bob :hi\r\n", "is not recognised as an IRC connection: its server welcomes somebody else than its client")]
    [TestCase(6_667, "> NICK a\r\n|< :irc 001 a :hi\r\n", "is not recognised as an IRC connection: its server welcomes a client that has not said both NICK and USER")]
    [TestCase(6_667, "> NICK a\r\nPRIVMSG b :\u0001DCC SEND a 0 5000 1\u0001\r\n", "is not recognised as an IRC connection: its client offers a direct connection before it is welcomed")]
    [TestCase(1_863, "> GET / HTTP/1.1\r\n\r\n", "is not recognised as an MSN connection: it begins with \"GET\", which none does")]
    [TestCase(1_863, "> " + Called + "|< 911 1\r\n", "is not recognised as an MSN connection: its server says \"911 …\", a line that none says at the beginning")]
    [TestCase(1_863, "> VER one\r\n", "is not recognised as an MSN connection: its client says \"VER …\", a line that none says at the beginning")]
    [TestCase(1_863, "> " + Called + "|< no command\r\n", "is not recognised as an MSN connection: its server says \"no …\", a line that none says at the beginning")]
    [TestCase(1_863, "> \u002a\u0001\u0000\u0001\u0000\u0004\u0000\u0000\u0000\u0001|< \u002a\u0005", "is not recognised as an MSN connection: it begins as another protocol does")]
    [TestCase(7_000, "> GET / HTTP/1.1\r\n\r\n", "is not recognised as an MSN or IRC connection: it begins with \"GET\", which none does")]
    public void A_connection_to_a_watched_port_that_is_not_recognised_is_one_line_that_says_why(int port, string said, string why)
    {
        Connect((ushort)port, new EngineOptions { Protocols = ProtocolTable.All, WatchedPorts = new HashSet<ushort> { 5_190, 6_667, 1_863, 7_000 } });
        Play(said);
        Play("> more\r\n|< and more\r\n|> and still more\r\n");
        Assert.That(_log.ToString(), Is.EqualTo($"reaim: {_client} > {_server} {why} (not-recognised).{Environment.NewLine}"));
    }

    [Test]
    public void One_that_ends_early_is_a_line_too()
    {
        Connect(6_667, new EngineOptions { Protocols = ProtocolTable.All });
        Play("> " + Registration + "|< ERROR :Closing link\r\n");
        Assert.That(_log.ToString(), Is.Empty);
        Send(Direction.Inbound, _heard, TcpFlags.Rst | TcpFlags.Ack, []);
        Assert.That(_log.ToString(), Does.EndWith(" is not recognised as an IRC connection: it ended before its server had let the client in (not-recognised)." + Environment.NewLine));
    }

    [TestCase(5_190)]
    [TestCase(443)]
    public void Ports_that_are_not_theirs_are_no_lines_where_any_port_is_watched(int port)
    {
        Connect((ushort)port, new EngineOptions { Protocols = ProtocolTable.All });
        Play("> GET / HTTP/1.1\r\n\r\n");
        Assert.That((_log.ToString(), _engine.Reasons[Reason.NotRecognised]), Is.EqualTo(("", 1L)));
    }

    [Test]
    public void Where_only_OSCAR_is_helped_nothing_else_is_a_line()
    {
        Connect(6_667, new EngineOptions { WatchedPorts = new HashSet<ushort> { 6_667 } });
        Play("> GET / HTTP/1.1\r\n\r\n");
        Assert.That((_log.ToString(), _engine.Reasons[Reason.NotRecognised]), Is.EqualTo(("", 1L)));
    }

    [Test]
    public void A_notification_server_has_no_offers_that_would_say_anything()
    {
        Connect(1_863, new EngineOptions { Protocols = ProtocolTable.All });
        Play("> VER 1 MSNP8 CVR0\r\n|< VER 1 MSNP8 CVR0\r\n|< XFR 5 SB 198.51.100.40:1864 CKI 17.10\r\n");
        Assert.That(_log.ToString(), Is.EqualTo(
            $"reaim: {_client} > {_server} is an MSN connection without offers of its own: those that it leads to are watched (recognised).{Environment.NewLine}"));
        Assert.That(_translator.Asked, Does.Contain("! 198.51.100.40:1864"));
    }

    [TestCase(6_667, "> " + Registration + "|< " + IrcWelcome, "PRIVMSG bob :\u0001DCC SEND a.txt 0 5000 1\u0001\r\n", "DCC file to bob: opened 203.0.113.7:5000")]
    [TestCase(6_667, "> " + Registration + "|< " + IrcWelcome, "PRIVMSG bob :\u0001DCC RECV a.txt 0 5000 1\u0001\r\n", "DCC request for a file to bob: opened 203.0.113.7:5000")]
    [TestCase(6_667, "> " + Registration + "|< " + IrcWelcome, "PRIVMSG bob :\u0001DCC CHAT chat 0 5000\u0001\r\n", "DCC chat to bob: opened 203.0.113.7:5000")]
    [TestCase(6_667, "> " + Registration + "|< " + IrcWelcome, "PRIVMSG bob :\u0001DCC CHAT chat ::1 5000\u0001\r\n", "stays as it is: it names an address of IPv6, which is not translated (other-address-family)")]
    [TestCase(6_667, "> " + Registration + "|< " + IrcWelcome, "PRIVMSG bob :\u0001DCC CHAT chat 1.2.3.4 5000\u0001\r\n", "(address-foreign)")]
    [TestCase(
        1_863,
        "> " + Called + "|< JOI alice@example.net Alice\r\nIRO 1 1 1 bob@example.net Bob\r\n",
        "MSG 4 N 146\r\nMIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite\r\n\r\nInvitation-Command: ACCEPT\r\nInvitation-Cookie: 7\r\nIP-Address: 192.168.7.10\r\nPort: 6891\r\n\r\n",
        "MSN file to bob@example.net: opened 203.0.113.7:6891")]
    public void What_is_said_of_their_offers_are_their_words(int port, string opening, string offer, string expected)
    {
        foreach (bool isLate in (bool[])[false, true])
        {
            Connect((ushort)port, new EngineOptions { Protocols = ProtocolTable.All, ListensOnly = isLate });
            Play(opening);
            Play("> " + offer);
            if (_effects!.AwaitsAnswer)
            {
                _translator.Answer(true);
                _effects.CarryOut(this, ++_now);
                Assert.That(_log.ToString(), Does.Contain(isLate ? "only whoever knows the public address finds its sender (offer-late)" : "the offer now says so (offer-rewritten)"));
            }

            Send(Direction.Inbound, _heard, TcpFlags.Rst | TcpFlags.Ack, []);
            _engine.Advance(_now + (3_600 * EngineOptions.Second));
            _effects.CarryOut(this, _now);
            string log = _log.ToString();
            Assert.That(log, Does.Contain(expected));
            foreach (string word in (string[])["the server adds", "TLV", "rendezvous", "OSCAR", "AIM", "Direct IM", "screen name"])
            {
                Assert.That(log, Does.Not.Contain(word));
            }
        }
    }

    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        address = Addresses.Gateway;
        return true;
    }

    /// <inheritdoc/>
    public bool TryAllowTranslation(FlowKey flow) => true;

    /// <inheritdoc/>
    void IReleases.Release(in Effect release)
    {
    }

    private void Connect(ushort port, EngineOptions options)
    {
        _log.Dispose();
        _log = new StringWriter();
        _engine = new Engine(options);
        var log = new EventLog(_log, showsTime: false);
        _effects = new EffectRunner(_engine, _translator, new PublicAddresses(null, this, log), new ServerNames(() => { }), log);
        (_client, _server) = (new Ipv4Endpoint(Addresses.Alice, 40_000), new Ipv4Endpoint(Addresses.Server, port));
        (_said, _heard, _now) = (1_000, 5_000, EngineOptions.Second);
        Send(Direction.Outbound, _said - 1, TcpFlags.Syn, []);
        Send(Direction.Inbound, _heard - 1, TcpFlags.Syn | TcpFlags.Ack, []);
    }

    /// <summary>What both sides say, apart by a bar: the client's begins with "> ", the server's with "&lt; ".</summary>
    private void Play(string talk)
    {
        foreach (string part in talk.Split('|'))
        {
            byte[] bytes = Encoding.Latin1.GetBytes(part[2..]);
            bool outbound = part[0] == '>';
            Send(outbound ? Direction.Outbound : Direction.Inbound, outbound ? _said : _heard, TcpFlags.Ack, bytes);
            (_said, _heard) = outbound ? (_said + (uint)bytes.Length, _heard) : (_said, _heard + (uint)bytes.Length);
        }
    }

    private void Send(Direction direction, uint sequence, TcpFlags flags, byte[] payload)
    {
        bool outbound = direction == Direction.Outbound;
        uint acknowledged = (flags & TcpFlags.Ack) == 0 ? 0 : outbound ? _heard : _said;
        byte[] packet = new TcpPacket(outbound ? _client : _server, outbound ? _server : _client, sequence, acknowledged, flags, payload).Build();
        _engine.Process(packet, direction, packetId: sequence, ++_now);
        _effects!.CarryOut(this, _now);
    }
}
