namespace ReAim.Alg.Streams;

/// <summary>What stands in an <see cref="ActivityQueue{T}"/>: its neighbours, and when something last came of it.</summary>
internal abstract class ActivityNode<T>
    where T : ActivityNode<T>
{
    /// <summary>When its last segment came.</summary>
    public long LastActivity { get; set; }

    /// <summary>When it was put last in its queue.</summary>
    public long Queued { get; set; }

    /// <summary>Its neighbours in the order of activity.</summary>
    public T? Older { get; set; }

    /// <inheritdoc cref="Older"/>
    public T? Newer { get; set; }

    /// <summary>The queue it stands in.</summary>
    public ActivityQueue<T>? Queue { get; set; }
}
