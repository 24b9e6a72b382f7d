using System.Globalization;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Tests.World;

/// <summary>Two ends that talk TCP, datagram by datagram, with right numbers.</summary>
internal sealed class TcpTalk(Ipv4Endpoint client, Ipv4Endpoint server, uint clientIsn = 1_000, uint serverIsn = 5_000)
{
    private uint _client;
    private uint _server;

    public TcpTalk(string client, string server, uint clientIsn = 1_000, uint serverIsn = 5_000)
        : this(End(client), End(server), clientIsn, serverIsn)
    {
    }

    public static Ipv4Endpoint End(string text)
    {
        string[] parts = text.Split(':');
        return new Ipv4Endpoint(Addresses.Parse(parts[0]), ushort.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public byte[] Syn() => Packet(true, clientIsn, 0, TcpFlags.Syn, []);

    public byte[] SynAck() => Packet(false, serverIsn, clientIsn + 1, TcpFlags.Syn | TcpFlags.Ack, []);

    public byte[] Refusal() => Packet(false, 0, clientIsn + 1, TcpFlags.Rst | TcpFlags.Ack, []);

    public byte[][] Handshake()
    {
        byte[][] packets = [Syn(), SynAck(), Packet(true, clientIsn + 1, serverIsn + 1, TcpFlags.Ack, [])];
        (_client, _server) = (clientIsn + 1, serverIsn + 1);
        return packets;
    }

    public byte[] Send(bool fromClient, params byte[][] payload)
    {
        byte[] bytes = Messages.Join(payload);
        byte[] packet = Packet(fromClient, fromClient ? _client : _server, fromClient ? _server : _client, TcpFlags.Ack | TcpFlags.Psh, bytes);
        (_client, _server) = fromClient ? (_client + (uint)bytes.Length, _server) : (_client, _server + (uint)bytes.Length);
        return packet;
    }

    public byte[] Acknowledge(bool fromClient) => Packet(fromClient, fromClient ? _client : _server, fromClient ? _server : _client, TcpFlags.Ack, []);

    public byte[] Close(bool fromClient) =>
        Packet(fromClient, fromClient ? _client++ : _server++, fromClient ? _server : _client, TcpFlags.Fin | TcpFlags.Ack, []);

    public byte[] Packet(bool fromClient, uint sequence, uint acknowledgement, TcpFlags flags, byte[] payload) =>
        new TcpPacket(fromClient ? client : server, fromClient ? server : client, sequence, acknowledgement, flags, payload).Build();
}
