using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// Applies mappings as static mappings of Windows' NAT. Each is written down before it is added, because they do not end by
/// themselves, and stays written down until Windows has confirmed that it is gone.
/// </summary>
/// <param name="shell">Runs the commands, one after the other.</param>
/// <param name="nat">The NAT's name.</param>
/// <param name="record">Where mappings are written down.</param>
/// <param name="log">Where sentences go.</param>
/// <param name="clock">Milliseconds of a clock that runs evenly.</param>
internal sealed class WinNatTranslator(ICommandShell shell, string nat, MappingRecord record, EventLog log, Func<long> clock) : ITranslator
{
    /// <summary>When what could not be removed is tried again.</summary>
    private const long RetryPause = 10_000;

    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();

    // By Windows' numbers for them; null before it has answered.
    private readonly Dictionary<Mapping, int?> _mappings = [];

    // Those whose removal Windows has not confirmed, and of these those to be tried again.
    private readonly HashSet<Mapping> _leaving = [];
    private readonly HashSet<Mapping> _again = [];
    private long _nextRetry = long.MaxValue;

    /// <summary>Has the connections to a server diverted; false if they cannot be.</summary>
    public Func<Ipv4Endpoint, bool> TryWatch { get; set; } = _ => false;

    /// <summary>Has the ends of all mappings watched; false if they cannot be.</summary>
    public Func<bool> TryCover { get; set; } = () => false;

    /// <inheritdoc/>
    public PeerPath PeerPath => PeerPath.Translation;

    /// <summary>Removes what an earlier run has left, and what its last commands may still add, once more a little later.</summary>
    public void RemoveLeftovers()
    {
        IReadOnlyList<Mapping> left = record.Read();
        if (left.Count > 0)
        {
            _leaving.UnionWith(left);
            RemoveByEnds(left);
            _again.UnionWith(left);
            _nextRetry = clock() + RetryPause;
        }
    }

    /// <inheritdoc/>
    public void Install(Mapping mapping)
    {
        if (!TryCover())
        {
            // Nobody would see to it that only one peer gets in.
            _answers.Enqueue(new MappingAnswer(mapping, false, "WinDivert cannot watch what peers send to so many ports"));
            return;
        }

        _mappings[mapping] = null;
        _again.Remove(mapping);
        if (!TryWrite(out string failure))
        {
            _mappings.Remove(mapping);
            _answers.Enqueue(new MappingAnswer(mapping, false, $"what is opened cannot be written down: {failure}"));
            return;
        }

        shell.Ask(WinNatCommands.Add(nat, mapping), (answer, refusal) => TakeAdded(mapping, answer, refusal));
    }

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer)
    {
        shell.Deliver();
        if (_again.Count > 0 && clock() >= _nextRetry)
        {
            RemoveByEnds([.. _again]);
            _again.Clear();
        }

        return _answers.TryDequeue(out answer);
    }

    /// <summary>Windows' NAT has no way to tell a neighbour from others.</summary>
    public void KeepNeighboursOut(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void LetNeighboursIn(Mapping mapping)
    {
    }

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
        if (!_mappings.Remove(mapping, out int? number))
        {
            return;
        }

        _leaving.Add(mapping);
        if (number is { } id)
        {
            shell.Ask(WinNatCommands.Remove(id), (answer, failure) => TakeRemoved([mapping], answer, failure));
        }
        else
        {
            // Commands are run in their order: by then it has been added.
            RemoveByEnds([mapping]);
        }
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

    /// <summary>Removes all mappings, by one command; what Windows does not confirm in time is left to the next start.</summary>
    public void Dispose()
    {
        List<Mapping> all = [.. _mappings.Keys.Union(_leaving)];
        _mappings.Clear();
        _leaving.UnionWith(all);
        if (all.Count > 0)
        {
            RemoveByEnds(all);
        }

        shell.Dispose();
        shell.Deliver();
    }

    private void TakeAdded(Mapping mapping, string? answer, string refusal)
    {
        if (answer is null || !WinNatCommands.TryReadId(answer, out int id))
        {
            // Whatever it has come to, nothing of it may stay.
            Remove(mapping);
            _answers.Enqueue(new MappingAnswer(mapping, false, answer is null ? refusal : $"Windows answered '{answer}'"));
            return;
        }

        bool isWanted = _mappings.ContainsKey(mapping);
        if (isWanted)
        {
            _mappings[mapping] = id;
        }

        _answers.Enqueue(new MappingAnswer(mapping, isWanted, "it was closed meanwhile"));
    }

    private void RemoveByEnds(IReadOnlyList<Mapping> mappings) =>
        shell.Ask(WinNatCommands.RemoveByEnds(mappings), (answer, failure) => TakeRemoved(mappings, answer, failure));

    private void TakeRemoved(IReadOnlyList<Mapping> mappings, string? answer, string failure)
    {
        if (answer is null)
        {
            log.Say($"{string.Join(", ", mappings)} could not be removed from Windows' NAT and will be tried again: {failure}.");
            _again.UnionWith(mappings.Where(mapping => !_mappings.ContainsKey(mapping)));
            _nextRetry = clock() + RetryPause;
            return;
        }

        _leaving.ExceptWith(mappings.Where(mapping => !_again.Contains(mapping)));
        TryWrite(out _);
    }

    private bool TryWrite(out string failure)
    {
        try
        {
            record.Write(_mappings.Keys.Union(_leaving));
            failure = "";
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            failure = refused.Message.TrimEnd('.');
            return false;
        }
    }
}
