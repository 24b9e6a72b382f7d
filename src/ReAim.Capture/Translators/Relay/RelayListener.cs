using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Capture.Linux.Interop;

namespace ReAim.Capture.Translators.Relay;

/// <summary>Listens on a mapping's public end.</summary>
internal sealed class RelayListener : IDisposable
{
    /// <summary>How long to wait after the system could not give a connection, for want of files mostly.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly RelayCounters _counters;
    private readonly Action<Mapping, Socket> _take;
    private volatile bool _isClosed;

    private RelayListener(Socket socket, Mapping mapping, RelayCounters counters, Action<Mapping, Socket> take)
    {
        (_socket, Mapping, _counters, _take) = (socket, mapping, counters, take);
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The mapping.</summary>
    public Mapping Mapping { get; }

    /// <summary>Begins to listen. That never waits.</summary>
    /// <param name="mapping">Its public end; if the address is none of this machine's, that port of all its addresses.</param>
    /// <param name="keptOut">Interfaces by which nobody comes in: see <see cref="KeepOut"/>.</param>
    /// <param name="backlog">Connects that the kernel keeps until they are accepted.</param>
    /// <param name="counters">Is told of what could not be accepted.</param>
    /// <param name="take">Takes each connection, on any thread.</param>
    /// <param name="refusal">Why it cannot listen, as the second half of a sentence.</param>
    /// <returns>Null if it cannot.</returns>
    public static RelayListener? TryOpen(
        Mapping mapping, IReadOnlyList<string> keptOut, int backlog, RelayCounters counters, Action<Mapping, Socket> take, out string refusal)
    {
        SocketError error = TryListen(SocketAddresses.EndPoint(mapping.Public), keptOut, backlog, out Socket? socket);
        if (error == SocketError.AddressNotAvailable)
        {
            // There is another NAT in front.
            error = TryListen(new IPEndPoint(IPAddress.Any, mapping.Public.Port), keptOut, backlog, out socket);
        }

        refusal = error switch
        {
            SocketError.Success => "",
            SocketError.AddressAlreadyInUse => $"another program uses port {mapping.Public.Port}",
            SocketError.AccessDenied => $"the system does not let this program listen on port {mapping.Public.Port}",
            SocketError.TooManyOpenSockets => "no file can be opened any more",
            _ => $"the system does not listen on port {mapping.Public.Port} ({error})",
        };
        return socket is null ? null : new RelayListener(socket, mapping, counters, take);
    }

    /// <summary>
    /// From now on the system drops the SYNs that come in by some interfaces: it would else complete a handshake before anybody here
    /// is asked. Connections that came by them go on.
    /// </summary>
    /// <param name="interfaces">Their names; none to let everybody in.</param>
    public void KeepOut(IReadOnlyList<string> interfaces)
    {
        if (OperatingSystem.IsLinux() && interfaces.Count == 0)
        {
            InterfaceFilter.TryDetach(_socket);
        }

        Filter(_socket, interfaces);
    }

    /// <summary>Listens no longer. Connections that came go on; those the kernel still keeps are reset.</summary>
    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    private static SocketError TryListen(IPEndPoint end, IReadOnlyList<string> keptOut, int backlog, out Socket? listening)
    {
        listening = null;
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            if (OperatingSystem.IsWindows())
            {
                // Else anybody could listen beside us. Elsewhere the system sees to that by itself.
                socket.ExclusiveAddressUse = true;
            }

            socket.Bind(end);
            Filter(socket, keptOut);
            socket.Listen(backlog);
            listening = socket;
            return SocketError.Success;
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            return failure.SocketErrorCode;
        }
    }

    private static void Filter(Socket socket, IReadOnlyList<string> keptOut)
    {
        if (OperatingSystem.IsLinux() && keptOut.Count > 0)
        {
            InterfaceFilter.TryAttach(socket, keptOut);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_isClosed)
        {
            try
            {
                _take(Mapping, await _socket.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
            {
                if (!_isClosed)
                {
                    _counters.Count(RelayEvent.AcceptFailed);
                    await Task.Delay(s_pause).ConfigureAwait(false);
                }
            }
        }
    }
}
