using System.Text;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Irc;

/// <summary>A gateway that helps IRC, and a client's connection through it.</summary>
internal static class IrcGateway
{
    public const string ServerWelcome = ":irc.example.net NOTICE * :*** Looking up your hostname\r\n:irc.example.net 001 alice :Welcome\r\n";
    public const string ClientRegistration = "CAP LS 302\r\nNICK alice\r\nUSER alice 0 * :Alice\r\n";

    public static EngineOptions Options(Ipv4Address? publicAddress = null) => new()
    {
        PublicAddress = publicAddress ?? Addresses.Gateway,
        Protocols = ProtocolTable.All,
    };

    /// <summary>A gateway whose pool is used for port 5000.</summary>
    public static EngineOptions Remapping(Ipv4Address? publicAddress = null) => Options(publicAddress) with { ReservedPorts = new HashSet<ushort> { 5_000 } };

    public static (Gateway Gateway, Conversation Flow) SignOn(EngineOptions? options = null, Ipv4Address? host = null, uint clientStart = 0x1000_0000)
    {
        var gateway = new Gateway(options ?? Options()) { Marks = [] };
        var flow = new Conversation(gateway, new(host ?? Addresses.Alice, 40_000), new(Addresses.Server, 6_667), clientStart);
        flow.Handshake();
        flow.Client(Encoding.ASCII.GetBytes(ClientRegistration));
        flow.Server(Encoding.ASCII.GetBytes(ServerWelcome));
        return (gateway, flow);
    }

    /// <summary>What the far end has of what was said after the sign-on.</summary>
    public static string Heard(Conversation flow, Direction direction) =>
        Encoding.Latin1.GetString(flow.Received(direction))[(direction == Direction.Outbound ? ClientRegistration : ServerWelcome).Length..];

    public static string Send(Ipv4Address address, int port, string rest = " 12345") => $"PRIVMSG bob :\u0001DCC SEND file.txt {address.Value} {port}{rest}\u0001\r\n";

    /// <summary>A line of either side: the client's begins with "> ", the server's with "&lt; ".</summary>
    public static void Take(this Conversation flow, string line, string end)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(line[2..] + end);
        if (bytes.Length == 0)
        {
            return;
        }

        if (line[0] == '>')
        {
            flow.Client(bytes);
        }
        else
        {
            flow.Server(bytes);
        }
    }

    public static void Say(this Conversation flow, string text) => flow.Client(Encoding.Latin1.GetBytes(text));

    public static void Hear(this Conversation flow, string text) => flow.Server(Encoding.Latin1.GetBytes(text));
}
