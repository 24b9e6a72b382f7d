using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>
/// How many next servers each LAN host is told of: a host that speaks to a server of its own could have it name any number, until
/// there is room for nobody else's.
/// </summary>
internal sealed class ServerBudget
{
    /// <summary>A client meets a handful when it signs on, and again with each new sign-on.</summary>
    public const int PerHost = 32;

    /// <summary>Hosts that are remembered; the others have none until the time is over.</summary>
    public const int Hosts = 1_024;

    private const long Period = 600 * EngineOptions.Second;

    private readonly Dictionary<Ipv4Address, Dictionary<(string Host, ushort Port), long>> _told = [];

    /// <summary>True if one more may be watched. One that was told before counts once.</summary>
    /// <param name="server">The server, and who was told of it.</param>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    public bool TryTake(ExpectedServer server, long now)
    {
        (string Host, ushort Port) key = (server.Host, server.Port);
        if (!_told.TryGetValue(server.LanHost, out Dictionary<(string Host, ushort Port), long>? its))
        {
            if (_told.Count >= Hosts && !Forget(now))
            {
                return false;
            }

            _told[server.LanHost] = its = [];
        }

        if (its.Count >= PerHost && !its.ContainsKey(key))
        {
            Forget(its, now);
            if (its.Count >= PerHost)
            {
                return false;
            }
        }

        its[key] = now + Period;
        return true;
    }

    private bool Forget(long now)
    {
        foreach ((Ipv4Address host, Dictionary<(string Host, ushort Port), long> its) in _told)
        {
            Forget(its, now);
            if (its.Count == 0)
            {
                _told.Remove(host);
            }
        }

        return _told.Count < Hosts;
    }

    private static void Forget(Dictionary<(string Host, ushort Port), long> its, long now)
    {
        foreach (((string Host, ushort Port) key, long until) in its)
        {
            if (until <= now)
            {
                its.Remove(key);
            }
        }
    }
}
