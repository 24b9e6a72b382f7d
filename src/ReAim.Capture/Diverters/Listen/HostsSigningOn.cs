using ReAim.Alg;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>
/// LAN hosts with a connection that was recognised a moment ago. The next thing such a client hears may be where to connect to now,
/// and it does so at once: sooner than a filter for that could be set.
/// </summary>
internal sealed class HostsSigningOn
{
    /// <summary>How long all of a host's connections are listened to.</summary>
    public const long Time = 10 * EngineOptions.Second;

    private const int Places = 16;

    private readonly Dictionary<Ipv4Address, long> _until = [];

    /// <summary>The hosts.</summary>
    public IReadOnlyCollection<Ipv4Address> All => _until.Keys;

    /// <summary>Grows when <see cref="All"/> has changed.</summary>
    public int Changes { get; private set; }

    /// <summary>A connection of this host was recognised. Where too many sign on at once, some are found a little later.</summary>
    public void Add(Ipv4Address host, long now)
    {
        if (_until.ContainsKey(host) || _until.Count < Places)
        {
            Changes += _until.ContainsKey(host) ? 0 : 1;
            _until[host] = now + Time;
        }
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void Expire(long now)
    {
        foreach ((Ipv4Address host, long until) in _until)
        {
            if (now >= until)
            {
                _until.Remove(host);
                Changes++;
            }
        }
    }
}
