using ReAim.NatLab.Tests.Net;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>Stands before a host. Closed, it lets no connection in, like a stateful firewall; what the host began goes on.</summary>
internal sealed class Doorman : INode
{
    private const int Syn = 0x02;
    private const int Ack = 0x10;

    private readonly List<LinkEnd> _links = [];

    public bool IsClosed { get; set; }

    public int Attach(LinkEnd link)
    {
        _links.Add(link);
        return _links.Count - 1;
    }

    public void Receive(byte[] datagram, int port)
    {
        int flags = datagram[((datagram[0] & 15) * 4) + 13];
        bool knocks = datagram[9] == 6 && (flags & (Syn | Ack)) == Syn;
        if (port == 0 || !IsClosed || !knocks)
        {
            _links[1 - port].Send(datagram);
        }
    }
}
