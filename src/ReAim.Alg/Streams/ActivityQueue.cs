namespace ReAim.Alg.Streams;

/// <summary>Connections in order of their last activity, to the second, with one time-out for all.</summary>
internal sealed class ActivityQueue<T>(long timeout)
    where T : ActivityNode<T>
{
    /// <summary>A busy one is moved only this often: moving touches its neighbours' memory.</summary>
    private const long Precision = EngineOptions.Second;

    private T? _newest;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The one that was silent longest.</summary>
    public T? Oldest { get; private set; }

    /// <summary>When the oldest one times out; <see cref="long.MaxValue"/> if there is none.</summary>
    public long Deadline => Oldest is null ? long.MaxValue : Oldest.LastActivity + timeout;

    /// <summary>Puts one last, wherever it stood before.</summary>
    public void Touch(T node, long now)
    {
        node.LastActivity = now;
        if (node.Queue == this && now - node.Queued < Precision)
        {
            return;
        }

        node.Queued = now;
        if (_newest == node)
        {
            return;
        }

        node.Queue?.Remove(node);
        node.Queue = this;
        Count++;
        node.Older = _newest;
        if (_newest is null)
        {
            Oldest = node;
        }
        else
        {
            _newest.Newer = node;
        }

        _newest = node;
    }

    /// <summary>Takes one out.</summary>
    public void Remove(T node)
    {
        if (node.Older is null)
        {
            Oldest = node.Newer;
        }
        else
        {
            node.Older.Newer = node.Newer;
        }

        if (node.Newer is null)
        {
            _newest = node.Older;
        }
        else
        {
            node.Newer.Older = node.Older;
        }

        Count--;
        node.Older = node.Newer = null;
        node.Queue = null;
    }
}
