using System.Globalization;
using System.Text;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Talking;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Msn;

/// <summary>
/// A client on a host: signs on, calls somebody to a switchboard or answers, talks, and sends files, as old clients do by an invitation
/// or as later ones do over a session's transport.
/// </summary>
internal sealed class MsnClient(Host host, string name, bool usesTransports) : ITalker
{
    private const long ConnectTimeout = 15 * Simulation.Second;

    private const string InviteHeader = "MIME-Version: 1.0\r\nContent-Type: text/x-msmsgsinvite; charset=UTF-8\r\n\r\n";

    private readonly Dictionary<string, (byte[] File, ushort Port)> _offered = [];
    private readonly Dictionary<string, int> _sizes = [];
    private readonly Dictionary<uint, int> _unacknowledged = [];
    private MsnStream? _notification;
    private MsnStream? _switchboard;
    private uint _identifier = 1_000;
    private string _called = "";

    public string Account => AccountOf(name);

    /// <summary>True once it is signed on.</summary>
    public bool IsOnline { get; private set; }

    /// <inheritdoc/>
    public bool IsWelcome { get; private set; }

    /// <inheritdoc/>
    public bool IsGone { get; private set; }

    /// <inheritdoc/>
    public List<string> Heard { get; } = [];

    /// <inheritdoc/>
    public List<Digest> Files { get; } = [];

    /// <inheritdoc/>
    public int Offers { get; private set; }

    /// <summary>What was not as it must be.</summary>
    public List<string> Complaints { get; } = [];

    public static string AccountOf(string name) => $"{name}@example.net";

    public async Task<bool> ConnectAsync(Ipv4Endpoint server)
    {
        if (await host.ConnectAsync(server, ConnectTimeout) is not { } connection)
        {
            return false;
        }

        _notification = new MsnStream(connection);
        _notification.Send($"VER {_notification.NextTransaction()} MSNP8 CVR0");
        _ = host.Simulation.Start(ReadNotificationsAsync);
        return true;
    }

    /// <summary>Asks for a switchboard, and calls somebody to it.</summary>
    public void Call(string to)
    {
        _called = AccountOf(to);
        _notification!.Send($"XFR {_notification.NextTransaction()} SB");
    }

    /// <inheritdoc/>
    public void Say(string to, string text) =>
        SendMessage(Encoding.Latin1.GetBytes($"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n\r\n{text}"));

    /// <inheritdoc/>
    public void SendFile(string to, byte[] file, ushort port)
    {
        string cookie = string.Create(CultureInfo.InvariantCulture, $"{33_000 + port}");
        _offered[cookie] = (file, port);
        if (usesTransports)
        {
            Listen(cookie);
            string body = $"Bridge: TCPv1\r\nListening: true\r\nNonce: {{{cookie}}}\r\nX-Size: {file.Length}\r\nIPv4Internal-Addrs: 172.31.9.9 {host.Address}\r\nIPv4Internal-Port: {port}\r\n\r\n\0";
            SendSlp(AccountOf(to), $"INVITE MSNMSGR:{AccountOf(to)} MSNSLP/1.0", "application/x-msnmsgr-transreqbody", cookie, body);
        }
        else
        {
            Invite($"Application-Name: File Transfer\r\nApplication-GUID: {{5D3E02AB-6190-11d3-BBBB-00C04F795683}}\r\nInvitation-Command: INVITE\r\nInvitation-Cookie: {cookie}\r\nApplication-File: holiday.zip\r\nApplication-FileSize: {file.Length}\r\n");
        }
    }

    /// <inheritdoc/>
    public void Quit()
    {
        _switchboard?.Send("OUT");
        _switchboard?.Connection.Close();
        _notification?.Send("OUT");
        _notification?.Connection.Close();
    }

    private void SendMessage(byte[] payload) => _switchboard!.Send($"MSG {_switchboard.NextTransaction()} D", payload);

    private void Invite(string fields) => SendMessage(Encoding.Latin1.GetBytes($"{InviteHeader}{fields}\r\n"));

    private void SendSlp(string to, string first, string type, string session, string body)
    {
        string text = $"{first}\r\nTo: <msnmsgr:{to}>\r\nFrom: <msnmsgr:{Account}>\r\nCSeq: 0 \r\nCall-ID: {{{session}}}\r\nMax-Forwards: 0\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        _unacknowledged[++_identifier] = text.Length;
        SendMessage(new PeerToPeerMessage(_identifier, 0, 7, 0, (ulong)text.Length, text).Build(to));
    }

    private async Task ReadNotificationsAsync()
    {
        MsnStream stream = _notification!;
        while (await stream.ReadAsync() is { Words: var words })
        {
            switch (words)
            {
                case ["VER", ..]:
                    stream.Send($"USR {stream.NextTransaction()} TWN I {Account}");
                    break;
                case ["USR", _, "OK", ..]:
                    IsOnline = true;
                    break;
                case ["XFR", _, "SB", var where, "CKI", var ticket]:
                    _ = host.Simulation.Start(() => SwitchAsync(where, transaction => $"USR {transaction} {Account} {ticket}"));
                    break;
                case ["RNG", var session, var where, "CKI", var ticket, ..]:
                    _ = host.Simulation.Start(() => SwitchAsync(where, transaction => $"ANS {transaction} {Account} {ticket} {session}"));
                    break;
            }
        }

        stream.Connection.Close();
    }

