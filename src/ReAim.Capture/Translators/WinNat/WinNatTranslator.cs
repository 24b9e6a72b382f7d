using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Translators.WinNat;

/// <summary>
/// Applies mappings as static mappings of Windows' NAT. Each is written down before it is added, because they do not end by
/// themselves.
/// </summary>
/// <param name="shell">Runs the commands, one after the other.</param>
/// <param name="nat">The NAT's name.</param>
/// <param name="record">Where mappings are written down.</param>
/// <param name="log">Where sentences go.</param>
internal sealed class WinNatTranslator(ICommandShell shell, string nat, MappingRecord record, EventLog log) : ITranslator
{
    private readonly Queue<MappingAnswer> _answers = new();
    private readonly Queue<Ipv4Endpoint> _servers = new();
    private readonly Dictionary<Mapping, Added> _mappings = [];

    // Those whose removal Windows has not confirmed.
    private readonly HashSet<Mapping> _leaving = [];

    /// <summary>Has the connections to a server diverted; false if they cannot be.</summary>
    public Func<Ipv4Endpoint, bool> TryWatch { get; set; } = _ => false;

    /// <summary>Removes what an earlier run has left.</summary>
    public void RemoveLeftovers()
    {
        foreach (Mapping mapping in record.Read())
        {
            Remove(mapping, WinNatCommands.RemoveByEnds(mapping));
        }
    }

    /// <inheritdoc/>
    public void Install(Mapping mapping)
    {
        var added = new Added();
        _mappings[mapping] = added;
        try
        {
            record.Write(_mappings.Keys.Union(_leaving));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            _mappings.Remove(mapping);
            _answers.Enqueue(new MappingAnswer(mapping, false, $"what is opened cannot be written down: {failure.Message.TrimEnd('.')}"));
            return;
        }

        shell.Ask(WinNatCommands.Add(nat, mapping), (answer, failure) => TakeAdded(mapping, added, answer, failure));
    }

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer)
    {
        shell.Deliver();
        return _answers.TryDequeue(out answer);
    }

    /// <inheritdoc/>
    public void Remove(Mapping mapping)
    {
        if (!_mappings.Remove(mapping, out Added? added))
        {
            return;
        }

        added.IsUnwanted = true;
        if (added.Id is { } id)
        {
            Remove(mapping, WinNatCommands.Remove(id));
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

    /// <summary>Removes all mappings; the commands are on their way when it returns.</summary>
    public void Dispose()
    {
        foreach (Mapping mapping in _mappings.Keys.ToList())
        {
            Remove(mapping);
        }

        shell.Dispose();
    }

    private void TakeAdded(Mapping mapping, Added added, string? answer, string failure)
    {
        if (answer is null || !WinNatCommands.TryReadId(answer, out int id))
        {
            if (!added.IsUnwanted)
            {
                _mappings.Remove(mapping);
            }

            _answers.Enqueue(new MappingAnswer(mapping, false, answer is null ? failure : $"Windows answered '{answer}'"));
            return;
        }

        added.Id = id;
        if (added.IsUnwanted)
        {
            Remove(mapping, WinNatCommands.Remove(id));
        }

        _answers.Enqueue(new MappingAnswer(mapping, !added.IsUnwanted, "it was closed meanwhile"));
    }

    private void Remove(Mapping mapping, string command)
    {
        _leaving.Add(mapping);
        shell.Ask(command, (answer, failure) =>
        {
            if (answer is null)
            {
                log.Say($"{mapping} could not be removed from Windows' NAT: {failure}.");
            }
            else
            {
                _leaving.Remove(mapping);
            }
        });
    }

    /// <summary>A mapping that was asked for.</summary>
    private sealed class Added
    {
        /// <summary>Windows' number for it; null before it has answered.</summary>
        public int? Id { get; set; }

        /// <summary>True if it was to be removed before Windows had answered.</summary>
        public bool IsUnwanted { get; set; }
    }
}
