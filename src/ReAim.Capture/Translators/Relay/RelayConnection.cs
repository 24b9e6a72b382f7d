using System.Buffers;
using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Translators.Relay;

/// <summary>
/// A peer's connection and the one to the LAN host that answers it. What one end does, the other one sees: bytes, the end of
/// them, a reset. No more of a direction is kept than one buffer: who reads slowly is sent slowly.
/// </summary>
internal sealed class RelayConnection : IDisposable
{
    private const int BufferLength = 65_536;

    private readonly Lock _lock = new();
    private readonly RelayOptions _options;
    private readonly RelayCounters _counters;
    private readonly Func<PeerReport, Task<bool>> _ask;
    private readonly Mapping _mapping;
    private readonly Ipv4Endpoint _from;
    private readonly Socket _peer;
    private Socket? _lan;
    private bool _isOver;
    private volatile bool _isClosing;
    private long _lastByte = Environment.TickCount64;

    /// <summary>Takes a peer's connection over.</summary>
    /// <param name="peer">The accepted socket: now ours.</param>
    /// <param name="mapping">What it came by.</param>
    /// <param name="options">The limits.</param>
    /// <param name="counters">What became of it.</param>
    /// <param name="ask">Asks the loop whether it may go on.</param>
    public RelayConnection(Socket peer, Mapping mapping, RelayOptions options, RelayCounters counters, Func<PeerReport, Task<bool>> ask)
    {
        (_peer, _mapping, _options, _counters, _ask) = (peer, mapping, options, counters, ask);
        _from = SocketAddresses.Remote(peer);
    }

    /// <summary>What it came by.</summary>
    public Mapping Mapping => _mapping;

    /// <summary>The peer's address.</summary>
    public Ipv4Address Peer => _from.Address;

    /// <summary>Asks, connects and carries until both ends are done.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (!await AskAsync(PeerStep.Arrived).ConfigureAwait(false))
            {
                _counters.Count(RelayEvent.Refused);
                Reset();
                return;
            }

            Socket? lan = await ConnectAsync().ConfigureAwait(false);
            if (lan is null)
            {
                Reset();
                return;
            }

            if (!await AskAsync(PeerStep.Connected).ConfigureAwait(false))
            {
                _counters.Count(RelayEvent.Refused);
                Reset();
                return;
            }

            Prepare(_peer);
            Prepare(lan);
            _counters.Count(RelayEvent.Carried);
            await Task.WhenAll(CarryAsync(_peer, lan), CarryAsync(lan, _peer)).ConfigureAwait(false);
            Close();
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    /// <summary>Resets both ends if nothing was said for too long.</summary>
    /// <param name="now">Milliseconds, as <see cref="Environment.TickCount64"/> has them.</param>
    public void EndIfIdle(long now)
    {
        TimeSpan time = _isClosing ? _options.ClosingTime : _options.IdleTime;
        if (now - Interlocked.Read(ref _lastByte) > time.TotalMilliseconds && Reset())
        {
            _counters.Count(RelayEvent.Idle);
        }
    }

    /// <summary>Resets both ends, if it is not over.</summary>
    public void Dispose() => Reset();

    private static void Prepare(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
    }

    private Task<bool> AskAsync(PeerStep step) => _ask(new PeerReport(step, _mapping, _from));

    /// <summary>Connects to the LAN end; null if that fails, which is counted.</summary>
    private async Task<Socket?> ConnectAsync()
    {
        var lan = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_lock)
        {
            _lan = lan;
            if (_isOver)
            {
                lan.Dispose();
                return null;
            }
        }

        try
        {
            using var patience = new CancellationTokenSource(_options.ConnectTime);
            await lan.ConnectAsync(SocketAddresses.EndPoint(_mapping.Lan), patience.Token).ConfigureAwait(false);
            return lan;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is not (SocketError.TimedOut or SocketError.HostUnreachable))
        {
            _counters.Count(RelayEvent.LanRefused);
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            _counters.Count(RelayEvent.LanSilent);
            _ = AskAsync(PeerStep.Unanswered);
        }

        return null;
    }

    private async Task CarryAsync(Socket from, Socket to)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer.AsMemory(0, BufferLength)).ConfigureAwait(false)) > 0)
            {
                Interlocked.Exchange(ref _lastByte, Environment.TickCount64);
                for (int sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
                }
            }

            to.Shutdown(SocketShutdown.Send);
            _isClosing = true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            if (Reset())
            {
                _counters.Count(RelayEvent.Reset);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Closes both ends with a reset; what still waits fails.</summary>
    /// <returns>False if it was over already.</returns>
    private bool Reset()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return false;
            }

            _isOver = true;

            // Without a time to linger the system sends a reset and forgets what it has not sent.
            _peer.Close(0);
            _lan?.Close(0);
            return true;
        }
    }

    private void Close()
    {
        lock (_lock)
        {
            _isOver = true;
            _peer.Dispose();
            _lan?.Dispose();
        }
    }
}
