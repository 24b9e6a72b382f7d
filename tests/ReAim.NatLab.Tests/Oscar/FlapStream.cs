using System.Buffers.Binary;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A TCP connection as FLAPs: one sequence for each direction, over all channels (PROTOCOL 1).</summary>
internal sealed class FlapStream(TcpConnection connection, ushort firstSequence, IFlapWriter writer)
{
    private ushort _next = firstSequence;

    public TcpConnection Connection => connection;

    /// <summary>Every FLAP that was sent, and every one that was read.</summary>
    public List<byte[]> Sent { get; } = [];

    public List<byte[]> Received { get; } = [];

    public void Send(byte channel, byte[] body) => writer.Write(connection, Frame(channel, body));

    /// <summary>Sends a FLAP in two parts, whatever the writer's habit: a TCP that is asked twice sends twice.</summary>
    public void SendCut(byte channel, byte[] body, int at)
    {
        byte[] frame = Frame(channel, body);
        int cut = Math.Clamp(at, 0, frame.Length);
        writer.Flush(connection);
        connection.Send(frame.AsSpan(0, cut));
        connection.Send(frame.AsSpan(cut));
    }

    /// <summary>Several SNACs handed over at once, as clients do when they sign on.</summary>
    public void SendTogether(params Snac[] snacs) =>
        writer.Write(connection, [.. snacs.SelectMany(snac => Frame(2, snac.ToBytes()))]);

    /// <summary>No more will be sent; what the writer still keeps goes before.</summary>
    public void Close()
    {
        writer.Flush(connection);
        connection.Close();
    }

    public void Send(Snac snac) => Send(2, snac.ToBytes());

    /// <summary>The next FLAP; null at the end of the stream, or where no FLAP begins.</summary>
    public async Task<FlapFrame?> ReadAsync()
    {
        byte[]? head = await connection.ReadExactAsync(6);
        if (head is null || head[0] != 0x2A)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(4));
        byte[]? body = length == 0 ? [] : await connection.ReadExactAsync(length);
        if (body is not null)
        {
            Received.Add([.. head, .. body]);
        }

        return body is null ? null : new FlapFrame(head[1], BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)), body);
    }

    private byte[] Frame(byte channel, byte[] body)
    {
        byte[] frame = [0x2A, channel, 0, 0, 0, 0, .. body];
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), _next++);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(4), (ushort)body.Length);
        Sent.Add(frame);
        return frame;
    }
}

/// <summary>A FLAP that was read.</summary>
internal sealed record FlapFrame(byte Channel, ushort Sequence, byte[] Body);
