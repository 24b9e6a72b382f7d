using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>OFT2, the side that has the file. It speaks first, no matter who connected.</summary>
internal sealed class FileSender(Simulation simulation, ClientStyle style, RendezvousSession session, byte[] file, string name) : IPeerStream
{
    private const int Piece = 4_096;

    private readonly uint _checksum = Oft2Header.ChecksumOf(file);

    public async Task<bool> GreetAsync(TcpConnection connection, bool connecting)
    {
        connection.Send(new Oft2Header(Oft2Header.Prompt, style.PromptHasCookie ? session.Cookie : 0, file.Length, _checksum, name).ToBytes());
        return await ReadAsync(connection, Oft2Header.Acknowledge);
    }

    public async Task<bool> ExchangeAsync(TcpConnection connection)
    {
        for (int at = 0; at < file.Length; at += Piece)
        {
            if (session.IsOver)
            {
                // Taken back, or signed off, while it waited for room.
                return false;
            }

            int length = Math.Min(Piece, file.Length - at);
            connection.Send(file.AsSpan(at, length));
            session.Sent.Append(file.AsSpan(at, length));
            if (at % (8 * Piece) == 0 && !await simulation.Within(connection.FlushAsync(), style.PeerTimeout))
            {
                return false;
            }
        }

        if (!await ReadAsync(connection, Oft2Header.Done))
        {
            return false;
        }

        connection.Close();
        return true;
    }

    private async Task<bool> ReadAsync(TcpConnection connection, ushort type)
    {
        byte[]? bytes = await simulation.Within(connection.ReadExactAsync(Oft2Header.Length), style.PeerTimeout);
        return Oft2Header.Parse(bytes) is { } header && header.Type == type && header.Cookie == session.Cookie && header.Checksum == _checksum;
    }
}
