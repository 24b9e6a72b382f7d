using System.Diagnostics.CodeAnalysis;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Diverters.Listen;

/// <summary>For who only listens: mappings are another's, as usual, and a server that is expected is one more to listen to.</summary>
/// <param name="mappings">Applies mappings; from now on this one's own.</param>
/// <param name="servers">Whom the diverter listens to.</param>
internal sealed class ListeningTranslator(ITranslator mappings, ListenedServers servers) : ITranslator
{
    private readonly Queue<Ipv4Endpoint> _watched = new();

    /// <inheritdoc/>
    public PeerPath PeerPath => mappings.PeerPath;

    /// <inheritdoc/>
    public IReadOnlyCollection<ushort> OwnPorts => mappings.OwnPorts;

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => mappings.Counters;

    /// <inheritdoc/>
    public void Install(Mapping mapping) => mappings.Install(mapping);

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => mappings.TryTakeAnswer(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping) => mappings.Remove(mapping);

    /// <inheritdoc/>
    public void KeepNeighboursOut(Mapping mapping) => mappings.KeepNeighboursOut(mapping);

    /// <inheritdoc/>
    public void LetNeighboursIn(Mapping mapping) => mappings.LetNeighboursIn(mapping);

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server)
    {
        servers.Add(server);
        _watched.Enqueue(server);
    }

    /// <inheritdoc/>
    public bool TryTakeServer(out Ipv4Endpoint server) => _watched.TryDequeue(out server);

    /// <inheritdoc/>
    public void Reinstall() => mappings.Reinstall();

    /// <inheritdoc/>
    public bool TryTakePeer([NotNullWhen(true)] out PeerReport? report) => mappings.TryTakePeer(out report);

    /// <inheritdoc/>
    public void Dispose() => mappings.Dispose();
}
