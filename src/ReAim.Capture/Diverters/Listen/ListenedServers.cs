using ReAim.Alg.Wire;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>The servers that clients were told of, whose connections are listened to on whatever port they are.</summary>
internal sealed class ListenedServers
{
    /// <summary>More would make a filter that the kernel refuses; the one that was named longest ago goes first.</summary>
    public const int Places = 64;

    private readonly List<Ipv4Endpoint> _ends = [];

    /// <summary>The servers, the newest last.</summary>
    public IReadOnlyList<Ipv4Endpoint> All => _ends;

    /// <summary>Grows when <see cref="All"/> has changed.</summary>
    public int Changes { get; private set; }

    /// <summary>Adds one, or makes it the newest.</summary>
    public void Add(Ipv4Endpoint server)
    {
        bool isNew = !_ends.Remove(server);
        if (_ends.Count >= Places)
        {
            _ends.RemoveAt(0);
        }

        _ends.Add(server);
        Changes += isNew ? 1 : 0;
    }

    /// <summary>True if it is one of them.</summary>
    public bool Contains(Ipv4Endpoint server) => _ends.Contains(server);
}
