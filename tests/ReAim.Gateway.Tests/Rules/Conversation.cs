using System.Net;
using System.Net.Sockets;
using ReAim.Gateway.Tests.World;

namespace ReAim.Gateway.Tests.Rules;

/// <summary>Real TCP between two hosts.</summary>
internal sealed class Conversation : IDisposable
{
    private readonly Socket _client;
    private readonly Socket _server;

    private Conversation(Socket client, Socket server) => (_client, _server) = (client, server);

    /// <summary>Who the server thinks it talks with.</summary>
    public string PeerOfServer => ((IPEndPoint)_server.RemoteEndPoint!).Address.ToString();

    /// <summary>The client's port.</summary>
    public ushort ClientPort => (ushort)((IPEndPoint)_client.LocalEndPoint!).Port;

    /// <summary>Connects; null if the server did not hear of it within a second.</summary>
    public static Conversation? Open(NetNamespace from, NetNamespace at, string address, int port, int serverPort)
    {
        using Socket listener = at.Inside(() =>
        {
            Socket socket = New();
            socket.Bind(new IPEndPoint(IPAddress.Any, serverPort));
            socket.Listen();
            return socket;
        });
        Socket client = from.Inside(New);
        client.Blocking = false;
        try
        {
            client.Connect(IPAddress.Parse(address), port);
        }
        catch (SocketException wait) when (wait.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
        {
            // Its end is awaited at the server's side.
        }

        if (!listener.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectRead))
        {
            client.Dispose();
            return null;
        }

        Socket server = listener.Accept();
        client.Poll(TimeSpan.FromSeconds(1), SelectMode.SelectWrite);
        client.Blocking = true;
        return new Conversation(client, server);
    }

    /// <summary>Sends some bytes there and back again, several times.</summary>
    public void Talk(int times)
    {
        byte[] bytes = new byte[100];
        for (int i = 0; i < times; i++)
        {
            Carry(_client, _server, bytes);
            Carry(_server, _client, bytes);
        }
    }

    /// <summary>The client says something, and the server hears as many bytes.</summary>
    public void Say(ReadOnlySpan<byte> text) => Carry(_client, _server, text.ToArray());

    /// <summary>True if a word of one of them comes to the other, or one that was stopped before.</summary>
    public bool Arrives(bool fromClient, double seconds = 5)
    {
        (Socket from, Socket to) = fromClient ? (_client, _server) : (_server, _client);
        from.Send("word"u8);
        return to.Poll(TimeSpan.FromSeconds(seconds), SelectMode.SelectRead) && to.Receive(new byte[100]) > 0;
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static void Carry(Socket from, Socket to, byte[] bytes)
    {
        from.Send(bytes);
        for (int got = 0; got < bytes.Length; got += to.Receive(bytes))
        {
        }
    }

    private static Socket New() =>
        new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 3_000, SendTimeout = 3_000 };
}
