using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>Who applies the engine's mappings on this gateway.</summary>
internal interface ITranslator : IDisposable
{
    /// <summary>
    /// Lets connects to a mapping's public end reach its LAN end. When it returns true the kernel has it. What is installed
    /// ends by itself soon after its worker does.
    /// </summary>
    /// <param name="mapping">The mapping, with the address by which its packets reach this gateway.</param>
    /// <param name="refusal">Why it could not be installed, as the second half of a sentence.</param>
    bool TryInstall(Mapping mapping, out string refusal);

    /// <summary>Takes a mapping out. Connections that came by it go on.</summary>
    void Remove(Mapping mapping);

    /// <summary>Has the LAN's connections to a server diverted.</summary>
    void Expect(Ipv4Endpoint server);

    /// <summary>Renews what would end by itself, if it is time.</summary>
    /// <param name="now">Nanoseconds of the engine's clock.</param>
    void Renew(long now);

    /// <summary>Installs everything anew: the rules were gone for a while.</summary>
    void Reinstall();
}
