using System.Globalization;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Oscar;
using ReAim.NatLab.Tests.Talking;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Irc;

/// <summary>A client on a host: registers, talks, sends files by DCC and takes those that it is offered, resuming what it has.</summary>
internal sealed class IrcClient(Host host, string nick) : ITalker
{
    private const long ConnectTimeout = 15 * Simulation.Second;
    private const char Delimiter = '\u0001';

    private readonly Dictionary<ushort, byte[]> _offered = [];
    private readonly Dictionary<ushort, int> _resumed = [];
    private IrcStream? _stream;
    private (Ipv4Endpoint Where, int Size)? _pending;

    public Host Host => host;

    public string Nick => nick;

    public bool IsWelcome { get; private set; }

    /// <summary>True once the connection to the server has ended.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The texts of messages that came, in order.</summary>
    public List<string> Heard { get; } = [];

    /// <summary>The files that came, whole.</summary>
    public List<Digest> Files { get; } = [];

    /// <summary>How many files it was offered.</summary>
    public int Offers { get; private set; }

    /// <summary>What it has already of a file that is offered: it asks for the rest.</summary>
    public byte[] Partial { get; set; } = [];

    public async Task<bool> ConnectAsync(Ipv4Endpoint server)
    {
        if (await host.ConnectAsync(server, ConnectTimeout) is not { } connection)
        {
            return false;
        }

        _stream = new IrcStream(connection);
        _stream.Send($"NICK {nick}");
        _stream.Send($"USER {nick} 0 * :{nick}");
        _ = host.Simulation.Start(ReadAsync);
        return true;
    }

    public void Say(string to, string text) => _stream?.Send($"PRIVMSG {to} :{text}");

    /// <summary>Listens, and offers a file.</summary>
    public void SendFile(string to, byte[] file, ushort port)
    {
        TcpListener listener = host.Listen(port) ?? throw new InvalidOperationException($"{port} is taken");
        _offered[port] = file;
        host.Simulation.Start(async () =>
        {
            if (await listener.AcceptAsync() is { } connection)
            {
                listener.Close();
                connection.Send(file.AsSpan(_resumed.GetValueOrDefault(port)));
                await connection.FlushAsync();
                connection.Close();
            }
        });
        Say(to, Dcc($"SEND holiday.zip {host.Address.Value} {port} {file.Length}"));
    }

    public void Quit()
    {
        _stream?.Send("QUIT :bye");
        _stream?.Connection.Close();
    }

    private async Task ReadAsync()
    {
        while (await _stream!.ReadAsync() is { } line)
        {
            string[] words = line.Split(' ', 4);
            IsWelcome |= words is [_, "001", ..];
            if (words is [_, "PRIVMSG", _, [':', ..]])
            {
                Take(words[0][1..].Split('!')[0], words[3][1..]);
            }
        }

        IsGone = true;
        _stream.Connection.Close();
    }

    private void Take(string from, string text)
    {
        string[] words = text.Trim(Delimiter).Split(' ');
        switch (words)
        {
            case ["DCC", "SEND", _, var address, var port, var size]:
                Offers++;
                var where = new Ipv4Endpoint(new Ipv4Address(uint.Parse(address, CultureInfo.InvariantCulture)), Port(port));
                if (Partial.Length == 0)
                {
                    _ = host.Simulation.Start(() => FetchAsync(where, int.Parse(size, CultureInfo.InvariantCulture)));
                }
                else
                {
                    _pending = (where, int.Parse(size, CultureInfo.InvariantCulture));
                    Say(from, Dcc($"RESUME holiday.zip {port} {Partial.Length}"));
                }

                break;
            case ["DCC", "RESUME", _, var port, var position] when _offered.ContainsKey(Port(port)):
                _resumed[Port(port)] = int.Parse(position, CultureInfo.InvariantCulture);
                Say(from, Dcc($"ACCEPT holiday.zip {port} {position}"));
                break;
            case ["DCC", "ACCEPT", _, var port, _] when _pending is { } pending && pending.Where.Port == Port(port):
                _ = host.Simulation.Start(() => FetchAsync(pending.Where, pending.Size));
                break;
            default:
                Heard.Add(text);
                break;
        }
    }

    private async Task FetchAsync(Ipv4Endpoint where, int size)
    {
        if (await host.ConnectAsync(where, ConnectTimeout) is not { } connection)
        {
            return;
        }

        var file = new Digest();
        file.Append(Partial);
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

    private static string Dcc(string text) => $"{Delimiter}DCC {text}{Delimiter}";

    private static ushort Port(string text) => ushort.Parse(text, CultureInfo.InvariantCulture);
}
