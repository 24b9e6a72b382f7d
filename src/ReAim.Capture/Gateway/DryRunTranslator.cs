using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Says yes to everything and does nothing.</summary>
internal sealed class DryRunTranslator : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();

    /// <inheritdoc/>
    public void Install(Mapping mapping) => _answers.Enqueue(new MappingAnswer(mapping, IsInstalled: true));

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server)
    {
    }

    /// <inheritdoc/>
    public void Reinstall()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
