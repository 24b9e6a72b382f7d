using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.WinDivert;

/// <summary>
/// The translator where the engine's own mappings are all there is: one is installed once what peers send to it is diverted.
/// </summary>
internal sealed class UserspaceMappings : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    /// <summary>Has the ends of all mappings diverted; false if they cannot be.</summary>
    public Func<bool> TryCover { get; set; } = () => false;

    /// <summary>Has the connections to a server diverted; false if they cannot be.</summary>
    public Func<Ipv4Endpoint, bool> TryWatch { get; set; } = _ => false;

    /// <inheritdoc/>
    public PeerPath PeerPath => PeerPath.Translation;

    /// <inheritdoc/>
    public void Install(Mapping mapping)
    {
        bool isCovered = TryCover();
        _answers.Enqueue(new MappingAnswer(mapping, isCovered, isCovered ? "" : "WinDivert cannot divert what peers send to so many ports"));
    }

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
    }

    /// <summary>The engine's own translator asks the mapping itself.</summary>
    public void KeepNeighboursOut(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void LetNeighboursIn(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server)
    {
        // Whether it can be watched or not, what named it goes on.
        TryWatch(server);
        _servers.Enqueue(server);
    }

    /// <inheritdoc/>
    public bool TryTakeServer(out Ipv4Endpoint server) => _servers.TryDequeue(out server);

    /// <inheritdoc/>
    public void Reinstall()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
