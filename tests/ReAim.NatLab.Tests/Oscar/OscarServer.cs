using System.Text;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>Sign-on and BOS on one port, as open-oscar-server runs them.</summary>
internal sealed class OscarServer
{
    public const ushort Port = 5190;

    private const ushort FirstSequence = 100;

    private readonly Host _host;
    private readonly Dictionary<string, BosSession> _online = [];
    private readonly List<(byte[] Cookie, string Name)> _cookies = [];

    public OscarServer(Host host, ServerStyle style)
    {
        _host = host;
        Style = style;
        Endpoint = new Ipv4Endpoint(host.Address, Port);
        TcpListener listener = host.Listen(Port) ?? throw new InvalidOperationException("5190 is taken");
        host.Simulation.Start(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = host.Simulation.Start(() => ServeAsync(connection));
            }
        });
    }

    public ServerStyle Style { get; }

    /// <summary>Where clients are told to find it: its own end, unless somebody on the way leads another one here.</summary>
    public Ipv4Endpoint Endpoint { get; set; }

    /// <summary>The names of those who are signed on.</summary>
    public IReadOnlyCollection<string> Online => _online.Keys;

    public Simulation Simulation => _host.Simulation;

    /// <summary>Messages relayed so far, of all kinds.</summary>
    public int Relayed { get; private set; }

    public BosSession? Find(string name) => _online.GetValueOrDefault(name);

    public void CountRelayed() => Relayed++;

    private async Task ServeAsync(TcpConnection connection)
    {
        // It says hello before it has read anything.
        var stream = new FlapStream(connection, FirstSequence, new FieldByField());
        stream.Send(1, U32(1));
        if (await stream.ReadAsync() is not { Channel: 1 } hello || hello.Body.Length < 4)
        {
            connection.Abort();
            return;
        }

        byte[]? cookie = TlvList.Parse(hello.Body.AsSpan(4)).First(0x0006);
        if (cookie is null)
        {
            await LoginAsync(stream);
        }
        else if (_cookies.Find(entry => entry.Cookie.AsSpan().SequenceEqual(cookie)) is { Name: not null } known)
        {
            _cookies.Remove(known);
            await BosAsync(stream, known.Name);
        }

        connection.Close();
    }

    private async Task LoginAsync(FlapStream stream)
    {
        while (await stream.ReadAsync() is { } frame)
        {
            Snac? snac = frame.Channel == 2 ? Snac.Parse(frame.Body) : null;
            string name = snac is null ? "" : Encoding.ASCII.GetString(TlvList.Parse(snac.Data).First(0x0001) ?? []);
            switch (snac?.Kind)
            {
                case 0x0017_0006:
                    byte[] challenge = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(Simulation.Random.Bytes(18)));
                    stream.Send(Snac.Of(0x0017_0007, snac.RequestId, U16((ushort)challenge.Length), challenge));
                    break;
                case 0x0017_0002:
                    byte[] cookie = Simulation.Random.Bytes(256);
                    _cookies.Add((cookie, name));
                    stream.Send(Snac.Of(0x0017_0003, snac.RequestId, Tlv(0x0001, Encoding.ASCII.GetBytes(name)), Tlv(0x0005, Encoding.ASCII.GetBytes(Endpoint.ToString())), Tlv(0x0006, cookie), Tlv(0x008E, [0])));
                    stream.Send(4, []);
                    return;
            }
        }
    }

    private async Task BosAsync(FlapStream stream, string name)
    {
        var session = new BosSession(this, stream, name);
        if (_online.Remove(name, out BosSession? older))
        {
            older.Close();
        }

        _online.Add(name, session);
        await session.ServeAsync();
        if (_online.GetValueOrDefault(name) == session)
        {
            _online.Remove(name);
        }
    }
}
