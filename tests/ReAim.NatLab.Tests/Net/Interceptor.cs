namespace ReAim.NatLab.Tests.Net;

/// <summary>A node with two interfaces that passes what its filter lets pass, from the one to the other.</summary>
internal sealed class Interceptor : INode
{
    private readonly List<LinkEnd> _links = [];

    /// <summary>Sees a datagram and the interface it came from; false keeps it from passing. It may be changed in place.</summary>
    public Func<byte[], int, bool>? Filter { get; set; }

    public int Attach(LinkEnd link)
    {
        _links.Add(link);
        return _links.Count - 1;
    }

    public void Receive(byte[] datagram, int port)
    {
        if (Filter?.Invoke(datagram, port) ?? true)
        {
            Pass(datagram, port);
        }
    }

    /// <summary>Passes a datagram that was kept before.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="port">The interface it came from.</param>
    public void Pass(byte[] datagram, int port) => _links[1 - port].Send(datagram);
}
