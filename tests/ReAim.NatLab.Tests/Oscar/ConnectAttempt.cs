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
        var ready = new List<(AddressTry Try, TcpConnection Connection)>();
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
                // It was given up before it was there: its answer met nobody.
                connection.Abort();
                return;
            }

            ready.Add((next, connection));
            if (ready.Count == 1)
            {
                await LookAsync();
            }
        }

        async Task LookAsync()
        {
            if (client.Style.MainLoopTurn > 0)
            {
                await client.Simulation.Delay(client.Style.MainLoopTurn);
            }

            found = true;
            (AddressTry taken, TcpConnection connection) = tries.SelectMany(next => ready.Where(one => one.Try == next)).First();
            foreach ((_, TcpConnection other) in ready.Where(one => one.Connection != connection))
            {
                other.Close();
            }

            result(connection, taken.By, client.Style.InParallel || taken == tries[0]);
        }
    }
}
