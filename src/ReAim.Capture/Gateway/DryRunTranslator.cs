using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Says yes to everything and does nothing.</summary>
internal sealed class DryRunTranslator : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    /// <inheritdoc/>
    public void Install(Mapping mapping) => _answers.Enqueue(new MappingAnswer(mapping, IsInstalled: true));

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server) => _servers.Enqueue(server);

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
