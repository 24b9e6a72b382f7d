namespace ReAim.NatLab.Tests.Net;

/// <summary>One end of a link, as a node sees it.</summary>
internal sealed class LinkEnd
{
    /// <summary>The largest datagram the link carries.</summary>
    public int Mtu => throw new NotSupportedException();

    /// <summary>Sends a datagram to the other end. The array must not be used afterwards.</summary>
    public void Send(byte[] datagram) => throw new NotSupportedException();
}
