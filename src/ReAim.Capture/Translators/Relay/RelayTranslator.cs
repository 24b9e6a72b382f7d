using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;

namespace ReAim.Capture.Translators.Relay;

/// <summary>
/// Mappings without any help of the system's own NAT: a listener on each public end, and for each peer that the engine lets in
/// a second connection to the LAN end, between which bytes are carried. Such connections end with their worker.
/// </summary>
internal sealed class RelayTranslator : ITranslator
{
    private static readonly TimeSpan s_idleLook = TimeSpan.FromMinutes(1);

    private readonly RelayOptions _options;
    private readonly ITranslator _servers;
    private readonly Action _wake;
    private readonly RelayCounters _counters = new();
    private readonly Dictionary<Mapping, RelayListener> _listeners = [];
    private readonly HashSet<Mapping> _withoutNeighbours = [];
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly ConcurrentQueue<PeerReport> _reports = new();

    // Those that run, on any thread; the lock is its own.
    private readonly HashSet<RelayConnection> _connections = [];
    private readonly Timer _idleTimer;
    private bool _isOver;

    /// <summary>Makes one that listens nowhere yet.</summary>
    /// <param name="servers">Has servers watched, which a relay knows nothing of; from now on the relay's own.</param>
    /// <param name="wake">Is called, on any thread, when a peer's connect waits for a decision.</param>
    /// <param name="options">The limits; the usual ones if none are given.</param>
    public RelayTranslator(ITranslator servers, Action wake, RelayOptions? options = null)
    {
        (_servers, _wake, _options) = (servers, wake, options ?? new RelayOptions());
        _idleTimer = new Timer(_ => EndIdle(Environment.TickCount64), null, s_idleLook, s_idleLook);
    }

    /// <inheritdoc/>
    public PeerPath PeerPath => PeerPath.Relay;

    /// <inheritdoc/>
    public IReadOnlyCollection<ushort> OwnPorts => [.. _listeners.Keys.Select(mapping => mapping.Public.Port)];

    /// <inheritdoc/>
    public IReadOnlyList<KeyValuePair<string, long>> Counters => _counters.ToList();

    /// <inheritdoc/>
    public void Install(Mapping mapping)
    {
        string refusal = "";
        if (!_listeners.ContainsKey(mapping)
            && RelayListener.TryOpen(mapping, KeptOut(mapping), _options.Backlog, _counters, Take, out refusal) is { } listener)
        {
            _listeners.Add(mapping, listener);
        }

        bool isInstalled = _listeners.ContainsKey(mapping);
        if (!isInstalled)
        {
            _withoutNeighbours.Remove(mapping);
        }

        _answers.Enqueue(new MappingAnswer(mapping, isInstalled, refusal));
    }

    /// <inheritdoc/>
    public void KeepNeighboursOut(Mapping mapping)
    {
        _withoutNeighbours.Add(mapping);
        Apply(mapping);
    }

    /// <inheritdoc/>
    public void LetNeighboursIn(Mapping mapping)
    {
        _withoutNeighbours.Remove(mapping);
        Apply(mapping);
    }

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
        _withoutNeighbours.Remove(mapping);
        if (_listeners.Remove(mapping, out RelayListener? listener))
        {
            listener.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server) => _servers.Expect(server);

    /// <inheritdoc/>
    public bool TryTakeServer(out Ipv4Endpoint server) => _servers.TryTakeServer(out server);

    /// <summary>Listeners are no rules: nobody takes them.</summary>
    public void Reinstall() => _servers.Reinstall();

    /// <inheritdoc/>
    public bool TryTakePeer([NotNullWhen(true)] out PeerReport? report) => _reports.TryDequeue(out report);

    /// <summary>Resets the connections that were silent for too long.</summary>
    /// <param name="now">Milliseconds, as <see cref="Environment.TickCount64"/> has them.</param>
    internal void EndIdle(long now)
    {
        foreach (RelayConnection connection in Running())
        {
            connection.EndIfIdle(now);
        }
    }

    /// <summary>Closes all listeners and resets all connections: nobody is left to carry their bytes.</summary>
    public void Dispose()
    {
        _idleTimer.Dispose();
        foreach (RelayListener listener in _listeners.Values)
        {
            listener.Dispose();
        }

        lock (_connections)
        {
            _isOver = true;
        }

        foreach (RelayConnection connection in Running())
        {
            connection.Dispose();
        }

        while (_reports.TryDequeue(out PeerReport? report))
        {
            report.Answer(isAdmitted: false);
        }

        _servers.Dispose();
    }

    private IReadOnlyList<string> KeptOut(Mapping mapping) => _withoutNeighbours.Contains(mapping) ? _options.Lan : [];

    private void Apply(Mapping mapping)
    {
        if (_listeners.TryGetValue(mapping, out RelayListener? listener))
        {
            listener.KeepOut(KeptOut(mapping));
        }
    }

    private RelayConnection[] Running()
    {
        lock (_connections)
        {
            return [.. _connections];
        }
    }

    /// <summary>Takes a peer's connection that a listener accepted.</summary>
    private void Take(Mapping mapping, Socket peer)
    {
        _counters.Count(RelayEvent.Accepted);
        var connection = new RelayConnection(peer, mapping, _options, _counters, Ask);
        if (TryAdd(connection))
        {
            _ = RunAsync(connection);
        }
        else
        {
            connection.Dispose();
        }
    }

    private async Task RunAsync(RelayConnection connection)
    {
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            lock (_connections)
            {
                _connections.Remove(connection);
            }
        }
    }

    private bool TryAdd(RelayConnection connection)
    {
        lock (_connections)
        {
            if (_isOver)
            {
                return false;
            }

            RelayConnection[] ofPeer = [.. _connections.Where(other => other.Peer == connection.Peer)];
            RelayEvent? full = ofPeer.Length >= _options.MaxConnectionsPerPeer ? RelayEvent.PeerFull
                : ofPeer.Count(other => other.Mapping == connection.Mapping) >= _options.MaxConnectionsPerPeerAndMapping ? RelayEvent.PeerFull
                : _connections.Count(other => other.Mapping == connection.Mapping) >= _options.MaxConnectionsPerMapping ? RelayEvent.MappingFull
                : _connections.Count >= _options.MaxConnections ? RelayEvent.Full
                : null;
            if (full is { } reason)
            {
                _counters.Count(reason);
                return false;
            }

            return _connections.Add(connection);
        }
    }

    private Task<bool> Ask(PeerReport report)
    {
        _reports.Enqueue(report);
        _wake();
        return report.IsAdmitted;
    }
}
