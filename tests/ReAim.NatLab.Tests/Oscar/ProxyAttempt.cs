using System.Buffers.Binary;
using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client's use of the rendezvous proxy, up to the moment at which both are joined.</summary>
internal static class ProxyAttempt
{
    private const long ConnectTimeout = 10 * Simulation.Second;

    /// <summary>Creates a session, proposes it, and waits for the peer.</summary>
    public static async Task<TcpConnection?> CreateAsync(AimClient client, RendezvousSession session, Action<TcpConnection> opened, Action<ushort, Ipv4Address> propose)
    {
        TcpConnection? connection = await client.Host.ConnectAsync(client.Proxy!.Value, ConnectTimeout);
        if (connection is null)
        {
            return null;
        }

        opened(connection);
        RendezvousProxy.Request(client.Name, session.Cookie, session.Capability, null).SendOn(connection, ProxyFrame.FromClient);
        ProxyFrame? created = await client.Simulation.Within(ProxyFrame.ReadAsync(connection), ConnectTimeout);
        if (created is not { Command: ProxyFrame.Created, Payload.Length: >= 6 })
        {
            connection.Abort();
            return null;
        }

        propose(BinaryPrimitives.ReadUInt16BigEndian(created.Payload), Ipv4Address.Read(created.Payload.AsSpan(2)));
        return await ReadyAsync(client, connection);
    }

    /// <summary>Joins a session that the peer created. The proxy is at 0002, port 5190: 0005 is its PIN.</summary>
    public static async Task<TcpConnection?> JoinAsync(AimClient client, RendezvousSession session, RendezvousMessage proposal, Action<TcpConnection> opened)
    {
        TcpConnection? connection = proposal.Rendezvous is { } proxy
            ? await client.Host.ConnectAsync(new Ipv4Endpoint(proxy, RendezvousProxy.Port), ConnectTimeout)
            : null;
        if (connection is null)
        {
            return null;
        }

        opened(connection);
        RendezvousProxy.Request(client.Name, session.Cookie, session.Capability, proposal.Port).SendOn(connection, ProxyFrame.FromClient);
        return await ReadyAsync(client, connection);
    }

    private static async Task<TcpConnection?> ReadyAsync(AimClient client, TcpConnection connection)
    {
        if (await client.Simulation.Within(ProxyFrame.ReadAsync(connection), client.Style.PeerTimeout) is { Command: ProxyFrame.Ready })
        {
            return connection;
        }

        connection.Abort();
        return null;
    }
}
