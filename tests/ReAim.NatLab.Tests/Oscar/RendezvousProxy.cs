using System.Buffers.Binary;
using System.Text;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>AOL's rendezvous proxy: one client creates a session and is told a PIN, the other joins it, then bytes go through.</summary>
internal sealed class RendezvousProxy
{
    public const ushort Port = 5190;

    /// <summary>How long the creator waits for the one who joins.</summary>
    private const long JoinTimeout = 60 * Simulation.Second;

    private const int Piece = 4_096;
    private const ushort BadRequest = 0x000D;
    private const ushort AcceptTimedOut = 0x001A;

    private readonly Host _host;
    private readonly Dictionary<(ushort Pin, ulong Cookie), Creator> _waiting = [];

    public RendezvousProxy(Host host)
    {
        _host = host;
        TcpListener listener = host.Listen(Port) ?? throw new InvalidOperationException("5190 is taken");
        host.Simulation.Start(async () =>
        {
            while (await listener.AcceptAsync() is { } connection)
            {
                _ = host.Simulation.Start(() => ServeAsync(connection));
            }
        });
    }

    public Ipv4Endpoint Endpoint => new(_host.Address, Port);

    /// <summary>Pairs of connections joined so far.</summary>
    public int Joined { get; private set; }

    private async Task ServeAsync(TcpConnection connection)
    {
        ProxyFrame? request = await ProxyFrame.ReadAsync(connection);
        switch (request?.Command)
        {
            case ProxyFrame.Create when ReadName(request.Payload, 8) is { } rest:
                await CreateAsync(connection, BinaryPrimitives.ReadUInt64BigEndian(rest));
                break;
            case ProxyFrame.Join when ReadName(request.Payload, 10) is { } rest
                && _waiting.Remove((BinaryPrimitives.ReadUInt16BigEndian(rest), BinaryPrimitives.ReadUInt64BigEndian(rest.AsSpan(2))), out Creator? creator):
                Joined++;
                new ProxyFrame(ProxyFrame.Ready, []).SendOn(creator.Connection, ProxyFrame.FromProxy);
                new ProxyFrame(ProxyFrame.Ready, []).SendOn(connection, ProxyFrame.FromProxy);
                await Task.WhenAll(PipeAsync(creator.Connection, connection, creator.FirstRead), PipeAsync(connection, creator.Connection, connection.ReadSomeAsync(Piece)));
                break;
            default:
                Refuse(connection, BadRequest);
                break;
        }
    }

    private async Task CreateAsync(TcpConnection connection, ulong cookie)
    {
        var pin = (ushort)_host.Simulation.Random.Between(1, 0xFFFF);
        var creator = new Creator(connection, connection.ReadSomeAsync(Piece));
        _waiting[(pin, cookie)] = creator;
        new ProxyFrame(ProxyFrame.Created, Join(U16(pin), U32(_host.Address.Value))).SendOn(connection, ProxyFrame.FromProxy);
        _host.Simulation.After(JoinTimeout, () =>
        {
            if (_waiting.Remove((pin, cookie)))
            {
                Refuse(connection, AcceptTimedOut);
            }
        });

        // A creator that goes away is not waited for.
        if (await creator.FirstRead is { Length: 0 } && _waiting.Remove((pin, cookie)))
        {
            connection.Close();
        }
    }

    private static void Refuse(TcpConnection connection, ushort error)
    {
        new ProxyFrame(ProxyFrame.Error, U16(error)).SendOn(connection, ProxyFrame.FromProxy);
        connection.Close();
    }

    private static async Task PipeAsync(TcpConnection from, TcpConnection to, Task<byte[]> read)
    {
        while (await read is { Length: > 0 } bytes)
        {
            to.Send(bytes);
            read = from.ReadSomeAsync(Piece);
        }

        if (from.IsBroken)
        {
            to.Abort();
        }
        else
        {
            to.Close();
        }
    }

    /// <summary>What follows a counted name; null if fewer bytes than asked for.</summary>
    private static byte[]? ReadName(byte[] payload, int atLeast) =>
        payload.Length > 0 && payload.Length >= 1 + payload[0] + atLeast ? payload[(1 + payload[0])..] : null;

    /// <summary>What a client writes to create a session, or with a PIN to join one.</summary>
    public static ProxyFrame Request(string name, ulong cookie, ushort capability, ushort? pin) =>
        new(pin is null ? ProxyFrame.Create : ProxyFrame.Join, Join([(byte)name.Length], Encoding.ASCII.GetBytes(name), pin is null ? [] : U16(pin.Value), U64(cookie), Tlv(0x0001, Uuid(capability))));

    /// <summary>Who waits to be joined, and the read that finds out whether it still does.</summary>
    private sealed record Creator(TcpConnection Connection, Task<byte[]> FirstRead);
}
