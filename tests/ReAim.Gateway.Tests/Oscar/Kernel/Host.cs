using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Gateway.Tests.World;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A machine with the kernel's TCP: an address in a network namespace.</summary>
internal sealed class Host(Simulation simulation, NetNamespace place, Ipv4Address address) : IDisposable
{
    // A test closes what it opened itself on its own thread.
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _sockets = [];

    public Ipv4Address Address => address;

    public Simulation Simulation => simulation;

    public NetNamespace Namespace => place;

    /// <summary>How often this host asked to connect.</summary>
    public int ConnectCount { get; private set; }

    /// <summary>Listens on a port of the host's address; null if it is taken.</summary>
    public TcpListener? Listen(ushort port)
    {
        Socket? socket = place.Inside(() =>
        {
            Socket made = Make();
            try
            {
                made.Bind(ToEndPoint(new Ipv4Endpoint(address, port)));
                made.Listen();
                return made;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                made.Dispose();
                return null;
            }
        });
        return socket is null ? null : Keep(new TcpListener(this, socket, port));
    }

    /// <summary>Connects; null if refused, reset, unreachable, or not answered within the time in nanoseconds.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="timeout">Nanoseconds.</param>
    /// <param name="localPort">0 for an ephemeral port.</param>
    public async Task<TcpConnection?> ConnectAsync(Ipv4Endpoint remote, long timeout, ushort localPort = 0)
    {
        ConnectCount++;
        Socket socket = place.Inside(Make);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(timeout / Simulation.Millisecond));
        try
        {
            if (localPort != 0)
            {
                socket.Bind(ToEndPoint(new Ipv4Endpoint(address, localPort)));
            }

            await socket.ConnectAsync(ToEndPoint(remote), limit.Token);
            return Adopt(socket);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Closes every socket.</summary>
    public void Dispose()
    {
        IDisposable[] open;
        lock (_lock)
        {
            open = [.. _sockets];
        }

        foreach (IDisposable socket in open)
        {
            socket.Dispose();
        }
    }

    internal TcpConnection Adopt(Socket socket) => Keep(new TcpConnection(this, socket));

    internal void Forget(IDisposable socket)
    {
        lock (_lock)
        {
            _sockets.Remove(socket);
        }
    }

    private static Socket Make() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static IPEndPoint ToEndPoint(Ipv4Endpoint endpoint) => new(IPAddress.Parse(endpoint.Address.ToString()), endpoint.Port);

    private T Keep<T>(T socket)
        where T : IDisposable
    {
        lock (_lock)
        {
            _sockets.Add(socket);
        }

        return socket;
    }
}
