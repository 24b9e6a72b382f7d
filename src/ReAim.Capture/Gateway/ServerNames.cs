using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Resolves the names of servers that login replies and redirects mention, beside the loop that must not wait.
/// </summary>
/// <param name="wake">Is called, on any thread, when an answer has come.</param>
internal sealed class ServerNames(Action wake)
{
    private const int MaxUnderWay = 4;
    private const int LongestName = 253;
    private const int MaxAddresses = 16;

    private readonly ConcurrentQueue<ResolvedServer> _resolved = new();
    private int _underWay;

    /// <summary>Begins to resolve a name.</summary>
    /// <param name="server">The server; its name is from the network.</param>
    /// <returns>False if it is not even asked for: it is no host's name, or too many are under way.</returns>
    public bool TryResolve(ExpectedServer server)
    {
        string host = server.Host;
        if (host.Length > LongestName || Uri.CheckHostName(host) != UriHostNameType.Dns || Volatile.Read(ref _underWay) >= MaxUnderWay)
        {
            return false;
        }

        Interlocked.Increment(ref _underWay);
        Task.Run(async () =>
        {
            Ipv4Address[] found = [];
            try
            {
                IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork).ConfigureAwait(false);
                found = [.. addresses.Take(MaxAddresses).Select(address => Ipv4Address.Read(address.GetAddressBytes()))];
            }
            catch (SocketException)
            {
                // Then the client cannot resolve it either.
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }

            _resolved.Enqueue(new ResolvedServer(server, found));
            wake();
        });
        return true;
    }

    /// <summary>Takes an answer that has come.</summary>
    public bool TryTake(out ResolvedServer server) => _resolved.TryDequeue(out server);
}
