using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Net;

/// <summary>
/// Forwards by the longest matching prefix; drops what it has no route for. What is too large for the next link it answers
/// with ICMP "fragmentation needed" (RFC 1191).
/// </summary>
internal sealed class Router(Simulation simulation, Ipv4Address address) : INode
{
    public Ipv4Address Address => address;

    /// <summary>Datagrams to a network leave by an interface.</summary>
    public void Route(Ipv4Address network, int prefixLength, int port) => throw new NotSupportedException(simulation.ToString());

    public int Attach(LinkEnd link) => throw new NotSupportedException();

    public void Receive(byte[] datagram, int port) => throw new NotSupportedException();
}
