using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Says yes to every mapping and opens none.</summary>
/// <param name="servers">Has servers watched; from now on this one's own. Null if nobody is to.</param>
internal sealed class DryRunTranslator(ITranslator? servers = null) : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    /// <inheritdoc/>
    public PeerPath PeerPath { get; init; }

    /// <inheritdoc/>
    public void Install(Mapping mapping) => _answers.Enqueue(new MappingAnswer(mapping, IsInstalled: true));

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
    }

    /// <inheritdoc/>
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
        if (servers is null)
        {
            _servers.Enqueue(server);
        }
        else
        {
            servers.Expect(server);
        }
    }

    /// <inheritdoc/>
    public bool TryTakeServer(out Ipv4Endpoint server) => servers is null ? _servers.TryDequeue(out server) : servers.TryTakeServer(out server);

    /// <inheritdoc/>
    public void Reinstall() => servers?.Reinstall();

    /// <inheritdoc/>
    public void Dispose() => servers?.Dispose();
}
