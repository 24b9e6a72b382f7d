using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Msn;

/// <summary>
/// A notification server, and switchboards on a port of their own: a client that wants to talk is sent there, and so is whom it calls.
/// </summary>
internal sealed class MsnServer
{
    public const ushort Port = 1863;
    public const ushort SwitchboardPort = 1864;

    private readonly Host _host;
    private readonly Dictionary<string, MsnStream> _online = [];
    private readonly Dictionary<string, List<(string Account, MsnStream Stream)>> _sessions = [];

    public MsnServer(Host host)
    {
        _host = host;
        Endpoint = new Ipv4Endpoint(host.Address, Port);
        Serve(Port, NotifyAsync);
        Serve(SwitchboardPort, SwitchAsync);
    }

    public Ipv4Endpoint Endpoint { get; }

    private void Serve(ushort port, Func<MsnStream, Task> serve)
    {
        TcpListener listener = _host.Listen(port) ?? throw new InvalidOperationException($"{port} is taken");
        _host.Simulation.Start(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = _host.Simulation.Start(() => serve(new MsnStream(connection)));
            }
        });
    }

    private async Task NotifyAsync(MsnStream stream)
    {
        string account = "";
        while (await stream.ReadAsync() is { Words: var words })
        {
            switch (words[0])
            {
                case "VER":
                    stream.Send($"VER {words[1]} MSNP8 CVR0");
                    break;
                case "USR":
                    account = words[4];
                    _online[account] = stream;
                    stream.Send($"USR {words[1]} OK {account} {account} 1 0");
                    break;
                case "XFR":
                    stream.Send($"XFR {words[1]} SB {_host.Address}:{SwitchboardPort} CKI 17262740.1050826919.32308");
                    break;
            }
        }

        if (_online.GetValueOrDefault(account) == stream)
        {
            _online.Remove(account);
        }

        stream.Connection.Close();
    }

    private async Task SwitchAsync(MsnStream stream)
    {
        string account = "";
        List<(string Account, MsnStream Stream)> session = [];
        while (await stream.ReadAsync() is { Words: var words } command)
        {
            switch (words[0])
            {
                case "USR":
                    account = words[2];
                    session.Add((account, stream));
                    _sessions[account] = session;
                    stream.Send($"USR {words[1]} OK {account} {account}");
                    break;
                case "CAL" when _online.TryGetValue(words[2], out MsnStream? called):
                    stream.Send($"CAL {words[1]} RINGING 11752013");
                    called.Send($"RNG 11752013 {_host.Address}:{SwitchboardPort} CKI 849102291.520491113 {account} {account}");
                    break;
                case "ANS" when _sessions.Values.LastOrDefault(open => open.Count > 0) is { } open:
                    account = words[2];
                    session = open;
                    for (int i = 0; i < session.Count; i++)
                    {
                        stream.Send($"IRO {words[1]} {i + 1} {session.Count} {session[i].Account} {session[i].Account}");
                        session[i].Stream.Send($"JOI {account} {account}");
                    }

                    stream.Send($"ANS {words[1]} OK");
                    session.Add((account, stream));
                    break;
                case "MSG":
                    foreach ((_, MsnStream other) in session.Where(member => member.Stream != stream))
                    {
                        other.Send($"MSG {account} {account}", command.Payload);
                    }

                    break;
            }
        }

        session.RemoveAll(member => member.Stream == stream);
        session.ForEach(member => member.Stream.Send($"BYE {account}"));
        stream.Connection.Close();
    }
}
