using System.Net.Sockets;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A port that takes connections.</summary>
internal sealed class TcpListener(Host host, Socket socket, ushort port) : IDisposable
{
    public ushort Port => port;

    /// <summary>The next connection; null once the listener is closed.</summary>
    public async Task<TcpConnection?> AcceptAsync()
    {
        try
        {
            return host.Adopt(await socket.AcceptAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>Takes no more connections: a SYN is answered with a reset. Those accepted before stay.</summary>
    public void Close()
    {
        socket.Dispose();
        host.Forget(this);
    }

    public void Dispose() => Close();
}
