using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Irc;

/// <summary>A server that registers clients and passes their messages on.</summary>
internal sealed class IrcServer
{
    public const ushort Port = 6667;

    private readonly Host _host;
    private readonly Dictionary<string, IrcStream> _clients = [];

    public IrcServer(Host host)
    {
        _host = host;
        Endpoint = new Ipv4Endpoint(host.Address, Port);
        TcpListener listener = host.Listen(Port) ?? throw new InvalidOperationException("6667 is taken");
        host.Simulation.Start(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = host.Simulation.Start(() => ServeAsync(new IrcStream(connection)));
            }
        });
    }

    public Ipv4Endpoint Endpoint { get; }

    /// <summary>True while a connection of that name is open: nobody else could have the name.</summary>
    public bool Knows(string nick) => _clients.ContainsKey(nick);

    private async Task ServeAsync(IrcStream stream)
    {
        string? nick = null;
        stream.Send(":irc.example.net NOTICE * :*** Looking up your hostname");
        while (await stream.ReadAsync() is { } line)
        {
            string[] words = line.Split(' ', 3);
            switch (words[0])
            {
                case "NICK":
                    nick = words[1];
                    break;
                case "USER" when nick is not null:
                    _clients[nick] = stream;
                    stream.Send($":irc.example.net 001 {nick} :Welcome");
                    break;
                case "PING":
                    stream.Send($":irc.example.net PONG irc.example.net {words[1]}");
                    break;
                case "PRIVMSG" when nick is not null && _clients.TryGetValue(words[1], out IrcStream? to):
                    to.Send($":{nick}!{nick}@{stream.Connection.Remote.Address} {line}");
                    break;
            }
        }

        if (nick is not null && _clients.GetValueOrDefault(nick) == stream)
        {
            _clients.Remove(nick);
        }

        stream.Connection.Close();
    }
}
