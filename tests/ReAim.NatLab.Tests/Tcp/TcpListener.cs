namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A port that takes connections.</summary>
internal sealed class TcpListener
{
    public ushort Port => throw new NotSupportedException();

    /// <summary>The next connection whose handshake is complete; null once the listener is closed.</summary>
    public Task<TcpConnection?> AcceptAsync() => throw new NotSupportedException();

    /// <summary>Takes no more connections: a SYN is answered with a reset. Those accepted before stay.</summary>
    public void Close() => throw new NotSupportedException();
}
