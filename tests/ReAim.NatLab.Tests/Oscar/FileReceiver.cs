using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>OFT2, the side that gets the file.</summary>
internal sealed class FileReceiver(Simulation simulation, ClientStyle style, RendezvousSession session) : IPeerStream
{
    private Oft2Header? _prompt;

    public async Task<bool> GreetAsync(TcpConnection connection, bool connecting)
    {
        byte[]? bytes = await simulation.Within(connection.ReadExactAsync(Oft2Header.Length), style.PeerTimeout);
        Oft2Header? prompt = Oft2Header.Parse(bytes);

        // libpurple's first header has no cookie.
        if (prompt is not { Type: Oft2Header.Prompt } || (prompt.Cookie != 0 && prompt.Cookie != session.Cookie))
        {
            return false;
        }

        _prompt = prompt with { Cookie = session.Cookie };
        connection.Send((_prompt with { Type = Oft2Header.Acknowledge }).ToBytes());
        return true;
    }

    public async Task<bool> ExchangeAsync(TcpConnection connection)
    {
        while (session.Received.Length < _prompt!.Size)
        {
            int left = _prompt.Size - session.Received.Length;
            byte[]? bytes = await simulation.Within(connection.ReadSomeAsync(Math.Min(left, 16_384)), style.PeerTimeout);
            if (bytes is not { Length: > 0 })
            {
                return false;
            }

            session.Received.Append(bytes);
        }

        if (session.IsOver)
        {
            // Signed off meanwhile: the connection is closed.
            return false;
        }

        bool intact = Oft2Header.ChecksumOf(session.Received.Bytes) == _prompt.Checksum;
        connection.Send((_prompt with { Type = Oft2Header.Done }).ToBytes());
        await simulation.Within(connection.ReadSomeAsync(1), style.PeerTimeout);
        connection.Close();
        return intact;
    }
}
