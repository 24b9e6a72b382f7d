namespace ReAim.NatLab.Tests.Net;

/// <summary>Something with network interfaces, numbered from 0 in the order in which links were attached.</summary>
internal interface INode
{
    /// <summary>A link was attached: packets sent into it leave by the interface whose number is returned.</summary>
    int Attach(LinkEnd link);

    /// <summary>An IPv4 datagram arrived. The array is the receiver's own.</summary>
    void Receive(byte[] datagram, int port);
}
