namespace ReAim.Alg.Streams;

/// <summary>
/// All flows, capped. When it is full a recognised flow is never given up for a new one, nor one that is over but whose edits may
/// have to be repeated: the flow that was silent longest among the others makes room, one that nobody answered before any other, and
/// if there is none the new flow is not followed.
/// </summary>
internal sealed class FlowTable
{
    private readonly Dictionary<FlowKey, Flow> _flows = [];
    private readonly EngineOptions _options;
    private readonly ActivityQueue<Flow> _recognised;
    private readonly ActivityQueue<Flow> _opening;
    private readonly ActivityQueue<Flow> _others;
    private readonly ActivityQueue<Flow> _over;
    private readonly ActivityQueue<Flow> _ending;

    public FlowTable(EngineOptions options)
    {
        _options = options;
        _recognised = new ActivityQueue<Flow>(options.FlowIdleTime);
        _opening = new ActivityQueue<Flow>(options.FlowOpeningTime);
        _others = new ActivityQueue<Flow>(options.FlowIdleTime);
        _over = new ActivityQueue<Flow>(options.FlowClosedTime);
        _ending = new ActivityQueue<Flow>(options.FlowClosedTime);
    }

    /// <summary>How many flows there are.</summary>
    public int Count => _flows.Count;

    /// <summary>When the next flow times out.</summary>
    public long NextDeadline =>
        Math.Min(Math.Min(_recognised.Deadline, _others.Deadline), Math.Min(_opening.Deadline, Math.Min(_over.Deadline, _ending.Deadline)));

    /// <summary>All of them, in no order.</summary>
    public IEnumerable<Flow> All => _flows.Values;

    /// <summary>Finds a flow.</summary>
    public Flow? Find(FlowKey key) => _flows.TryGetValue(key, out Flow? flow) ? flow : null;

    /// <summary>The flow that must go before another fits; null if there is room.</summary>
    public Flow? Surplus => _flows.Count < _options.MaxFlows ? null : _over.Oldest ?? _opening.Oldest ?? _others.Oldest;

    /// <summary>The flow that timed out; null if none has.</summary>
    public Flow? TimedOut(long now) =>
        _over.Deadline <= now ? _over.Oldest
        : _ending.Deadline <= now ? _ending.Oldest
        : _opening.Deadline <= now ? _opening.Oldest
        : _others.Deadline <= now ? _others.Oldest
        : _recognised.Deadline <= now ? _recognised.Oldest
        : null;

    /// <summary>Adds a flow; false if the table is full.</summary>
    public bool TryAdd(Flow flow, long now)
    {
        if (_flows.Count >= _options.MaxFlows)
        {
            return false;
        }

        _flows.Add(flow.Key, flow);
        Touch(flow, now);
        return true;
    }

    /// <summary>Notes a segment of a flow, or that its state changed.</summary>
    public void Touch(Flow flow, long now)
    {
        ActivityQueue<Flow> queue = flow.State switch
        {
            FlowState.Recognised => _recognised,
            FlowState.Candidate => flow.Inbound.Started ? _others : _opening,
            _ when flow.IsOver => flow.MayRepeatEdits ? _ending : _over,
            _ => flow.MayRepeatEdits ? _recognised : _others,
        };
        queue.Touch(flow, now);
    }

    /// <summary>Takes a flow out.</summary>
    public void Remove(Flow flow)
    {
        if (_flows.Remove(flow.Key))
        {
            flow.Queue?.Remove(flow);
        }
    }
}
