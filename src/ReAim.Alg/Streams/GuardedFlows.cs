using ReAim.Alg.Wire;

namespace ReAim.Alg.Streams;

/// <summary>The flows that are guarded for this engine: no host has more of them than its share.</summary>
/// <param name="options">The guard, and the shares.</param>
internal sealed class GuardedFlows(EngineOptions options)
{
    private readonly HashSet<FlowKey> _own = [];
    private readonly HostShares _shares = new(options.MaxGuardedFlowsPerHost, options.MaxGuardedFlows);

    /// <summary>True if a flow is guarded from now on, or need not be.</summary>
    public bool TryGuard(FlowKey flow)
    {
        if (options.Guard is not { } guard || _own.Contains(flow))
        {
            return true;
        }

        Ipv4Address host = flow.Lan.Address;
        if (!_shares.HasRoom(host, 1) || !guard.TryGuard(flow))
        {
            return false;
        }

        _own.Add(flow);
        _shares.Take(host, 1);
        return true;
    }

    /// <summary>True if a flow is guarded, be it by an engine before this one.</summary>
    public bool Contains(FlowKey flow) => options.Guard?.IsGuarded(flow) == true;

    /// <summary>A flow is followed no longer.</summary>
    /// <param name="flow">The flow.</param>
    /// <param name="isOver">True if its connection is over; else it stays guarded.</param>
    public void Forget(FlowKey flow, bool isOver)
    {
        if (_own.Remove(flow))
        {
            _shares.Return(flow.Lan.Address, 1);
        }

        if (isOver)
        {
            options.Guard?.Release(flow);
        }
    }
}
