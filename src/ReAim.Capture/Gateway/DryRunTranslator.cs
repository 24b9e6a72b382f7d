using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Says yes to everything and does nothing.</summary>
internal sealed class DryRunTranslator : ITranslator
{
    /// <inheritdoc/>
    public bool TryInstall(Mapping mapping, out string refusal)
    {
        refusal = "";
        return true;
    }

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server)
    {
    }

    /// <inheritdoc/>
    public void Renew(long now)
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
