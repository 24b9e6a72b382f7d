using ReAim.Alg.Wire;
using ReAim.NatLab.Tests.Tcp;

namespace ReAim.NatLab.Tests.Oscar;

/// <summary>A client tries the addresses of a proposal: one after the other, or all at once.</summary>
internal static class ConnectAttempt
{
    /// <param name="client">Who tries.</param>
    /// <param name="tries">At least one.</param>
    /// <param name="port">The proposal's.</param>
    /// <param name="result">Called once: with the first connection, by which address, and whether that was the first tried; or with none.</param>
    public static async Task RunAsync(AimClient client, IReadOnlyList<AddressTry> tries, ushort port, Action<TcpConnection?, ConnectedBy, bool> result)
    {
        bool found = false;
        if (client.Style.InParallel)
        {
            await Task.WhenAll(tries.Select(TryAsync));
        }
        else
        {
            foreach (AddressTry next in tries)
            {
                if (!found)
                {
                    await TryAsync(next);
                }
            }
        }

        if (!found)
        {
            result(null, ConnectedBy.Nothing, false);
        }

        async Task TryAsync(AddressTry next)
        {
            // On a real host the loopback refuses at once.
            TcpConnection? connection = next.Address.IsUnicast
                ? await client.Host.ConnectAsync(new Ipv4Endpoint(next.Address, port), next.Timeout)
                : null;
            if (connection is null)
            {
                return;
            }

            if (found)
            {
                connection.Close();
                return;
            }

            found = true;
            result(connection, next.By, client.Style.InParallel || next == tries[0]);
        }
    }
}
