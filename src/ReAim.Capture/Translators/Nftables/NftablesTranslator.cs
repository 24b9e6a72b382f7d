using System.Collections.Concurrent;
using ReAim.Alg.Translation;
using ReAim.Alg.Wire;
using ReAim.Capture.Gateway;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Translators.Nftables;

/// <summary>
/// Mappings in our nftables table. A thread of its own changes the table: while somebody else's transaction runs, such as the
/// reload of a long list, the kernel makes everybody wait who wants to change anything, and packets must not.
/// </summary>
internal sealed class NftablesTranslator : ITranslator
{
    /// <summary>More than the mappings that an engine opens at most; what is taken away never counts.</summary>
    private const int MaxWaiting = 2_048;

    /// <summary>What is still open after that ends with its lease, or with the table.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromMilliseconds(300);

    private readonly NftablesLeases _leases;
    private readonly EventLog _log;
    private readonly Action _wake;
    private readonly Queue<TableChange> _changes = new();
    private readonly ConcurrentQueue<MappingAnswer> _answers = new();
    private readonly ConcurrentQueue<Ipv4Endpoint> _servers = new();
    private readonly Thread _thread;
    private bool _ends;

    /// <summary>Begins to change the table.</summary>
    /// <param name="leases">The table's elements; from now on the translator's own.</param>
    /// <param name="wake">Is called, on any thread, when an answer has come.</param>
    /// <param name="log">Is told of what finds no place.</param>
    public NftablesTranslator(NftablesLeases leases, Action wake, EventLog log)
    {
        (_leases, _wake, _log) = (leases, wake, log);
        _thread = new Thread(Change) { IsBackground = true, Name = "nftables" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Install(Mapping mapping)
    {
        if (!TryAsk(new TableChange(TableChangeKind.Install, mapping)))
        {
            _answers.Enqueue(new MappingAnswer(mapping, IsInstalled: false, "too many changes of nftables wait"));
        }
    }

    /// <inheritdoc/>
    public bool TryTakeAnswer(out MappingAnswer answer) => _answers.TryDequeue(out answer);

    /// <inheritdoc/>
    public void Remove(Mapping mapping) => TryAsk(new TableChange(TableChangeKind.Remove, mapping));

    /// <inheritdoc/>
    public void KeepNeighboursOut(Mapping mapping) => TryAsk(new TableChange(TableChangeKind.KeepNeighboursOut, mapping));

    /// <inheritdoc/>
    public void LetNeighboursIn(Mapping mapping) => TryAsk(new TableChange(TableChangeKind.LetNeighboursIn, mapping));

    /// <inheritdoc/>
    public void Expect(Ipv4Endpoint server)
    {
        if (!TryAsk(new TableChange(TableChangeKind.Expect, Server: server)))
        {
            _log.Say($"the server {server} is not watched: too many changes of nftables wait.");
            _servers.Enqueue(server);
        }
    }

    /// <inheritdoc/>
    public bool TryTakeServer(out Ipv4Endpoint server) => _servers.TryDequeue(out server);

    /// <inheritdoc/>
    public void Reinstall() => TryAsk(new TableChange(TableChangeKind.Reinstall));

    /// <summary>Closes all mappings: the worker ends in order.</summary>
    public void Dispose()
    {
        lock (_changes)
        {
            _ends = true;
            Monitor.PulseAll(_changes);
        }

        _thread.Join(EndPatience);
    }

    private bool TryAsk(in TableChange change)
    {
        lock (_changes)
        {
            if (_changes.Count >= MaxWaiting && change.Kind is TableChangeKind.Install or TableChangeKind.Expect)
            {
                return false;
            }

            _changes.Enqueue(change);
            Monitor.PulseAll(_changes);
            return true;
        }
    }

    /// <summary>The thread.</summary>
    private void Change()
    {
        while (TryTake(out TableChange? next))
        {
            if (next is { } change)
            {
                Apply(change);
            }

            _leases.Renew(GatewayClock.Now);
        }

        _leases.Dispose();
    }

    /// <summary>Waits for a change, or until leases are to be renewed.</summary>
    /// <returns>False if it is to end, and nothing is left to do.</returns>
    private bool TryTake(out TableChange? next)
    {
        next = null;
        lock (_changes)
        {
            if (_changes.Count == 0 && !_ends)
            {
                long time = _leases.NextRenewal - GatewayClock.Now;
                Monitor.Wait(_changes, TimeSpan.FromMilliseconds(Math.Max(0, time / 1_000_000)));
            }

            if (_changes.TryDequeue(out TableChange change))
            {
                next = change;
                return true;
            }

            return !_ends;
        }
    }

    private void Apply(in TableChange change)
    {
        switch (change.Kind)
        {
            case TableChangeKind.Install:
                bool installed = _leases.TryInstall(change.Mapping, out string refusal);
                _answers.Enqueue(new MappingAnswer(change.Mapping, installed, refusal));
                _wake();
                break;
            case TableChangeKind.Remove:
                _leases.Remove(change.Mapping);
                break;
            case TableChangeKind.KeepNeighboursOut:
                _leases.KeepNeighboursOut(change.Mapping);
                break;
            case TableChangeKind.LetNeighboursIn:
                _leases.LetNeighboursIn(change.Mapping);
                break;
            case TableChangeKind.Expect:
                _leases.Expect(change.Server);
                _servers.Enqueue(change.Server);
                _wake();
                break;
            default:
                _leases.Reinstall();
                break;
        }
    }
}
