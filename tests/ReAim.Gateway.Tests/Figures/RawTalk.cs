using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;
using ReAim.Gateway.Tests.World;
using static ReAim.Alg.Tests.World.Messages;

namespace ReAim.Gateway.Tests.Figures;

/// <summary>
/// An OSCAR connection as two bare sockets, whose bytes are written by hand: nothing but the kernel and the gateway is in what is
/// measured.
/// </summary>
internal sealed class RawTalk : IDisposable
{
    private static readonly byte[] ClientHello = Flap(1, U32(1), Tlv(0x0001, "a"u8.ToArray()));
    private static readonly byte[] ServerHello = Flap(1, U32(1));
    private readonly byte[] _buffer = new byte[65_536];

    private RawTalk(Socket client, Socket server) => (Client, Server) = (client, server);

    public Socket Client { get; }

    public Socket Server { get; }

    /// <summary>Connects through the gateway, and says hello on both sides if it is to be OSCAR.</summary>
    public static RawTalk Connect(Lab lab, int port, bool isOscar)
    {
        (Socket client, Socket server) = Connect(lab.Bob.Namespace, lab.Alice.Namespace, Lab.BobAddress, port);
        var talk = new RawTalk(client, server);
        if (isOscar)
        {
            server.Send(ServerHello);
            talk.Take(client, ServerHello.Length);
            client.Send(ClientHello);
            talk.Take(server, ClientHello.Length);
        }

        return talk;
    }

    /// <summary>A connection between sockets of two hosts.</summary>
    public static (Socket Client, Socket Server) Connect(NetNamespace listening, NetNamespace connecting, string address, int port, Socket? listener = null)
    {
        bool isOwn = listener is null;
        listener ??= Listen(listening, port);
        Socket client = connecting.Inside(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
        client.Connect(IPAddress.Parse(address), port);
        Socket server = listener.Accept();
        server.NoDelay = true;
        if (isOwn)
        {
            listener.Dispose();
        }

        return (client, server);
    }

    public static Socket Listen(NetNamespace place, int port) => place.Inside(() =>
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen();
        return listener;
    });

    /// <summary>Alice offers a Direct IM at her port; what arrives is what the gateway made of it.</summary>
    public byte[] Offer(ushort port, ulong cookie) => Say(Messages_Offer(port, cookie));

    /// <summary>A cancel of the same offer.</summary>
    public byte[] Cancel(ulong cookie) => Say(Alg.Tests.World.Messages.Cancel(cookie));

    public byte[] Say(byte[] message)
    {
        Client.Send(message);
        return Take(Server, message.Length);
    }

    public byte[] Take(Socket socket, int length)
    {
        int taken = 0;
        while (taken < length)
        {
            taken += socket.Receive(_buffer, taken, length - taken, SocketFlags.None);
        }

        return _buffer[..length];
    }

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }

    private static byte[] Messages_Offer(ushort port, ulong cookie) =>
        Alg.Tests.World.Messages.Offer(Ipv4Address.TryParse("192.168.7.10", out Ipv4Address alice) ? alice : default, port, cookie);
}
