using System.Diagnostics.CodeAnalysis;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;

namespace ReAim.Capture.Gateway;

/// <summary>
/// Who applies the engine's mappings on this gateway. Changes happen in the order in which they are asked for; nothing here
/// waits for long. What is installed is renewed, and ends by itself soon after its worker does.
/// </summary>
internal interface ITranslator : IDisposable
{
    /// <summary>
    /// Begins to let connects to a mapping's public end reach its LAN end. An answer comes for each call, at once or later.
    /// </summary>
    /// <param name="mapping">The mapping, with the address by which its packets reach this gateway.</param>
    void Install(Mapping mapping);

    /// <summary>Takes an answer that has come: if it says yes, connects are led on from now on.</summary>
    bool TryTakeAnswer(out MappingAnswer answer);

    /// <summary>Takes a mapping out. Connections that came by it go on.</summary>
    void Remove(Mapping mapping);

    /// <summary>
    /// From now on a LAN host that connects to a mapping's public end is not led to its LAN end. May be called before the mapping is
    /// installed, and ends when it is removed.
    /// </summary>
    void KeepNeighboursOut(Mapping mapping);

    /// <summary>LAN hosts are led on as everybody is.</summary>
    void LetNeighboursIn(Mapping mapping);

    /// <summary>Begins to have the LAN's connections to a server diverted. An answer comes for each call, at once or later.</summary>
    void Expect(Ipv4Endpoint server);

    /// <summary>Takes a server that is watched now, or cannot be.</summary>
    bool TryTakeServer(out Ipv4Endpoint server);

    /// <summary>Installs everything anew: the rules were gone for a while.</summary>
    void Reinstall();

    /// <summary>How peers' connects get to the LAN host.</summary>
    PeerPath PeerPath => PeerPath.ForwardRules;

    /// <summary>The TCP ports it listens on itself.</summary>
    IReadOnlyCollection<ushort> OwnPorts => [];

    /// <summary>What it counted, by word.</summary>
    IReadOnlyList<KeyValuePair<string, long>> Counters => [];

    /// <summary>Takes what has become of a peer's connect, if it is a relay.</summary>
    bool TryTakePeer([NotNullWhen(true)] out PeerReport? report)
    {
        report = null;
        return false;
    }
}
