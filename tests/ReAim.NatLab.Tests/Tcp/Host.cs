using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A machine with one address, one interface and a TCP.</summary>
internal sealed class Host(Simulation simulation, string name, Ipv4Address address, HostOptions? options = null) : INode
{
    public string Name => name;

    public Ipv4Address Address => address;

    public Simulation Simulation => simulation;

    public HostOptions Options { get; } = options ?? new HostOptions();

    /// <summary>Connections that are not closed yet, those in TIME-WAIT not counted.</summary>
    public int ConnectionCount => throw new NotSupportedException();

    /// <summary>Listens on a port; null if it is taken.</summary>
    public TcpListener? Listen(ushort port) => throw new NotSupportedException();

    /// <summary>Connects; null if refused, reset, unreachable, or not answered within the time.</summary>
    /// <param name="remote">Where to.</param>
    /// <param name="timeout">Nanoseconds.</param>
    /// <param name="localPort">0 for an ephemeral port.</param>
    public Task<TcpConnection?> ConnectAsync(Ipv4Endpoint remote, long timeout, ushort localPort = 0) => throw new NotSupportedException();

    public int Attach(LinkEnd link) => throw new NotSupportedException();

    public void Receive(byte[] datagram, int port) => throw new NotSupportedException();
}
