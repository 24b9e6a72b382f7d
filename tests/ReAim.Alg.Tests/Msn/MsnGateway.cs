using System.Text;
using ReAim.Alg.Tests.Irc;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.Msn;

/// <summary>A gateway that helps MSN Messenger, and a client's connection to a switchboard through it.</summary>
internal static class MsnGateway
{
    public const string Called = "ANS 1 alice@example.net 8.5 117\r\n";
    public const string Caller = "USR 1 alice@example.net 17262740.1050826919.32308\r\n";
    public const string Welcome = "USR 1 OK alice@example.net Alice\r\nJOI bob@example.net Bob\r\n";

    public static (Gateway Gateway, Conversation Flow) SignOn(
        EngineOptions? options = null, Ipv4Address? host = null, string client = Caller, string server = Welcome, ushort port = 1_863)
    {
        var gateway = new Gateway(options ?? IrcGateway.Options()) { Marks = [] };
        var flow = new Conversation(gateway, new(host ?? Addresses.Alice, 40_000), new(Addresses.Server, port));
        flow.Handshake();
        flow.Say(client);
        flow.Hear(server);
        return (gateway, flow);
    }

    /// <summary>What the far end has of what was said after the sign-on.</summary>
    public static string Heard(Conversation flow, Direction direction) =>
        Encoding.Latin1.GetString(flow.Received(direction))[(direction == Direction.Outbound ? Caller : Welcome).Length..];

    /// <summary>A client's message.</summary>
    public static string Message(string payload) => $"MSG 4 D {payload.Length}\r\n{payload}";

    /// <summary>A message that the server passes on.</summary>
    public static string Passed(string payload) => $"MSG bob@example.net Bob {payload.Length}\r\n{payload}";

    /// <summary>An invitation's acceptance.</summary>
    public static string Accept(Ipv4Address address, int port, int cookie = 7) =>
        Invitation($"Invitation-Command: ACCEPT\r\nInvitation-Cookie: {cookie}\r\nIP-Address: {address}\r\nPort: {port}\r\nAuthCookie: 93301\r\n");

    public static string Invitation(string fields) => $"MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n{fields}\r\n";

    /// <summary>Peer-to-peer data with its header of the first kind.</summary>
    public static string PeerToPeer(string text, uint session = 0, uint identifier = 9, uint flags = 0, uint acknowledged = 0, ulong acknowledgedSize = 0, ulong? total = null)
    {
        var header = new byte[48];
        BitConverter.TryWriteBytes(header, session);
        BitConverter.TryWriteBytes(header.AsSpan(4), identifier);
        BitConverter.TryWriteBytes(header.AsSpan(16), total ?? (ulong)text.Length);
        BitConverter.TryWriteBytes(header.AsSpan(24), text.Length);
        BitConverter.TryWriteBytes(header.AsSpan(28), flags);
        BitConverter.TryWriteBytes(header.AsSpan(32), acknowledged);
        BitConverter.TryWriteBytes(header.AsSpan(40), acknowledgedSize);
        return $"MIME-Version: 1.0\r\nContent-Type: application/x-msnmsgrp2p\r\nP2P-Dest: bob@example.net\r\n\r\n{Encoding.Latin1.GetString(header)}{text}\0\0\0\0";
    }

    /// <summary>A direct connection's offer.</summary>
    public static string Transport(Ipv4Address address, int port, string callId = "{C39C6A94}")
    {
        string body = $"Bridge: TCPv1\r\nListening: true\r\nIPv4Internal-Addrs: {address}\r\nIPv4Internal-Port: {port}\r\n\r\n\0";
        return $"MSNSLP/1.0 200 OK\r\nCall-ID: {callId}\r\nContent-Type: application/x-msnmsgr-transrespbody\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }
}
