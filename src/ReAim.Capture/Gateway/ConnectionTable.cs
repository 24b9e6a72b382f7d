using ReAim.Alg;
using ReAim.Alg.Streams;
using ReAim.Alg.Wire;
using ReAim.Capture.Linux.Conntrack;
using ReAim.Capture.Linux.Interop;
using ReAim.Capture.Monitoring;

namespace ReAim.Capture.Gateway;

/// <summary>The kernel's connection tracking, which knows what it made of a flow's source.</summary>
internal sealed class ConnectionTable : IConnectionTable, IDisposable
{
    private readonly ConntrackTable _table;
    private readonly EventLog _log;

    private readonly bool _listens;

    private ConnectionTable(ConntrackTable table, EventLog log, bool listens) => (_table, _log, _listens) = (table, log, listens);

    /// <summary>Opens the way to it.</summary>
    /// <param name="log">Is told when connections go past the queue.</param>
    /// <param name="listens">True if there is no queue: who listens hears them all the same.</param>
    /// <exception cref="BadInputException">There is none.</exception>
    public static ConnectionTable Open(EventLog log, bool listens = false)
    {
        Errno error = ConntrackTable.TryOpen(out ConntrackTable? table);
        return table is null
            ? throw new BadInputException($"this kernel's connection tracking cannot be asked ({error}): load or build nf_conntrack_netlink.")
            : new ConnectionTable(table, log, listens);
    }

    /// <summary>Opens the way to it; null if there is none.</summary>
    /// <param name="log">Is told when connections go past the queue.</param>
    /// <param name="listens">True if there is no queue.</param>
    public static ConnectionTable? TryOpen(EventLog log, bool listens = false)
    {
        ConntrackTable.TryOpen(out ConntrackTable? table);
        return table is null ? null : new ConnectionTable(table, log, listens);
    }

    /// <inheritdoc/>
    public bool TryFindPublicAddress(FlowKey flow, out Ipv4Address address)
    {
        bool found = _table.TryFind(flow, out ConntrackEntry entry) == Errno.None;
        if (found && entry.IsOffloaded && !_listens)
        {
            _log.Say($"WARNING: a flowtable takes {flow} past all rules, so its offers cannot be helped: exclude its port from it; reaim check says how.");
        }

        address = entry.PublicEnd.Address;
        return found;
    }

    /// <inheritdoc/>
    public string? FindHelper(FlowKey flow, ProtocolDescriptor protocol) =>
        _table.TryFind(flow, out ConntrackEntry entry) == Errno.None && KernelHelper.Reads(entry.Helper, protocol) ? entry.Helper : null;

    /// <inheritdoc/>
    public bool TryAllowTranslation(FlowKey flow) => _table.TrySetLiberal(flow) == Errno.None;

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
