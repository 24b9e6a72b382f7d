using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;

namespace ReAim.NatLab.Tests.Tcp;

/// <summary>A connection of the kernel's TCP, as a program uses it. Every <see cref="Send"/> is a call of send(2).</summary>
internal sealed class TcpConnection : IDisposable
{
    /// <summary>As much as is read ahead of the program.</summary>
    private const int ReadAhead = 1 << 20;

    private const int Piece = 64 << 10;

    /// <summary>How long a closed connection waits for the other end's FIN.</summary>
    private const long Linger = 10 * Net.Simulation.Second;

    private readonly Host _host;
    private readonly Socket _socket;
    private readonly ReceiveBuffer _received = new();
    private readonly Queue<byte[]> _backlog = new();
    private readonly List<TaskCompletionSource<bool>> _flushes = [];
    private PendingRead? _read;
    private TaskCompletionSource? _room;
    private bool _isEnded;
    private bool _isClosed;
    private bool _isGone;
    private bool _isWriting;

    internal TcpConnection(Host host, Socket socket)
    {
        (_host, _socket) = (host, socket);
        socket.Blocking = false;
        (Local, Remote) = (ToEndpoint(socket.LocalEndPoint!), ToEndpoint(socket.RemoteEndPoint!));
        host.Simulation.Start(ReceiveAsync);
    }

    public Ipv4Endpoint Local { get; }

    public Ipv4Endpoint Remote { get; }

    /// <summary>True turns Nagle off.</summary>
    public bool NoDelay
    {
        get => !_isGone && _socket.NoDelay;
        set
        {
            if (!_isGone)
            {
                _socket.NoDelay = value;
            }
        }
    }

    /// <summary>True once it was reset, or given up for want of an answer.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>More has been read ahead than the program asks for.</summary>
    private bool IsFarAhead => _received.Count >= Math.Max(ReadAhead, _read?.Count ?? 0);

    /// <summary>Hands bytes to TCP; they are copied. Nothing happens if the connection is broken.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (IsBroken || _isGone || bytes.IsEmpty)
        {
            return;
        }

        if (_isClosed)
        {
            throw new InvalidOperationException("Send after Close.");
        }

        int sent = 0;
        if (!_isWriting)
        {
            sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                Break();
                return;
            }
        }

        if (sent < bytes.Length)
        {
            _backlog.Enqueue(bytes[Math.Max(sent, 0)..].ToArray());
            if (!_isWriting)
            {
                _isWriting = true;
                _host.Simulation.Start(WriteAsync);
            }
        }
    }

    /// <summary>Waits for that many bytes.</summary>
    /// <returns>The bytes; null if the stream ended or broke before. Only one read may be under way.</returns>
    public Task<byte[]?> ReadExactAsync(int count) => ReadAsync(new PendingRead(count, true));

    /// <summary>Waits for at least one byte and takes what there is, up to a maximum; empty at the end of the stream.</summary>
    public Task<byte[]> ReadSomeAsync(int maximum) => ReadAsync(new PendingRead(maximum, false))!;

    /// <summary>Ends once the kernel has all that was sent; false if the connection broke before.</summary>
    public Task<bool> FlushAsync()
    {
        if (!_isWriting)
        {
            return Task.FromResult(!IsBroken);
        }

        var done = new TaskCompletionSource<bool>();
        _flushes.Add(done);
        return done.Task;
    }

    /// <summary>No more will be sent: a FIN follows the last byte. Reading goes on.</summary>
    public void Close()
    {
        if (_isClosed || _isGone)
        {
            return;
        }

        _isClosed = true;
        if (!_isWriting)
        {
            Finish();
        }

        _host.Simulation.After(Linger, () => Leave());
    }

    /// <summary>Resets the connection.</summary>
    public void Abort()
    {
        if (!_isGone)
        {
            _socket.LingerState = new LingerOption(true, 0);
            Break();
        }
    }

    public void Dispose() => Leave();

    private static Ipv4Endpoint ToEndpoint(EndPoint endpoint)
    {
        var ip = (IPEndPoint)endpoint;
        return new Ipv4Endpoint(Ipv4Address.Read(ip.Address.GetAddressBytes()), (ushort)ip.Port);
    }

    private Task<byte[]?> ReadAsync(PendingRead read)
    {
        if (_read is not null)
        {
            throw new InvalidOperationException("One read at a time.");
        }

        _read = read;
        Serve();
        return read.Done.Task;
    }

    /// <summary>Reads ahead of the program, so that it also hears of an end it does not wait for.</summary>
    private async Task ReceiveAsync()
    {
        while (!_isGone)
        {
            int count = await ReceiveSomeAsync();
            if (count <= 0)
            {
                IsBroken |= count < 0;
                _isEnded = true;
                break;
            }

            _received.Add(count);
            Serve();
            if (IsFarAhead && !_isGone)
            {
                _room = new TaskCompletionSource();
                await _room.Task;
            }
        }

        Serve();
        if (_isClosed || IsBroken)
        {
            Leave();
        }
    }

    private async Task<int> ReceiveSomeAsync()
    {
        try
        {
            return await _socket.ReceiveAsync(_received.Room(Piece), SocketFlags.None);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return -1;
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            while (_backlog.TryDequeue(out byte[]? bytes))
            {
                for (int at = 0; at < bytes.Length;)
                {
                    at += await _socket.SendAsync(bytes.AsMemory(at), SocketFlags.None);
                }
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Break();
        }

        _isWriting = false;
        if (_isClosed && !IsBroken)
        {
            Finish();
        }

        foreach (TaskCompletionSource<bool> flush in _flushes)
        {
            _host.Simulation.After(0, () => flush.SetResult(!IsBroken));
        }

        _flushes.Clear();
    }

    private void Serve()
    {
        if (_read is { } read && (_received.Count >= (read.IsExact ? read.Count : 1) || _isEnded || _isGone))
        {
            _read = null;
            byte[]? bytes = read.IsExact && _received.Count < read.Count ? null : _received.Take(Math.Min(read.Count, _received.Count));
            _host.Simulation.After(0, () => read.Done.SetResult(bytes));
        }

        if (_room is { } room && !IsFarAhead)
        {
            _room = null;
            _host.Simulation.After(0, () => room.TrySetResult());
        }
    }

    private void Finish()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            IsBroken = true;
        }

        if (_isEnded)
        {
            Leave();
        }
    }

    private void Break()
    {
        IsBroken = true;
        Leave();
    }

    private void Leave()
    {
        if (!_isGone)
        {
            _isGone = true;
            _socket.Dispose();
            _host.Forget(this);
            _room?.TrySetResult();
            Serve();
        }
    }

    private sealed record PendingRead(int Count, bool IsExact)
    {
        public TaskCompletionSource<byte[]?> Done { get; } = new();
    }
}