    private async Task SwitchAsync(string where, Func<int, string> greeting)
    {
        if (await host.ConnectAsync(Endpoint(where), ConnectTimeout) is not { } connection)
        {
            Complaints.Add($"no switchboard at {where}");
            return;
        }

        var stream = new MsnStream(connection);
        _switchboard = stream;
        stream.Send(greeting(stream.NextTransaction()));
        while (await stream.ReadAsync() is { Words: var words } command)
        {
            switch (words)
            {
                case ["USR", _, "OK", ..]:
                    stream.Send($"CAL {stream.NextTransaction()} {_called}");
                    break;
                case ["JOI", ..] or ["ANS", _, "OK"]:
                    IsWelcome = true;
                    break;
                case ["MSG", ..]:
                    TakeMessage(words[1], command);
                    break;
            }
        }

        IsGone = true;
        connection.Close();
    }

    private void TakeMessage(string from, MsnCommand command)
    {
        string text = command.Text;
        int body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        switch (MsnCommand.Field(text[..(body - 2)], "Content-Type").Split(';')[0])
        {
            case "text/plain":
                Heard.Add(text[body..]);
                break;
            case "text/x-msmsgsinvite":
                TakeInvitation(text[body..]);
                break;
            case "application/x-msnmsgrp2p":
                TakePeerToPeer(from, command.Payload.AsSpan(body));
                break;
            default:
                Complaints.Add($"a message of another kind: {text[..body]}");
                break;
        }
    }

    private void TakeInvitation(string fields)
    {
        string cookie = MsnCommand.Field(fields, "Invitation-Cookie");
        switch (MsnCommand.Field(fields, "Invitation-Command"))
        {
            case "INVITE":
                _sizes[cookie] = Number(MsnCommand.Field(fields, "Application-FileSize"));
                Invite($"Invitation-Command: ACCEPT\r\nInvitation-Cookie: {cookie}\r\nLaunch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n");
                break;
            case "ACCEPT" when _offered.TryGetValue(cookie, out (byte[] File, ushort Port) offer):
                Listen(cookie);
                Invite($"Invitation-Command: ACCEPT\r\nInvitation-Cookie: {cookie}\r\nIP-Address: {host.Address}\r\nPort: {offer.Port}\r\nPortX: {offer.Port ^ 0x3141}\r\nAuthCookie: {cookie}\r\nLaunch-Application: FALSE\r\nRequest-Data: IP-Address:\r\n");
                break;
            case "ACCEPT":
                Offers++;
                string port = MsnCommand.Field(fields, "Port");
                if ((Number(port) ^ 0x3141) != Number(MsnCommand.Field(fields, "PortX")))
                {
                    Complaints.Add($"two ports: {fields}");
                }

                _ = host.Simulation.Start(() => FetchAsync(Endpoint($"{MsnCommand.Field(fields, "IP-Address")}:{port}"), _sizes[cookie]));
                break;
        }
    }

    private void TakePeerToPeer(string from, ReadOnlySpan<byte> body)
    {
        PeerToPeerMessage message = PeerToPeerMessage.Read(body);
        if (message.Flags == PeerToPeerMessage.Acknowledgement)
        {
            if (!_unacknowledged.Remove(message.AcknowledgedIdentifier, out int size) || (ulong)size != message.AcknowledgedSize || (ulong)size != message.TotalSize)
            {
                Complaints.Add($"{message} acknowledges {size} bytes");
            }

            return;
        }

        ulong length = (ulong)message.Text.Length;
        SendMessage(new PeerToPeerMessage(++_identifier, PeerToPeerMessage.Acknowledgement, message.Identifier, length, length, "").Build(from));
        int at = message.Text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        (string fields, string content) = (message.Text[..(at - 2)], message.Text[at..]);
        if (Number(MsnCommand.Field(fields, "Content-Length")) != content.Length)
        {
            Complaints.Add($"a body of {content.Length} bytes: {fields}");
        }

        if (fields.StartsWith("INVITE", StringComparison.Ordinal))
        {
            Offers++;
            string where = $"{MsnCommand.Field(content, "IPv4Internal-Addrs").Split(' ')[^1]}:{MsnCommand.Field(content, "IPv4Internal-Port")}";
            string size = MsnCommand.Field(content, "X-Size");
            SendSlp(from, "MSNSLP/1.0 200 OK", "application/x-msnmsgr-transrespbody", MsnCommand.Field(fields, "Call-ID").Trim('{', '}'), "Bridge: TCPv1\r\nListening: false\r\n\r\n\0");
            _ = host.Simulation.Start(() => FetchAsync(Endpoint(where), Number(size)));
        }
    }

    private void Listen(string cookie)
    {
        (byte[] file, ushort port) = _offered[cookie];
        TcpListener listener = host.Listen(port) ?? throw new InvalidOperationException($"{port} is taken");
        host.Simulation.Start(async () =>
        {
            if (await listener.AcceptAsync() is { } connection)
            {
                listener.Close();
                connection.Send(file);
                await connection.FlushAsync();
                connection.Close();
            }
        });
    }

    /// <summary>Connects, and takes the file: what is said in between names no address, and is left out.</summary>
    private async Task FetchAsync(Ipv4Endpoint where, int size)
    {
        if (await host.ConnectAsync(where, ConnectTimeout) is not { } connection)
        {
            Complaints.Add($"nobody at {where}");
            return;
        }

        var file = new Digest();
        while (file.Length < size && await connection.ReadSomeAsync(65_536) is { Length: > 0 } bytes)
        {
            file.Append(bytes);
        }

        connection.Close();
        if (file.Length == size)
        {
            Files.Add(file);
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Ipv4Endpoint Endpoint(string text)
    {
        string[] parts = text.Split(':');
        return Ipv4Address.TryParse(parts[0], out Ipv4Address address)
            ? new Ipv4Endpoint(address, ushort.Parse(parts[1], CultureInfo.InvariantCulture))
            : throw new InvalidDataException(text);
    }
}
