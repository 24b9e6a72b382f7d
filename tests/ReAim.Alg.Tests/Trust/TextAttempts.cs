using System.Text;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.Msn;
using ReAim.Alg.Tests.World;

namespace ReAim.Alg.Tests.Trust;

/// <summary>
/// IRC and MSN Messenger: what a page in Alice's browser has sent on behalf of a stranger, and true connections in which something
/// else than Alice's own offer is to open a port (PROTOCOL-IRC 3, PROTOCOL-MSN 1).
/// </summary>
internal static class TextAttempts
{
    private const ushort IrcPort = 6667;
    private const ushort MsnPort = 1863;
    private const string Post = "POST /a HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 9999\r\n\r\n";

    private static readonly string s_dcc = IrcGateway.Send(Addresses.Alice, 8_080);
    private static readonly string s_invitation = MsnGateway.Message(MsnGateway.Accept(Addresses.Alice, 8_080));
    private static readonly string s_transport = MsnGateway.Message(MsnGateway.PeerToPeer(MsnGateway.Transport(Addresses.Alice, 8_080)));

    public static IEnumerable<Attempt> All =>
    [
        Talk("a POST whose body is a registration and a DCC offer", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, Post + IrcGateway.ClientRegistration + s_dcc),
        Talk("a POST padded so that a segment begins with the registration", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome,
            Post + new string('x', 1_460 - Post.Length), IrcGateway.ClientRegistration + s_dcc),
        Talk("a page that names its method NICK", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, "NICK /a HTTP/1.1\r\nHost: evil.example\r\n\r\n", IrcGateway.ClientRegistration + s_dcc),
        Talk("a registration that is answered by a web server", Reason.NotRecognised, IrcPort, "HTTP/1.1 200 OK\r\n\r\n", IrcGateway.ClientRegistration, s_dcc),
        Talk("a URL of gopher whose selector is a registration and a DCC offer", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, IrcGateway.ClientRegistration + s_dcc + "\r\n"),
        Talk("a URL of gopher that says so in pieces", Reason.NotRecognised, IrcPort, ":e NOTICE * :slowly\r\n", IrcGateway.ClientRegistration, s_dcc, "\r\n"),
        Talk("a URL of gopher that says so with tags and a prefix", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome,
            $"{IrcGateway.ClientRegistration}@a=b :alice {s_dcc.Replace("PRIVMSG", "notice", StringComparison.Ordinal)}"),
        Talk("a POST in small letters", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, Post.ToLowerInvariant() + IrcGateway.ClientRegistration, s_dcc),
        Talk("a request whose head has lines of a registration", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome,
            "NICK alice HTTP/1.1\r\nNICK: alice\r\nUSER: a 0 * :a\r\n\r\n" + IrcGateway.ClientRegistration, s_dcc),
        Talk("a request whose head is longer than any line", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome,
            $"NICK alice?{new string('x', 20_000)} HTTP/1.1\r\n{IrcGateway.ClientRegistration}", s_dcc),
        Talk("a mail program that is made to say a registration", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, "HELO alice\r\n" + IrcGateway.ClientRegistration, s_dcc),
        Talk("a program of FTP whose user's name is a registration", Reason.NotRecognised, IrcPort, "220 hello\r\n331 Password?\r\n", IrcGateway.ClientRegistration, s_dcc),
        Talk("TLS that carries a registration", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, "\u0016\u0003\u0001\r\n" + IrcGateway.ClientRegistration, s_dcc),
        Talk("a registration that is echoed", Reason.NotRecognised, IrcPort, IrcGateway.ClientRegistration, IrcGateway.ClientRegistration, s_dcc),
        Talk("a registration with a welcome in it that is echoed", Reason.NotRecognised, IrcPort,
            IrcGateway.ClientRegistration + ":e 001 alice :hi\r\n", IrcGateway.ClientRegistration + ":e 001 alice :hi\r\n", s_dcc),
        Talk("a welcome that comes before the registration", Reason.NotRecognised, IrcPort, IrcGateway.ServerWelcome, "CAP LS\r\n", IrcGateway.ClientRegistration, s_dcc),
        Talk("a welcome of somebody else", Reason.NotRecognised, IrcPort, ":e 001 mallory :hi\r\n", IrcGateway.ClientRegistration, s_dcc),
        OnIrc("a DCC offer in a file's name", Reason.AddressForeign, $"PRIVMSG bob :\u0001DCC SEND \"{Addresses.Alice.Value} 8080 1\" {Addresses.Bob.Value} 5000 1\u0001\r\n"),
        OnIrc("a DCC offer in a passive offer's name", Reason.NotListening, $"PRIVMSG bob :\u0001DCC SEND {Addresses.Alice.Value} 8080 {Addresses.Alice.Value} 0 12345 7\u0001\r\n"),
        OnIrc("a passive offer whose size may be a port", Reason.NotListening, "PRIVMSG bob :\u0001DCC SEND a 0 0 8080 7\u0001\r\n"),
        OnIrc("a passive offer of a strange address whose size may be a port", Reason.NotListening, "PRIVMSG bob :\u0001DCC SEND my file 16909060 0 8080 7\u0001\r\n"),
        OnIrc("two DCC offers of which either may be meant", Reason.PortAmbiguous, $"PRIVMSG bob :\u0001DCC SEND my file {Addresses.Alice.Value} 8080 {Addresses.Alice.Value} 8081\u0001\r\n"),
        OnIrc("a DCC offer behind another message's end", Reason.Malformed, $"PRIVMSG bob :\u0001DCC SEND a\u0001 {Addresses.Alice.Value} 8080 1\u0001\r\n"),
        OnIrc("a DCC offer in a tag", Reason.Recognised, $"@+note=\u0001DCC\\sSEND PRIVMSG bob :hello {Addresses.Alice.Value} 8080 1\r\n"),
        OnIrc("a DCC offer in a target", Reason.Recognised, $"PRIVMSG :\u0001DCC SEND a {Addresses.Alice.Value} 8080 1\u0001\r\n"),
        OnIrc("a DCC offer of another LAN host's port", Reason.AddressForeign, IrcGateway.Send(Addresses.Dave, 8_080)),
        OnIrc("a DCC offer of port 22", Reason.PortPrivileged, IrcGateway.Send(Addresses.Alice, 22)),
        OnIrc("a DCC offer quoted in a talk", Reason.Recognised, $"PRIVMSG bob :they said {s_dcc}"),
        OnIrc("a DCC offer in a topic", Reason.Recognised, s_dcc.Replace("PRIVMSG bob", "TOPIC #c", StringComparison.Ordinal)),
        OnIrc("a DCC offer behind a line without end", Reason.Recognised, new string('x', 20_000) + s_dcc),
        Talk("a DCC offer that the server says", Reason.OfferFromOutside, IrcPort, IrcGateway.ServerWelcome + $":bob!b@h {s_dcc}", IrcGateway.ClientRegistration),
        Talk("a POST whose body is a sign-on and an invitation", Reason.NotRecognised, MsnPort, MsnGateway.Welcome, Post + MsnGateway.Caller + s_invitation),
        Talk("a POST padded so that a segment begins with the sign-on", Reason.NotRecognised, MsnPort, MsnGateway.Welcome,
            Post + new string('x', 1_460 - Post.Length), MsnGateway.Caller + s_transport),
        Talk("a page that names its method USR", Reason.NotRecognised, MsnPort, MsnGateway.Welcome, "USR /1 HTTP/1.1\r\nHost: a@evil.example\r\n\r\n", MsnGateway.Caller + s_invitation),
        Talk("a page that names its method ANS, and its address a number", Reason.NotRecognised, MsnPort, "ANS 1 OK\r\n", "ANS http://1/a@b HTTP/1.1\r\n\r\n", s_invitation),
        Talk("a sign-on that is answered by a web server", Reason.NotRecognised, MsnPort, "HTTP/1.1 200 OK\r\n\r\n", MsnGateway.Caller, s_invitation),
        Talk("a sign-on that is echoed", Reason.NotRecognised, MsnPort, MsnGateway.Called, MsnGateway.Called, s_invitation),
        Talk("a switchboard that only says who joins", Reason.NotRecognised, MsnPort, "JOI alice@example.net Alice\r\n" + MsnGateway.Message(MsnGateway.Accept(Addresses.Alice, 8_080)), MsnGateway.Called, s_invitation),
        OnMsn("an invitation inside a text", Reason.Recognised, MsnGateway.Message($"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n{s_invitation}")),
        OnMsn("an invitation inside the text of an invitation", Reason.Recognised, MsnGateway.Message(MsnGateway.Invitation($"Invitation-Command: INVITE\r\nInvitation-Cookie: 1\r\n\r\n{s_invitation}"))),
        OnMsn("a transport inside the data of a session", Reason.Recognised, MsnGateway.Message(MsnGateway.PeerToPeer(MsnGateway.Transport(Addresses.Alice, 8_080), session: 5))),
        OnMsn("a transport in the second piece of a talk", Reason.Recognised, MsnGateway.Message(MsnGateway.PeerToPeer(MsnGateway.Transport(Addresses.Alice, 8_080), total: 5_000))),
        OnMsn("an invitation to another LAN host", Reason.AddressForeign, MsnGateway.Message(MsnGateway.Accept(Addresses.Dave, 8_080))),
        OnMsn("an invitation to port 22", Reason.PortPrivileged, MsnGateway.Message(MsnGateway.Accept(Addresses.Alice, 22))),
        OnMsn("a transport to another LAN host", Reason.AddressForeign, MsnGateway.Message(MsnGateway.PeerToPeer(MsnGateway.Transport(Addresses.Dave, 8_080)))),
        OnMsn("an invitation behind a command that is none", Reason.FramingLost, "GET / HTTP/1.1\r\n\r\n", s_invitation),
        OnMsn("an invitation inside a display name", Reason.Recognised, $"REM {s_invitation.Replace("\r\n", "%0D%0A", StringComparison.Ordinal)}\r\n"),
        Talk("an invitation that the server says", Reason.OfferFromOutside, MsnPort, MsnGateway.Welcome + MsnGateway.Passed(MsnGateway.Accept(Addresses.Alice, 8_080)), MsnGateway.Caller),
        Talk("a transport that the server says", Reason.OfferFromOutside, MsnPort, MsnGateway.Welcome + MsnGateway.Passed(MsnGateway.PeerToPeer(MsnGateway.Transport(Addresses.Alice, 8_080))), MsnGateway.Caller),
        Talk("an invitation to a notification server", Reason.Recognised, MsnPort, "VER 1 MSNP8 CVR0\r\n", "VER 1 MSNP8 CVR0\r\n", s_invitation),
        Talk("a referral to a host of the LAN", Reason.ServerLearnt, MsnPort, "VER 1 MSNP8 CVR0\r\nXFR 3 SB 192.168.7.20:25 CKI 1\r\n", "VER 1 MSNP8 CVR0\r\n"),
    ];

    private static Attempt OnIrc(string name, Reason reason, params string[] said) => Talk(name, reason, IrcPort, IrcGateway.ServerWelcome, [IrcGateway.ClientRegistration, .. said]);

    private static Attempt OnMsn(string name, Reason reason, params string[] said) => Talk(name, reason, MsnPort, MsnGateway.Welcome, [MsnGateway.Caller, .. said]);

    /// <summary>A connection on which the client begins, the server says all it has to say, and the client goes on.</summary>
    private static Attempt Talk(string name, Reason reason, ushort port, string server, params string[] client) => new(name, reason, gateway =>
    {
        var talk = new Conversation(gateway, new(Addresses.Alice, 40_000), new(Addresses.Server, port));
        talk.Handshake();
        talk.Client(Encoding.Latin1.GetBytes(client[0]));
        talk.Server(Encoding.Latin1.GetBytes(server));
        foreach (string said in client.Skip(1))
        {
            talk.Client(Encoding.Latin1.GetBytes(said));
        }
    });
}
