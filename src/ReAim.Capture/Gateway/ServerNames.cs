using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Resolves the names of servers that login replies and redirects mention, beside the loop that must not wait. The client
/// resolves the name too, so the answer is mostly there before its connection.
/// </summary>
/// <param name="wake">Is called, on any thread, when an address was found.</param>
internal sealed class ServerNames(Action wake)
{
    private const int MaxUnderWay = 4;
    private const int LongestName = 253;
    private const int MaxAddresses = 16;

    private readonly ConcurrentQueue<Ipv4Endpoint> _resolved = new();
    private int _underWay;

    /// <summary>Begins to resolve a name.</summary>
    /// <param name="host">The name, from the network.</param>
    /// <param name="port">The port that goes with it.</param>
    /// <returns>False if it is not even asked for: it is no host's name, or too many are under way.</returns>
    public bool TryResolve(string host, ushort port)
    {
        if (host.Length > LongestName || Uri.CheckHostName(host) != UriHostNameType.Dns || Volatile.Read(ref _underWay) >= MaxUnderWay)
        {
            return false;
        }

        Interlocked.Increment(ref _underWay);
        Task.Run(async () =>
        {
            try
            {
                IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, AddressFamily.InterNetwork).ConfigureAwait(false);
                foreach (IPAddress address in addresses.Take(MaxAddresses))
                {
                    _resolved.Enqueue(new Ipv4Endpoint(Ipv4Address.Read(address.GetAddressBytes()), port));
                }

                wake();
            }
            catch (SocketException)
            {
                // Then the client cannot resolve it either.
            }
            finally
            {
                Interlocked.Decrement(ref _underWay);
            }
        });
        return true;
    }

    /// <summary>Takes an address that was found.</summary>
    public bool TryTake(out Ipv4Endpoint server) => _resolved.TryDequeue(out server);
}
