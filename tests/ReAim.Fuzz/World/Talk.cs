using ReAim.Alg;
using ReAim.Alg.Tests.World;
using ReAim.Alg.Wire;

namespace ReAim.Fuzz.World;

/// <summary>A TCP connection of a LAN host: it knows where each direction goes on.</summary>
internal sealed class Talk(Ipv4Endpoint lan, Ipv4Endpoint remote, uint start = 0x1000_0000)
{
    public static readonly byte[] ClientHello = [0x2A, 1, 0, 1, 0, 4, 0, 0, 0, 1];
    public static readonly byte[] ServerHello = [0x2A, 1, 0, 100, 0, 4, 0, 0, 0, 1];

    /// <summary>The client's next sequence number.</summary>
    public uint Client { get; set; } = start;

    /// <summary>The server's next sequence number.</summary>
    public uint Server { get; set; } = start + 0x1000_0000;

    public Ipv4Endpoint Lan => lan;

    public Ipv4Endpoint Remote => remote;

    /// <summary>Alice's connection to her server.</summary>
    public static Talk OfAlice() => new(new(Addresses.Alice, 40_000), new(Addresses.Server, 5190));

    /// <summary>The next segment of a direction.</summary>
    public byte[] Next(Direction direction, ReadOnlySpan<byte> payload, TcpFlags flags = TcpFlags.Ack)
    {
        bool outbound = direction == Direction.Outbound;
        byte[] packet = Segment(direction, outbound ? Client : Server, outbound ? Server : Client, flags, payload);
        uint length = (uint)payload.Length + ((flags & (TcpFlags.Syn | TcpFlags.Fin)) != 0 ? 1u : 0);
        (Client, Server) = outbound ? (Client + length, Server) : (Client, Server + length);
        return packet;
    }

    /// <summary>A segment anywhere in a direction.</summary>
    public byte[] Segment(Direction direction, uint sequence, uint acknowledgement, TcpFlags flags, ReadOnlySpan<byte> payload)
    {
        bool outbound = direction == Direction.Outbound;
        return new TcpPacket(outbound ? lan : remote, outbound ? remote : lan, sequence, acknowledgement, flags, payload.ToArray()).Build();
    }

    /// <summary>Opens it, and both ends say hello.</summary>
    public void SignOn(FuzzedGateway gateway)
    {
        Open(gateway);
        gateway.Send(Direction.Inbound, Next(Direction.Inbound, ServerHello));
        gateway.Send(Direction.Outbound, Next(Direction.Outbound, ClientHello));
    }

    public void Open(FuzzedGateway gateway)
    {
        gateway.Send(Direction.Outbound, Next(Direction.Outbound, [], TcpFlags.Syn));
        gateway.Send(Direction.Inbound, Next(Direction.Inbound, [], TcpFlags.Syn | TcpFlags.Ack));
        gateway.Send(Direction.Outbound, Next(Direction.Outbound, []));
    }
}
