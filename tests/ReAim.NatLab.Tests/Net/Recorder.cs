namespace ReAim.NatLab.Tests.Net;

/// <summary>A node that keeps what arrives.</summary>
internal sealed class Recorder : INode
{
    public List<byte[]> Received { get; } = [];

    public LinkEnd? End { get; private set; }

    public int Attach(LinkEnd link)
    {
        End = link;
        return 0;
    }

    public void Receive(byte[] datagram, int port) => Received.Add(datagram);
}
