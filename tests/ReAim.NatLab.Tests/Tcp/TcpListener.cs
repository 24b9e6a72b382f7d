namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A port that takes connections.</summary>
internal sealed class TcpListener
{
    private readonly Host _host;
    private readonly Queue<TcpConnection> _ready = new();
    private readonly Queue<TaskCompletionSource<TcpConnection?>> _waiting = new();

    internal TcpListener(Host host, ushort port)
    {
        _host = host;
        Port = port;
    }

    public ushort Port { get; }

    internal bool IsClosed { get; private set; }

    /// <summary>The next connection whose handshake is complete; null once the listener is closed.</summary>
    public Task<TcpConnection?> AcceptAsync()
    {
        if (_ready.TryDequeue(out TcpConnection? connection))
        {
            return Task.FromResult<TcpConnection?>(connection);
        }

        var waiting = new TaskCompletionSource<TcpConnection?>();
        if (IsClosed)
        {
            waiting.SetResult(null);
        }
        else
        {
            _waiting.Enqueue(waiting);
        }

        return waiting.Task;
    }

    /// <summary>Takes no more connections: a SYN is answered with a reset. Those accepted before stay.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        _host.Remove(this);
        while (_ready.TryDequeue(out TcpConnection? connection))
        {
            connection.Abort();
        }

        while (_waiting.TryDequeue(out TaskCompletionSource<TcpConnection?>? waiting))
        {
            _host.Simulation.After(0, () => waiting.SetResult(null));
        }
    }

    internal void Add(TcpConnection connection)
    {
        if (_waiting.TryDequeue(out TaskCompletionSource<TcpConnection?>? waiting))
        {
            _host.Simulation.After(0, () => waiting.SetResult(connection));
        }
        else
        {
            _ready.Enqueue(connection);
        }
    }
}
