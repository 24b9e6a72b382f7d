using System.Buffers.Binary;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar.Icq;

/// <summary>An ICQ peer connection as frames: a little-endian length of two bytes, and as many bytes.</summary>
internal sealed class PeerFrames(Simulation simulation, TcpConnection connection)
{
    public const byte File = 0;
    public const byte Acknowledge = 1;
    public const byte Message = 2;
    public const byte Data = 6;

    private const long Patience = 30 * Simulation.Second;

    public TcpConnection Connection => connection;

    public void Send(byte[] frame)
    {
        byte[] bytes = new byte[2 + frame.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)frame.Length);
        frame.CopyTo(bytes, 2);
        connection.Send(bytes);
    }

    /// <summary>The next frame; null if none comes.</summary>
    public async Task<byte[]?> ReadAsync()
    {
        byte[]? length = await simulation.Within(connection.ReadExactAsync(2), Patience);
        return length is null ? null : await simulation.Within(connection.ReadExactAsync(BinaryPrimitives.ReadUInt16LittleEndian(length)), Patience);
    }
}
