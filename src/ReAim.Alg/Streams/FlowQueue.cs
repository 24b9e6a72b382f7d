namespace ReAim.Alg.Streams;

/// <summary>Flows in order of their last activity, to the second, with one time-out for all.</summary>
internal sealed class FlowQueue(long timeout)
{
    /// <summary>A busy flow is moved only this often: moving touches its neighbours' memory.</summary>
    private const long Precision = EngineOptions.Second;

    private Flow? _newest;

    /// <summary>The flow that was silent longest.</summary>
    public Flow? Oldest { get; private set; }

    /// <summary>When the oldest one times out; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Deadline => Oldest is null ? long.MaxValue : Oldest.LastActivity + timeout;

    /// <summary>Puts a flow last, wherever it stood before.</summary>
    public void Touch(Flow flow, long now)
    {
        flow.LastActivity = now;
        if (flow.Queue == this && now - flow.Queued < Precision)
        {
            return;
        }

        flow.Queued = now;
        if (_newest == flow)
        {
            return;
        }

        flow.Queue?.Remove(flow);
        flow.Queue = this;
        flow.Older = _newest;
        if (_newest is null)
        {
            Oldest = flow;
        }
        else
        {
            _newest.Newer = flow;
        }

        _newest = flow;
    }

    /// <summary>Takes a flow out.</summary>
    public void Remove(Flow flow)
    {
        if (flow.Older is null)
        {
            Oldest = flow.Newer;
        }
        else
        {
            flow.Older.Newer = flow.Newer;
        }

        if (flow.Newer is null)
        {
            _newest = flow.Older;
        }
        else
        {
            flow.Newer.Older = flow.Older;
        }

        flow.Older = flow.Newer = null;
        flow.Queue = null;
    }
}
