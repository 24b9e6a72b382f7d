using System.Text;
using ReAim.NatLab.Tests.Net;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>
/// ODC2. The side that connected says its cookie first. Then the one who offered writes its messages, the other one answers
/// each, and the one who offered hangs up.
/// </summary>
internal sealed class DirectImStream(AimClient client, RendezvousSession session, IReadOnlyList<string> messages) : IPeerStream
{
    /// <summary>People may say nothing for hours.</summary>
    private const long IdleLimit = 4 * 3_600 * Simulation.Second;

    private readonly Simulation _simulation = client.Simulation;

    public async Task<bool> GreetAsync(TcpConnection connection, bool connecting)
    {
        if (connecting)
        {
            SendCookie(connection);
        }

        Odc2Frame? frame = await _simulation.Within(Odc2Frame.ReadAsync(connection), client.Style.PeerTimeout);
        if (frame is null || frame.Cookie != session.Cookie)
        {
            return false;
        }

        if (!connecting)
        {
            SendCookie(connection);
        }

        return true;
    }

    public async Task<bool> ExchangeAsync(TcpConnection connection)
    {
        bool all = session.Role == SessionRole.Proposer ? await SpeakAsync(connection) : await ListenAsync(connection);
        connection.Close();
        return all;
    }

    private async Task<bool> SpeakAsync(TcpConnection connection)
    {
        foreach (string message in messages)
        {
            if (session.IsOver)
            {
                return false;
            }

            Say(connection, message);
            if (await _simulation.Within(Odc2Frame.ReadAsync(connection), client.Style.PeerTimeout) is not { } answer)
            {
                return false;
            }

            session.Received.Append(answer.Payload);
            await _simulation.Delay(client.DirectImPause);
        }

        connection.Close();
        await _simulation.Within(connection.ReadSomeAsync(1), client.Style.PeerTimeout);
        return !connection.IsBroken;
    }

    private async Task<bool> ListenAsync(TcpConnection connection)
    {
        while (await _simulation.Within(Odc2Frame.ReadAsync(connection), IdleLimit) is { } frame)
        {
            session.Received.Append(frame.Payload);
            if (session.IsOver)
            {
                // Signed off meanwhile: the connection is closed.
                return false;
            }

            Say(connection, $"{client.Name} read {frame.Payload.Length} bytes");
        }

        return !connection.IsBroken;
    }

    private void SendCookie(TcpConnection connection) =>
        connection.Send(new Odc2Frame(session.Cookie, Odc2Frame.CookieFlags, client.Name, []).ToBytes());

    private void Say(TcpConnection connection, string text)
    {
        byte[] payload = Encoding.ASCII.GetBytes($"<HTML><BODY>{text}</BODY></HTML>");
        connection.Send(new Odc2Frame(session.Cookie, 0, client.Name, payload).ToBytes());
        session.Sent.Append(payload);
    }
}
