using ReAim.Alg.Wire;

namespace ReAim.Capture.Linux.Conntrack;

/// <summary>Servers to which the gateway leads connections to other ends, and the ends that LAN hosts know them by.</summary>
internal sealed class TranslatedServers
{
    /// <summary>As many are remembered; then the oldest goes.</summary>
    public const int Capacity = 16;

    private readonly List<(Ipv4Endpoint Server, Ipv4Endpoint Known)> _ends = new(Capacity);

    /// <summary>The ends that a server is known by.</summary>
    /// <param name="server">Its own end.</param>
    public IEnumerable<Ipv4Endpoint> KnownEnds(Ipv4Endpoint server) =>
        _ends.Where(end => end.Server == server).Select(end => end.Known);

    /// <summary>Takes one up.</summary>
    /// <param name="server">Its own end.</param>
    /// <param name="known">The end that LAN hosts know it by.</param>
    public void Learn(Ipv4Endpoint server, Ipv4Endpoint known)
    {
        if (_ends.Contains((server, known)))
        {
            return;
        }

        if (_ends.Count == Capacity)
        {
            _ends.RemoveAt(0);
        }

        _ends.Add((server, known));
    }
}
