using ReAim.Alg.Streams;
using ReAim.Alg.Wire;

namespace ReAim.Alg.Tests.World;

/// <summary>A scripted TCP connection of a LAN host through a gateway: every segment is placed by hand.</summary>
internal sealed class Conversation(Gateway gateway, Ipv4Endpoint lan, Ipv4Endpoint remote, uint clientStart = 0x1000_0000, uint serverStart = 0x2000_0000)
{
    public static readonly byte[] ClientHello = [0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 1];
    public static readonly byte[] ServerHello = [0x2A, 1, 0, 100, 0, 4, 0, 0, 0, 1];

    private readonly List<byte> _client = [];
    private readonly List<byte> _server = [];

    public Gateway Gateway => gateway;

    public FlowKey Key => new(lan, remote);

    /// <summary>The sequence number of the client's first byte.</summary>
    public uint FirstClientSequence => clientStart + 1;

    /// <summary>Where the client's next new byte goes.</summary>
    public int ClientLength => _client.Count;

    public int ServerLength => _server.Count;

    public bool PartialChecksums { get; set; }

    public static Conversation Open(Gateway gateway, Ipv4Address? host = null, ushort port = 40_000, uint clientStart = 0x1000_0000, uint serverStart = 0x2000_0000)
    {
        var conversation = new Conversation(gateway, new(host ?? Addresses.Alice, port), new(Addresses.Server, 5190), clientStart, serverStart);
        conversation.Handshake();
        return conversation;
    }

    /// <summary>Handshake and both hellos.</summary>
    public static Conversation SignOn(Gateway gateway, Ipv4Address? host = null, ushort port = 40_000, uint clientStart = 0x1000_0000, uint serverStart = 0x2000_0000)
    {
        Conversation conversation = Open(gateway, host, port, clientStart, serverStart);
        conversation.Server(ServerHello);
        conversation.Client(ClientHello);
        return conversation;
    }

    public void Handshake()
    {
        gateway.Send(Direction.Outbound, Packet(Direction.Outbound, -1, [], TcpFlags.Syn));
        gateway.Send(Direction.Inbound, Packet(Direction.Inbound, -1, [], TcpFlags.Syn | TcpFlags.Ack));
        gateway.Send(Direction.Outbound, Packet(Direction.Outbound, 0, [], TcpFlags.Ack));
    }

    /// <summary>New bytes of the client.</summary>
    public long Client(ReadOnlySpan<byte> bytes, TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh)
    {
        int at = _client.Count;
        _client.AddRange(bytes);
        return ClientAt(at, bytes.ToArray(), flags);
    }

    /// <summary>New bytes of the server.</summary>
    public long Server(ReadOnlySpan<byte> bytes, TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh)
    {
        int at = _server.Count;
        _server.AddRange(bytes);
        return ServerAt(at, bytes.ToArray(), flags);
    }

    public long ClientAt(long offset, byte[] bytes, TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh) =>
        gateway.Send(Direction.Outbound, Packet(Direction.Outbound, offset, bytes, flags));

    public long ServerAt(long offset, byte[] bytes, TcpFlags flags = TcpFlags.Ack | TcpFlags.Psh) =>
        gateway.Send(Direction.Inbound, Packet(Direction.Inbound, offset, bytes, flags));

    /// <summary>Counts bytes that will be sent by <see cref="ClientAt"/>.</summary>
    public int ReserveClient(int length)
    {
        int at = _client.Count;
        _client.AddRange(new byte[length]);
        return at;
    }

    public int ReserveServer(int length)
    {
        int at = _server.Count;
        _server.AddRange(new byte[length]);
        return at;
    }

    public byte[] Packet(Direction direction, long offset, byte[] bytes, TcpFlags flags, long? acknowledged = null)
    {
        bool outbound = direction == Direction.Outbound;
        uint sequence = (outbound ? clientStart : serverStart) + 1 + (uint)offset;
        uint ack = (flags & TcpFlags.Ack) == 0 ? 0 : (outbound ? serverStart : clientStart) + 1 + (uint)(acknowledged ?? 0);
        var packet = new TcpPacket(outbound ? lan : remote, outbound ? remote : lan, sequence, ack, flags, bytes);
        return PartialChecksums ? packet.BuildPartial() : packet.Build();
    }

    /// <summary>What the far end of a direction received.</summary>
    public byte[] Received(Direction direction)
    {
        bool outbound = direction == Direction.Outbound;
        return StreamJudge.Reassemble(
            gateway.Departures.Where(packet => packet.Direction == direction).Select(packet => packet.Bytes),
            outbound ? lan : remote,
            outbound ? remote : lan,
            (outbound ? clientStart : serverStart) + 1);
    }
}
