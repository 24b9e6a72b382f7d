using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Translators.Relay;

namespace ReAim.Capture.Tests.Translators;

/// <summary>A relay on the loopback interface, a listener that stands for a LAN host, and whoever decides about peers.</summary>
internal sealed class RelayWorld : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly List<Socket> _sockets = [];

    public RelayWorld(RelayOptions? options = null)
    {
        Relay = new RelayTranslator(new DryRunTranslator(), Decide, options);
        Lan = Listen();
        Mapping = new Mapping(Loopback(FreePort()), Loopback(PortOf(Lan)));
    }

    public RelayTranslator Relay { get; }

    /// <summary>Listens where the mapping leads to.</summary>
    public Socket Lan { get; }

    /// <summary>A mapping to the listener, not installed yet.</summary>
    public Mapping Mapping { get; }

    /// <summary>What is answered to a report; null to leave it without an answer.</summary>
    public Func<PeerReport, bool?> Decision { get; set; } = _ => true;

    /// <summary>All that was reported.</summary>
    public ConcurrentQueue<PeerReport> Reports { get; } = [];

    public static Ipv4Endpoint Loopback(ushort port) => new(new Ipv4Address(0x7F00_0001), port);

    public static ushort PortOf(Socket socket) => (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>A port on which nobody listens.</summary>
    public static ushort FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return PortOf(socket);
    }

    /// <summary>Installs a mapping, this one if none is named.</summary>
    public MappingAnswer Install(Mapping? mapping = null)
    {
        Relay.Install(mapping ?? Mapping);
        Assert.That(Relay.TryTakeAnswer(out MappingAnswer answer), "an answer came at once");
        return answer;
    }

    /// <summary>How often something was counted.</summary>
    public long Count(string word) => Relay.Counters.Single(counter => counter.Key == word).Value;

    /// <summary>Waits until something has happened on another thread.</summary>
    public static Task<bool> Comes(Func<bool> condition) => Task.Run(async () =>
    {
        for (long end = Environment.TickCount64 + (long)s_patience.TotalMilliseconds; Environment.TickCount64 < end; await Task.Delay(5))
        {
            if (condition())
            {
                return true;
            }
        }

        return condition();
    });

    /// <summary>A peer connects to the mapping.</summary>
    public async Task<Socket> PeerAsync()
    {
        Socket peer = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        await peer.ConnectAsync(SocketAddresses.EndPoint(Mapping.Public)).WaitAsync(s_patience);
        return peer;
    }

    /// <summary>A peer connects, and the LAN host takes the connection.</summary>
    public async Task<(Socket Peer, Socket Host)> ConnectAsync()
    {
        Socket peer = await PeerAsync();
        return (peer, await HostAsync());
    }

    /// <summary>True if a peer that connects is reset. Its own system may hear of that before it says that it is connected.</summary>
    public async Task<bool> TurnsAwayAsync()
    {
        try
        {
            return await IsResetAsync(await PeerAsync());
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    /// <summary>What the relay begins at the LAN host.</summary>
    public async Task<Socket> HostAsync() => Keep(await Lan.AcceptAsync().WaitAsync(s_patience));

    /// <summary>Reads to the end.</summary>
    public static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[16_384];
        for (int count; (count = await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(s_patience)) > 0;)
        {
            bytes.Write(buffer.AsSpan(0, count));
        }

        return bytes.ToArray();
    }

    /// <summary>Says something and nothing more.</summary>
    public static async Task SayAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes).AsTask().WaitAsync(s_patience)..];
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>True if the next that comes is a reset.</summary>
    public static async Task<bool> IsResetAsync(Socket socket)
    {
        try
        {
            _ = await socket.ReceiveAsync(new byte[1].AsMemory()).AsTask().WaitAsync(s_patience);
            return false;
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode == SocketError.ConnectionReset;
        }
    }

    public Socket Listen()
    {
        Socket socket = Keep(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    public void Dispose()
    {
        Relay.Dispose();
        _sockets.ForEach(socket => socket.Dispose());
    }

    private Socket Keep(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    private void Decide()
    {
        while (Relay.TryTakePeer(out PeerReport? report))
        {
            Reports.Enqueue(report);
            if (Decision(report) is { } isAdmitted)
            {
                report.Answer(isAdmitted);
            }
        }
    }
}
