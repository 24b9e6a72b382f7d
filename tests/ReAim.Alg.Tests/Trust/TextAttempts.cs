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
